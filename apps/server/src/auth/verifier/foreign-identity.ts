import { createHash } from 'node:crypto';
import { LIMITS } from '@parley/contract';
import { z } from 'zod';
import { text } from '../../text.ts';
import { email, fullName } from '../../users/names.ts';

/** Another service that keeps the accounts. */
export interface IdentityProvider {
  /** Who holds this token, by its word; null when it is no good. Errors: `UNAVAILABLE` when the service is away. */
  identify(token: string): Promise<ForeignIdentity | null>;
  close(): void;
}

/** What such a service says of the holder of a token, as far as we take it. */
export interface ForeignIdentity {
  /** Who it is, over all services: it never changes, and never becomes somebody else's. */
  externalSubject: string;
  /** The session that stands for their login there: the same id on every node. */
  sessionId: string;
  expiresAt: Date;
  /** What they like to be called, in whatever form. */
  username: string | undefined;
  fullName: string | undefined;
  /** A verified address; others say nothing. */
  email: string | undefined;
}

/** The same as it came. */
export interface ForeignClaims {
  issuer: string;
  subject: unknown;
  /** The login that the token belongs to, after a word that tells what it is. */
  session: readonly [kind: 'sid' | 'jti' | 'token', id: string];
  /** In seconds since 1970. */
  expiresAt: unknown;
  username: unknown;
  fullName: unknown;
  email: unknown;
  isEmailVerified: boolean;
}

/** Seconds by which clocks may differ: for so long a token is taken beyond its end, and before its beginning. */
export const SKEW_SECONDS = 30;
/** Others put much into their tokens. What is longer is not even decoded. */
export const LONGEST_TOKEN = 8_192;

const subject = text(1, 255);

/** Takes what fits of it. Null without a subject, and for an end that has passed or is further away than `days`. */
export function toIdentity(claims: ForeignClaims, now: Date, days: number): ForeignIdentity | null {
  const { issuer, expiresAt } = claims;
  const who = subject.safeParse(claims.subject).data;
  if (who === undefined || !Number.isSafeInteger(expiresAt)) return null;
  const left = Number(expiresAt) - now.getTime() / 1_000;
  if (left <= -SKEW_SECONDS || left > days * 86_400) return null;
  return {
    externalSubject: `${issuer}|${who}`,
    sessionId: uuidOf([issuer, who, ...claims.session]),
    expiresAt: new Date(Number(expiresAt) * 1_000),
    username: z.string().safeParse(claims.username).data,
    fullName: fullName.safeParse(cut(claims.fullName, LIMITS.fullName)).data,
    email: claims.isEmailVerified ? email.safeParse(claims.email).data : undefined,
  };
}

/** Its first characters. */
const cut = (given: unknown, length: number): unknown =>
  typeof given === 'string' ? Array.from(given.trim()).slice(0, length).join('') : given;

/** A UUID made of a hash, which is version 8: the same for the same parts. */
function uuidOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
