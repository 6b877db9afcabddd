import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Env } from '../../env.ts';
import { ParleyError } from '../../error.ts';
import { type ForeignClaims, type IdentityProvider, LONGEST_TOKEN, toIdentity } from './foreign-identity.ts';

/** Its people are kept under this name, wherever the service is. */
const ISSUER = 'grpc';
/** Milliseconds that the service has for an answer. */
const ANSWERS_WITHIN = 2_000;
/** It is found again soon after it was away, a link that died is noticed, and an answer is small. */
const CHANNEL = {
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_receive_message_length': 64 * 1024,
};

const string = (id: number) => ({ type: 'string', id });

/** proto/auth.proto as data, so that it is in the bundle. */
const AUTH_PROTO = {
  AuthVerifier: { methods: { Verify: { requestType: 'VerifyRequest', responseType: 'VerifyResponse' } } },
  VerifyRequest: { fields: { token: string(1) } },
  VerifyResponse: {
    fields: {
      subject: string(1),
      session: string(2),
      username: string(3),
      full_name: string(4),
      email: string(5),
      email_verified: { type: 'bool', id: 6 },
      expires_at: { type: 'int64', id: 7 },
    },
  },
};

/** An answer without these two is none. */
const verifyResponse = z.looseObject({ subject: z.string().min(1), expires_at: z.int().min(1) });

/** A service that answers for tokens of whatever kind; proto/auth.proto says what it is asked. */
export function createGrpcProvider(parts: { env: Env; clock: Clock; logger: Logger }): IdentityProvider {
  const { env, clock, logger } = parts;
  const { protocol, host } = new URL(env.AUTH_GRPC_URL ?? '');
  const security = protocol === 'grpcs:' ? credentials.createSsl() : credentials.createInsecure();
  const client = new Client(host, security, CHANNEL);
  const verify = verifyMethod();

  /** What the service says, or null for a token that it does not take. */
  const ask = (token: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + ANSWERS_WITHIN };
      const { path, requestSerialize, responseDeserialize } = verify;
      const request = [
        path,
        requestSerialize,
        responseDeserialize,
        { token },
        new Metadata(),
        options,
      ] as const;
      client.makeUnaryRequest(...request, (error: ServiceError | null, response: unknown) => {
        if (error?.code === status.UNAUTHENTICATED) resolve(null);
        else if (error) reject(error);
        else resolve(response);
      });
    });

  return {
    async identify(token) {
      if (token.length > LONGEST_TOKEN) return null;
      try {
        const response = await ask(token);
        return response === null
          ? null
          : toIdentity(claimsOf(response, token), clock.now(), env.SESSION_ABSOLUTE_DAYS);
      } catch (error) {
        // Its code alone: its words may hold the token.
        const answer = status[(error as ServiceError).code] ?? 'malformed';
        logger.warn({ answer }, 'the service that verifies tokens did not answer');
        throw new ParleyError('UNAVAILABLE');
      }
    },
    close: () => client.close(),
  };
}

function verifyMethod(): ServiceDefinition[string] {
  const root = { nested: { parley: { nested: { auth: { nested: { v1: { nested: AUTH_PROTO } } } } } } };
  const definitions = fromJSON(root as Parameters<typeof fromJSON>[0], {
    keepCase: true,
    longs: Number,
    defaults: true,
  });
  const { Verify } = definitions['parley.auth.v1.AuthVerifier'] as ServiceDefinition;
  return Verify!;
}

function claimsOf(response: unknown, token: string): ForeignClaims {
  const { subject, expires_at, ...said } = verifyResponse.parse(response);
  const { session, username, full_name, email, email_verified } = said;
  return {
    issuer: ISSUER,
    subject,
    session: typeof session === 'string' && session !== '' ? ['sid', session] : ['token', token],
    expiresAt: expires_at,
    username,
    fullName: full_name,
    email,
    isEmailVerified: email_verified === true,
  };
}
