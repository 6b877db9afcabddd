import type { App, SignedIn } from '../context.ts';
import { urlUnder } from '../url-under.ts';
import { findReadable } from './find-readable.ts';
import { sign } from './signature.ts';

/** Milliseconds for which a link is good. */
const GOOD_FOR = 5 * 60_000;

/** How to download a file, and until when. */
export interface FileLink {
  url: string;
  /** Of an image, a smaller one: 320 pixels at most. Null of anything else. */
  thumbnailUrl: string | null;
  expiresAt: string;
}

/** A link for the caller's session alone; each time it is followed it is decided anew whether they may. */
export async function linkFile(ctx: SignedIn, { fileId }: { fileId: string }): Promise<FileLink> {
  const { app, session } = ctx;
  const { isImage } = await findReadable(app, session.sessionId, fileId);
  const expires = app.clock.now().getTime() + GOOD_FOR;
  const url = urlOf(app, fileId, session.sessionId, expires);
  return {
    url,
    thumbnailUrl: isImage ? `${url}&thumbnail=1` : null,
    expiresAt: new Date(expires).toISOString(),
  };
}

function urlOf({ env }: App, id: string, session: string, expires: number): string {
  const signature = sign(env, { use: 'download', id, session, expires });
  const query = new URLSearchParams({ session, expires: String(expires), signature });
  return urlUnder(env.PUBLIC_URL, `/files/${id}?${query}`);
}
