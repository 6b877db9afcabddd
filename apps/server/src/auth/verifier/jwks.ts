import { createRemoteJWKSet, errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Env } from '../../env.ts';
import { ParleyError } from '../../error.ts';
import {
  type ForeignClaims,
  type IdentityProvider,
  LONGEST_TOKEN,
  SKEW_SECONDS,
  toIdentity,
} from './foreign-identity.ts';

/** Signatures with a private key only: with a shared secret, or none, whoever reads the public keys could sign. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** An access token or an ID token, as issuers write it; not, say, a logout token. */
const TYPE = /^(application\/)?(at\+)?jwt$/i;
const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Milliseconds that the issuer has for an answer: two of them fit into the time in which a socket authenticates. */
const ANSWERS_WITHIN = 2_000;
/** Milliseconds between two looks for a key that is not in the set. */
const LOOK_EVERY = 5_000;

/** What is read of a discovery document. */
const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

/** Any issuer of OpenID Connect, or of JWTs with published keys. */
export function createJwksProvider(parts: { env: Env; clock: Clock; logger: Logger }): IdentityProvider {
  const { env, clock, logger } = parts;
  const { AUTH_ISSUER: issuer = '', AUTH_AUDIENCE: audience } = env;
  let keySet: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  /** The issuer's keys; where they are is found out once. */
  async function openKeySet() {
    const url = env.AUTH_JWKS_URL ?? (await discoverKeys(issuer));
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: ANSWERS_WITHIN,
      cooldownDuration: LOOK_EVERY,
    });
  }

  /** The key that a header names among those of the issuer: what else the header offers counts for nothing. */
  async function keyFor(header: JWTHeaderParameters) {
    try {
      keySet ??= openKeySet();
      const keys = await keySet.catch((error) => {
        keySet = undefined;
        throw error;
      });
      return await lookUp(keys, header);
    } catch (error) {
      if (isFaultOfToken(error)) throw error;
      logger.warn({ err: error }, 'the issuer of tokens did not answer');
      throw new ParleyError('UNAVAILABLE');
    }
  }

  /** The payload of a token that the issuer has signed for us and that is good now. */
  async function read(token: string): Promise<JWTPayload | null> {
    const options = {
      algorithms: ALGORITHMS,
      issuer,
      audience: audience ?? [],
      clockTolerance: SKEW_SECONDS,
    };
    try {
      const currentDate = clock.now();
      const { payload, protectedHeader } = await jwtVerify(token, keyFor, { ...options, currentDate });
      const isEarly = (payload.iat ?? 0) - SKEW_SECONDS > currentDate.getTime() / 1_000;
      return isEarly || !TYPE.test(protectedHeader.typ ?? 'JWT') ? null : payload;
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      return null;
    }
  }

  return {
    async identify(token) {
      if (token.length > LONGEST_TOKEN || !FORM.test(token)) return null;
      const payload = await read(token);
      return payload && toIdentity(claimsOf(payload, issuer, token), clock.now(), env.SESSION_ABSOLUTE_DAYS);
    },
    close() {},
  };
}

/** OpenID Connect Discovery 1.0, section 4: the document must name the very issuer that was asked. */
async function discoverKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWERS_WITHIN) });
  if (response.status !== 200) throw new Error(`${url} answers with ${response.status}`);
  const found = discovery.parse(await response.json());
  if (found.issuer !== issuer) throw new Error(`${url} is of another issuer: ${found.issuer}`);
  return found.jwks_uri;
}

/**
 * A key that is not in the set may be new: the set is fetched again, but not for each one who makes a name up. Between
 * two looks it cannot be told whose token it is, so nobody is logged out by it.
 */
async function lookUp(keys: ReturnType<typeof createRemoteJWKSet>, header: JWTHeaderParameters) {
  const { coolingDown } = keys;
  return keys(header).catch((error) => {
    if (coolingDown && error instanceof errors.JWKSNoMatchingKey) throw new ParleyError('UNAVAILABLE');
    throw error;
  });
}

const isFaultOfToken = (error: unknown): boolean =>
  error instanceof ParleyError ||
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/** The standard claims; Keycloak, Cognito and others name the username differently. */
function claimsOf(payload: JWTPayload, issuer: string, token: string): ForeignClaims {
  const { sub, sid, jti, exp, preferred_username, username, name, email, email_verified } = payload;
  return {
    issuer,
    subject: sub,
    session: sessionOf(sid, jti, token),
    expiresAt: exp,
    username: preferred_username ?? username,
    fullName: name,
    email,
    isEmailVerified: email_verified === true,
  };
}

/** What is signed identifies the token: a signature can be spelled in several ways. */
function sessionOf(sid: unknown, jti: unknown, token: string): ForeignClaims['session'] {
  if (typeof sid === 'string' && sid !== '') return ['sid', sid];
  if (typeof jti === 'string' && jti !== '') return ['jti', jti];
  return ['token', token.slice(0, token.lastIndexOf('.'))];
}
