import type { App } from '../context.ts';
import { urlUnder } from '../url-under.ts';
import { sign } from './signature.ts';

/** Milliseconds for which a link is good. */
const GOOD_FOR = 5 * 60_000;

/** Where what is downloaded with a link lies. */
const FOLDERS = { download: '/files', export: '/exports' };

/** A link to download something as this session, and until when. */
export function signedLink(
  { env, clock }: App,
  use: keyof typeof FOLDERS,
  id: string,
  session: string,
): { url: string; expiresAt: string } {
  const expires = clock.now().getTime() + GOOD_FOR;
  const signature = sign(env, { use, id, session, expires });
  const query = new URLSearchParams({ session, expires: String(expires), signature });
  return {
    url: urlUnder(env.PUBLIC_URL, `${FOLDERS[use]}/${id}?${query}`),
    expiresAt: new Date(expires).toISOString(),
  };
}
