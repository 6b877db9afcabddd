import { createHash, subtle } from 'node:crypto';
import { type CryptoKey, type JWTHeaderParameters, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../clock.ts';

export interface AccessTokens {
  /** A token that says who is calling, and when it ends. */
  sign(session: { sessionId: string; userId: string }): Promise<{ token: string; expiresAt: Date }>;
  /**
   * What a token says, or null: never an exception, whatever is given. That its session goes on is for
   * `authenticate` to ask. A token is taken for `SKEW_SECONDS` beyond its end, since clocks differ.
   */
  verify(token: string): Promise<{ sessionId: string; userId: string; expiresAt: Date } | null>;
}

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const ISSUER = 'parley';
const AUDIENCE = 'parley';
const SKEW_SECONDS = 30;
/** Ours have some 320 characters. What is longer is not even decoded. */
const LONGEST_TOKEN = 1_024;
/** base64url without padding or spare bits, so that a token is spelled in one way; jose would take others too. */
const FORM = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Access tokens: JWTs of one algorithm, one type and one set of keys. `secrets` come newest first: the first
 * signs, and each verifies what it signed for as long as it is in the list.
 */
export function createAccessTokens(options: {
  secrets: readonly string[];
  seconds: number;
  clock: Clock;
}): AccessTokens {
  const { secrets, seconds, clock } = options;
  const keys = new Map(secrets.map((secret) => [kidOf(secret), importKey(secret)]));
  const [kid, signingKey] = [...keys][0]!;

  /** The key for a header that is exactly like ours: `crit`, `jwk`, `jku` and the like have no place in it. */
  function keyFor(header: JWTHeaderParameters): Promise<CryptoKey> {
    const key = header.kid === undefined ? undefined : keys.get(header.kid);
    if (!key || header.typ !== TYPE || Object.keys(header).length !== 3) throw new Error('not our header');
    return key;
  }

  return {
    async sign({ sessionId, userId }) {
      const issuedAt = Math.floor(clock.now().getTime() / 1_000);
      const expiresAt = issuedAt + seconds;
      const token = await new SignJWT({ sid: sessionId, sub: userId, iat: issuedAt, exp: expiresAt })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .sign(await signingKey);
      return { token, expiresAt: new Date(expiresAt * 1_000) };
    },

    async verify(token) {
      if (token.length > LONGEST_TOKEN || !FORM.test(token)) return null;
      try {
        const { payload } = await jwtVerify(token, keyFor, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTolerance: SKEW_SECONDS,
          // Bounds the age, and refuses what was issued in the future.
          maxTokenAge: seconds,
          currentDate: clock.now(),
        });
        return claimsOf(payload, seconds);
      } catch {
        return null;
      }
    },
  };
}

/** The claims, if they are of the kind that we make. */
function claimsOf({ sid, sub, iat, exp }: JWTPayload, seconds: number) {
  if (typeof sid !== 'string' || !UUID.test(sid)) return null;
  if (typeof sub !== 'string' || !UUID.test(sub)) return null;
  if (!Number.isInteger(iat) || !Number.isInteger(exp)) return null;
  if (exp! <= iat! || exp! - iat! > seconds) return null;
  return { sessionId: sid, userId: sub, expiresAt: new Date(exp! * 1_000) };
}

/** Names a key without telling it: a prefix of its hash. */
const kidOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 12);

const importKey = (secret: string): Promise<CryptoKey> =>
  subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
