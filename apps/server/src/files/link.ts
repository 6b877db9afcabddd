import type { SignedIn } from '../context.ts';
import { findReadable } from './find-readable.ts';
import { signedLink } from './signed-link.ts';

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
  const { url, expiresAt } = signedLink(app, 'download', fileId, session.sessionId);
  return { url, thumbnailUrl: isImage ? `${url}&thumbnail=1` : null, expiresAt };
}
