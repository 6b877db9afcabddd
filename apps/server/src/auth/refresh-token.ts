import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * Refresh tokens: opaque, 256 bits, and only their SHA-256 is stored. Each is used once and followed by its
 * successor, so the tokens of a session are a chain. A used token that comes back means that two parties hold
 * the chain, and the session ends. But answers get lost and tabs race, so for a short while after its first
 * use a token gives the same successor again, which is derived and therefore need not be stored.
 */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');

/** The token that follows this one: the same each time, and only for those who hold `key`. */
export const successorOf = (token: string, key: Buffer): string =>
  createHmac('sha256', key).update(token).digest('base64url');

/** What is stored of a token. */
export const hashOf = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());

/** How long after its first use a token gives its successor again. */
export const GRACE_SECONDS = 10;

/**
 * Whether a token is too new to be followed by the next, for tabs that share it in a cookie. Their answers overtake
 * each other: one that still brings this token must not come after one that brings its successor, or the cookie
 * would fall back to a token that was used. None brings it later than the grace after it was made; as long again is
 * left for the way.
 */
export const isSettling = ({ createdAt }: { createdAt: Date }, now: Date): boolean =>
  now.getTime() - createdAt.getTime() < 2 * GRACE_SECONDS * 1_000;

/** What becomes of a refresh token that is shown. */
export type RefreshVerdict =
  /** Its first use: the successor begins. */
  | 'rotate'
  /** Its answer got lost, or two tabs raced: the same successor again. */
  | 'repeat'
  /** It was used long ago: the session ends. */
  | 'reuse'
  /** Its session has ended or expired. */
  | 'refuse';

/** Decides by what is stored of a token and its session, which the caller has locked. */
export function judgeRefresh(
  token: { usedAt: Date | null },
  session: { endedAt: Date | null; expiresAt: Date },
  now: Date,
): RefreshVerdict {
  if (session.endedAt || session.expiresAt <= now) return 'refuse';
  if (!token.usedAt) return 'rotate';
  return now.getTime() - token.usedAt.getTime() <= GRACE_SECONDS * 1_000 ? 'repeat' : 'reuse';
}
