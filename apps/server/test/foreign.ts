import type { Issuer } from './issuer.ts';
import { AUDIENCE, startIssuer } from './issuer.ts';
import { Person } from './people.ts';
import { ManualClock, type TestServer, type TestServerOptions, testServer } from './server.ts';

export interface ForeignServer extends TestServer {
  issuer: Issuer;
  clock: ManualClock;
  /** Somebody of the issuer, who has been seen here. */
  visitor(subject: string, claims?: Record<string, unknown>): Promise<Person>;
  /** Somebody with this token, seen or not. */
  holder(token: string): Person;
}

/** A server whose accounts are kept by an issuer. The time of both stands still until it is moved. */
export async function foreignServer(
  options: TestServerOptions & { clock?: ManualClock } = {},
): Promise<ForeignServer> {
  const { clock = new ManualClock() } = options;
  const issuer = await startIssuer(clock);
  const env = { AUTH: 'jwks', AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: AUDIENCE, ...options.env };
  const server = await testServer({ ...options, clock, env });
  const holder = (token: string, id = '') =>
    new Person(
      server.people,
      id,
      { username: '', password: '' },
      {
        sessionId: '',
        accessToken: token,
        refreshToken: '',
      },
    );
  return {
    ...server,
    issuer,
    clock,
    holder,
    async visitor(subject, claims = {}) {
      const token = await issuer.token(subject, { sid: `login of ${subject}`, ...claims });
      const { id } = await holder(token).api.users.me.query();
      return holder(token, id);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await issuer[Symbol.asyncDispose]();
    },
  };
}
