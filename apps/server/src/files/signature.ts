import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Env } from '../env.ts';
import { deriveKey } from '../keys.ts';

/** What a link is for: to send the bytes of an upload, or to download a file or an export as a session. */
export type Signed =
  | { use: 'upload'; id: string; expires: number }
  | { use: 'download' | 'export'; id: string; session: string; expires: number };

/** Signs a link: it is good for nothing but this, and until `expires` (milliseconds since 1970). */
export function sign(env: Pick<Env, 'APP_SECRET'>, what: Signed): string {
  const session = what.use === 'upload' ? '' : what.session;
  return createHmac('sha256', deriveKey(env.APP_SECRET, 'file-link'))
    .update([what.use, what.id, session, what.expires].join('\n'))
    .digest('base64url');
}

/** Whether this is the signature of it. It takes as long whatever is wrong. */
export function isSignature(env: Pick<Env, 'APP_SECRET'>, what: Signed, given: string): boolean {
  const right = Buffer.from(sign(env, what));
  const other = Buffer.from(given);
  return right.length === other.length && timingSafeEqual(right, other);
}
