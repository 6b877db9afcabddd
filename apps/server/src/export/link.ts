import type { SignedIn } from '../context.ts';
import { sign } from '../files/signature.ts';
import { urlUnder } from '../url-under.ts';
import { findReadableExport } from './find-readable.ts';

/** Milliseconds for which a link is good. */
const GOOD_FOR = 5 * 60_000;

/** How to download an archive, and until when: for the caller's session alone, and as long as that goes on. */
export async function linkExport(
  { app, session }: SignedIn,
  { id }: { id: string },
): Promise<{ url: string; expiresAt: string }> {
  const { sessionId } = session;
  await findReadableExport(app, sessionId, id);
  const expires = app.clock.now().getTime() + GOOD_FOR;
  const signature = sign(app.env, { use: 'export', id, session: sessionId, expires });
  const query = new URLSearchParams({ session: sessionId, expires: String(expires), signature });
  return {
    url: urlUnder(app.env.PUBLIC_URL, `/exports/${id}?${query}`),
    expiresAt: new Date(expires).toISOString(),
  };
}
