import type { Logger } from 'pino';
import type { Clock } from '../../clock.ts';
import type { Env } from '../../env.ts';
import type { AccessTokens } from '../access-token.ts';
import type { AuthVerifier } from './auth-verifier.ts';
import { createForeignVerifier } from './foreign-verifier.ts';
import { createJwksProvider } from './jwks.ts';

/** The verifier that the configuration names. The other services are asked only when the first token comes. */
export async function createVerifier(parts: {
  env: Env;
  clock: Clock;
  logger: Logger;
  accessTokens: AccessTokens;
}): Promise<AuthVerifier> {
  switch (parts.env.AUTH) {
    case 'local':
      return { verify: (_, token) => parts.accessTokens.verify(token), close() {} };
    case 'jwks':
      return createForeignVerifier(createJwksProvider(parts));
    case 'grpc': {
      // Loaded only where it is used: it is larger than all the rest.
      const { createGrpcProvider } = await import('./grpc.ts');
      return createForeignVerifier(createGrpcProvider(parts));
    }
  }
}
