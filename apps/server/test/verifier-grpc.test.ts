import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type AuthService, startAuthService } from './auth-service.ts';
import { Person } from './people.ts';
import { ManualClock, type TestServer, testServer } from './server.ts';

interface Served extends TestServer {
  clock: ManualClock;
  service: AuthService;
  holder(token: string, id?: string): Person;
  /** When a token ends that is good for so many seconds from now. */
  inSeconds(seconds: number): number;
}

/** A server whose accounts are kept by a gRPC service. */
async function serve(variables: Record<string, string> = {}): Promise<Served> {
  const clock = new ManualClock();
  const service = await startAuthService();
  const env = { AUTH: 'grpc', AUTH_GRPC_URL: `grpc://127.0.0.1:${service.port}`, ...variables };
  const server = await testServer({ clock, env });
  return {
    ...server,
    clock,
    service,
    holder: (token, id = '') =>
      new Person(
        server.people,
        id,
        { username: '', password: '' },
        { sessionId: '', accessToken: token, refreshToken: '' },
      ),
    inSeconds: (seconds) => Math.floor(clock.now().getTime() / 1_000) + seconds,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const me = (person: Person) => person.api.users.me.query();

/** The code that a call was refused with. */
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => ({ answer }),
    (error) => error.data?.code ?? error,
  );

/** The code with which a socket that comes with this token is closed. */
function closeCode(server: Served, token: string): Promise<number> {
  const address = `${server.people.url(0).replace('http', 'ws')}?connectionParams=1`;
  const socket = server.people.keep(new WebSocket(address));
  socket.on('open', () => socket.send(JSON.stringify({ method: 'connectionParams', data: { token } })));
  return new Promise((resolve) => socket.on('close', resolve));
}

test('somebody of the service is made on first sight, with all that proto/auth.proto names, and chats', async () => {
  await using server = await serve();
  server.service.tokens.set('opaque 1', {
    subject: 'subject-1',
    session: 'login',
    username: 'alice',
    full_name: 'Alice Liddell',
    email: 'alice@example.com',
    email_verified: true,
    expires_at: server.inSeconds(300),
  });
  server.service.tokens.set('opaque-2', { subject: 'subject-2', expires_at: server.inSeconds(300) });
  const user = await me(server.holder('opaque-2'));
  expect(user).toMatchObject({ username: 'user', fullName: null, email: `${user.id}@invalid` });
  const bob = server.holder('opaque-2', user.id);
  server.service.tokens.set('opaque-1', server.service.tokens.get('opaque 1')!);
  const alice = server.holder('opaque-1');
  expect(await me(alice)).toMatchObject({
    username: 'alice',
    fullName: 'Alice Liddell',
    email: 'alice@example.com',
    isEmailVerified: true,
  });
  const hears = await bob.subscribe();
  await alice.say(await alice.talkTo(bob), 'hello');
  await hears.when(() => hears.texts.length === 1);
  expect(hears.texts).toEqual(['hello']);
});

test('a session ends here by logout, and lives on as long as the service moves its end', async () => {
  await using server = await serve();
  const { tokens } = server.service;
  for (const token of ['phone', 'laptop'])
    tokens.set(token, { subject: 'alice', session: token, expires_at: server.inSeconds(120) });
  const { id } = await me(server.holder('phone'));
  expect((await me(server.holder('laptop'))).id).toBe(id);
  await server.holder('phone').api.auth.logout.mutate();
  tokens.set('phone, renewed', { ...tokens.get('phone')!, expires_at: server.inSeconds(500) });
  tokens.set('phone-renewed', tokens.get('phone, renewed')!);
  for (const token of ['phone', 'phone-renewed'])
    expect(await refusal(me(server.holder(token)))).toBe('UNAUTHENTICATED');
  for (let minute = 0; minute < 10; minute++) {
    server.clock.advance(55_000);
    tokens.set('laptop', { ...tokens.get('laptop')!, expires_at: server.inSeconds(120) });
    expect((await me(server.holder('laptop'))).id).toBe(id);
  }
  server.clock.advance(150_000);
  expect(await refusal(me(server.holder('laptop')))).toBe('UNAUTHENTICATED');
});

test('S22 the service decides, but not that a token never ends', async () => {
  await using server = await serve();
  const { tokens } = server.service;
  tokens.set('ended', { subject: 'alice', expires_at: server.inSeconds(-30) });
  tokens.set('endless', { subject: 'alice', expires_at: server.inSeconds(365 * 86_400) });
  for (const token of ['ended', 'endless', 'unknown']) {
    expect(await refusal(me(server.holder(token))), token).toBe('UNAUTHENTICATED');
    expect(await closeCode(server, token), token).toBe(4401);
  }
  const asked = server.service.requests.length;
  expect(await refusal(me(server.holder('x'.repeat(8_193))))).toBe('UNAUTHENTICATED');
  expect(server.service.requests).toHaveLength(asked);
});

test('a service that is away or answers nonsense logs nobody out, and its words are not in the log', async () => {
  await using server = await serve();
  const { service } = server;
  const warn = vi.spyOn(server.nodes[0].app.logger, 'warn');
  const unavailable = async (token: string) => {
    const outcome = await Promise.all([refusal(me(server.holder(token))), closeCode(server, token)]);
    expect(outcome, token).toEqual(['UNAVAILABLE', 1012]);
  };
  service.tokens.set('nobody', { expires_at: server.inSeconds(60) });
  await unavailable('nobody');
  service.tokens.set('no-end', { subject: 'alice' });
  await unavailable('no-end');
  service.tokens.set('good', { subject: 'alice', expires_at: server.inSeconds(60) });
  service.mood = 'broken';
  await unavailable('good');
  service.mood = 'silent';
  await unavailable('good');
  service.stop();
  await unavailable('good');
  await using back = await startAuthService(service.port);
  back.tokens.set('good', { subject: 'alice', expires_at: server.inSeconds(60) });
  await vi.waitFor(async () => expect(await me(server.holder('good'))).toMatchObject({ username: 'user' }), {
    timeout: 15_000,
    interval: 200,
  });
  expect(JSON.stringify(warn.mock.calls)).toContain('INTERNAL');
  expect(JSON.stringify(warn.mock.calls)).not.toContain('good');
});
