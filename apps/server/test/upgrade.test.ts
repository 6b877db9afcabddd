import { v7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectCalm } from './calm.ts';
import type { Person } from './people.ts';
import { clientFrame, closeFrame, RawPeer, rawSocket, requestHead, upgradeRequest } from './raw-peer.ts';
import { ManualClock, type TestServer, testServer } from './server.ts';
import { standsStill } from './stands-still.ts';

const OURS = 'https://chat.example.org';

/** One node and one person for all that changes nothing. */
let server: TestServer;
let url: string;
let alice: Person;
beforeAll(async () => {
  const started = await testServer({ env: { ALLOWED_ORIGINS: OURS } });
  server = started;
  url = started.nodes[0].url;
  alice = await started.people.join('alice');
  return () => started[Symbol.asyncDispose]();
});

const calm = () => expectCalm(server.nodes[0]);

describe('S68 an upgrade from elsewhere', () => {
  test.each([
    'https://evil.example',
    'null',
    '',
    'https://chat.example.org.evil.example',
    'https://evil-chat.example.org',
    'https://chat.example.org@evil.example',
    'http://chat.example.org',
    'https://chat.example.org:8443',
    'https://chat.example.org, https://evil.example',
    'https://chat.example.org/',
  ])('with the origin "%s" is refused before it is accepted, whatever it brings', async (origin) => {
    using peer = new RawPeer(url);
    const credentials = {
      cookie: `__Host-token=${alice.tokens.accessToken}`,
      authorization: `Bearer ${alice.tokens.accessToken}`,
    };
    expect(await peer.ask(upgradeRequest('/trpc', { origin, ...credentials }))).toBe(403);
    await peer.gone();
    expect(peer.head).not.toContain('sec-websocket-accept');
  });

  test('with an allowed origin is a socket like any other', async () => {
    using peer = new RawPeer(url);
    expect(await peer.ask(upgradeRequest('/trpc?connectionParams=1', { origin: OURS }))).toBe(101);
    peer.authenticate(alice.tokens.accessToken);
    expect((await peer.call('users.me', undefined, 'query')).data.id).toBe(alice.id);
  });

  test('without an origin and without a token is nobody: cookies and headers are no login', async () => {
    using peer = new RawPeer(url);
    const { accessToken } = alice.tokens;
    const request = upgradeRequest('/trpc', {
      cookie: `token=${accessToken}`,
      authorization: `Bearer ${accessToken}`,
    });
    expect(await peer.ask(request)).toBe(101);
    expect((await peer.call('users.me', undefined, 'query')).error?.data.code).toBe('UNAUTHENTICATED');
    expect((await peer.call('events.stream', undefined, 'subscription')).error?.data.code).toBe(
      'UNAUTHENTICATED',
    );
    const { username, password } = alice.credentials;
    expect((await peer.call('auth.login', { login: username, password })).data.user.id).toBe(alice.id);
  });

  test.each(['token', 'access_token', 'authorization', 'connectionParams'])(
    'with a token in ?%s= of its URL is nobody',
    async (name) => {
      const { accessToken } = alice.tokens;
      const value = name === 'connectionParams' ? JSON.stringify({ token: accessToken }) : accessToken;
      const query = `${name}=${encodeURIComponent(value)}`;
      using peer = new RawPeer(url);
      expect(await peer.ask(upgradeRequest(`/trpc?${query}`))).toBe(101);
      expect((await peer.call('users.me', undefined, 'query')).error?.data.code).toBe('UNAUTHENTICATED');
      expect((await fetch(`${url}/trpc/users.me?${query}`)).status).toBe(401);
      const stream = await fetch(`${url}/trpc/events.stream?${query}`);
      expect(await stream.text()).toContain('UNAUTHENTICATED');
    },
  );

  test('with a token that is no good is closed with 4401', async () => {
    using peer = await rawSocket(url, `${alice.tokens.accessToken.slice(0, -4)}AAAA`);
    expect(await peer.closed()).toBe(4401);
  });
});

describe('S69 a socket that breaks the protocol is closed, and nobody else notices', () => {
  const text = clientFrame('{}');
  const broken: [what: string, bytes: Buffer, code: number][] = [
    ['an unknown opcode', clientFrame('x', { opcode: 3 }), 1002],
    ['a reserved bit', clientFrame('x', { rsv: 2 }), 1002],
    ['a compressed frame that was not agreed on', clientFrame('x', { rsv: 4 }), 1002],
    ['a frame without a mask', clientFrame('{}', { masked: false }), 1002],
    ['invalid UTF-8', clientFrame(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 1007],
    ['a continuation of nothing', clientFrame('x', { opcode: 0 }), 1002],
    [
      'a new message within a message',
      Buffer.concat([clientFrame('{', { fin: false }), clientFrame('{}')]),
      1002,
    ],
    ['a ping in fragments', clientFrame('x', { opcode: 9, fin: false }), 1002],
    ['a ping that is too long', clientFrame(Buffer.alloc(126), { opcode: 9 }), 1002],
    ['a close frame of one byte', clientFrame(Buffer.alloc(1), { opcode: 8 }), 1002],
    ['the close code 0', closeFrame(0), 1002],
    ['the close code 999', closeFrame(999), 1002],
    ['the close code 1005', closeFrame(1005), 1002],
    ['the close code 1006', closeFrame(1006), 1002],
    ['the close code 65535', closeFrame(65_535), 1002],
    ['a close reason that is no UTF-8', clientFrame(Buffer.from([3, 232, 0xff]), { opcode: 8 }), 1007],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
    ['a length of 4 GiB', Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
    ['a message above 1 MiB', clientFrame(Buffer.alloc(1024 * 1024 + 1, ' ')), 1009],
    [
      'fragments that are above 1 MiB together',
      Buffer.concat([
        clientFrame(Buffer.alloc(1024 * 1024, ' '), { fin: false }),
        clientFrame('  ', { opcode: 0 }),
      ]),
      1009,
    ],
    [
      '20,000 fragments of one byte',
      Buffer.concat([
        clientFrame(' ', { fin: false }),
        ...Array.from({ length: 20_000 }, () => clientFrame(' ', { opcode: 0, fin: false })),
      ]),
      1008,
    ],
  ];

  test.each(broken)('%s', async (_, bytes, code) => {
    using peer = await rawSocket(url, alice.tokens.accessToken);
    await peer.call('users.me', undefined, 'query');
    expect(await peer.write(bytes).closed()).toBe(code);
    // The same behind the upgrade itself, on a path that is not ours, and from somebody who never reads.
    using early = new RawPeer(url);
    early.write(Buffer.concat([Buffer.from(upgradeRequest()), bytes]));
    expect(await early.closed()).toBe(code);
    using lost = new RawPeer(url);
    lost.write(Buffer.concat([Buffer.from(upgradeRequest('/elsewhere')), bytes]));
    await lost.gone();
    expect(lost.status).toBe(404);
    using deaf = await rawSocket(url);
    deaf.tcp.pause();
    deaf.write(Buffer.concat([text, bytes]));
    await calm();
  });

  test('fragments that hold nothing are no message, and cost nothing', async () => {
    using peer = await rawSocket(url);
    const nothing = Array.from({ length: 5_000 }, (_, n) =>
      clientFrame('', { opcode: n ? 0 : 1, fin: false }),
    );
    peer.write(Buffer.concat(nothing));
    peer.write(clientFrame('PING', { opcode: 0 }));
    await peer.when(() => peer.texts.length > 0 || peer.isGone);
    expect(peer.texts).toEqual(['PONG']);
    await calm();
  });

  test('who pings and does not read is thrown out', async () => {
    using peer = await rawSocket(url);
    peer.tcp.pause();
    const pings = Buffer.concat(
      Array.from({ length: 2_000 }, () => clientFrame(Buffer.alloc(125), { opcode: 9 })),
    );
    while (!peer.isGone) await peer.write(pings).drained();
    await calm();
  });

  test('frames that hold no message of tRPC are answered, and the socket goes on', async () => {
    using peer = await rawSocket(url);
    const nonsense = ['', 'null', '[]', '{}', '"', '[null]', '{"id":{}}', 'PINGPONG', '{"id":1}', '\0'];
    for (const text of nonsense) peer.write(clientFrame(text));
    peer.write(clientFrame('{"id":1,"method":"query"}', { opcode: 2 }));
    expect((await peer.call('users.me', undefined, 'query')).error?.data.code).toBe('INVALID_INPUT');
    await peer.when(() => peer.messages.some(({ id }) => id === 1));
    // An empty batch asks for nothing.
    expect(peer.messages.filter(({ id }) => id === null)).toHaveLength(nonsense.length);
    await calm();
  });

  test('a connection that breaks off at any point', async () => {
    const request = upgradeRequest();
    for (const bytes of [request.slice(0, 20), request, `${request}\x81`, `${request}\x81\xfe\x01`]) {
      using peer = new RawPeer(url);
      peer.write(Buffer.from(bytes, 'latin1'));
      if (bytes.length >= request.length) await peer.when(() => peer.status > 0);
      peer.tcp.resetAndDestroy();
      await peer.gone();
    }
    await calm();
  });
});

describe('targets and heads that are no address of ours', () => {
  test.each(['//', '//trpc', '/', '/trpc/', '/TRPC', '/trpc/users.me', '/trpc%00', '/%74rpc', '/healthz'])(
    'an upgrade of %s is not found',
    async (target) => {
      using peer = new RawPeer(url);
      expect(await peer.ask(upgradeRequest(target))).toBe(404);
      await peer.gone();
      await calm();
    },
  );

  test.each(['http://evil.example/trpc', 'http://localhost/trpc', '*', 'trpc', '?connectionParams=1'])(
    'the target %s is refused, as an upgrade and as a request',
    async (target) => {
      for (const request of [upgradeRequest(target), requestHead('GET', target, { host: 'localhost' })]) {
        using peer = new RawPeer(url);
        expect(await peer.ask(request)).toBe(400);
      }
      await calm();
    },
  );

  test.each([
    'a b',
    '[::1',
    'x/y',
    'user:word@localhost',
    'localhost:',
    'localhost:99999999',
    '[',
    '?',
    '%',
    'a\tb',
  ])('the host "%s" is refused, as an upgrade and as a request', async (host) => {
    for (const request of [
      upgradeRequest('/trpc', { host }),
      requestHead('GET', '/trpc/users.me', { host }),
    ]) {
      using peer = new RawPeer(url);
      expect(await peer.ask(request)).toBe(400);
    }
    await calm();
  });

  test('upgrades to something else, or half of one, are refused', async () => {
    for (const [headers, status] of [
      [{ upgrade: 'h2c' }, 400],
      [{ 'sec-websocket-version': '99' }, 400],
      [{ 'sec-websocket-key': 'short' }, 400],
      [{ 'sec-websocket-protocol': 'a,,b' }, 400],
    ] as const) {
      using peer = new RawPeer(url);
      expect(await peer.ask(upgradeRequest('/trpc', headers))).toBe(status);
      await peer.gone();
    }
    using peer = new RawPeer(url);
    expect(await peer.ask(upgradeRequest().replace('GET', 'POST'))).toBe(405);
    await calm();
  });
});

describe('S75 nothing is decompressed', () => {
  test('permessage-deflate is not agreed on', async () => {
    using peer = new RawPeer(url);
    const offer = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };
    expect(await peer.ask(upgradeRequest('/trpc', offer))).toBe(101);
    expect(peer.head).not.toContain('sec-websocket-extensions');
  });

  test.each(['gzip', 'deflate', 'br', 'identity, gzip'])(
    'a body with Content-Encoding: %s',
    async (encoding) => {
      const response = await fetch(`${url}/trpc/auth.login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        body: Buffer.alloc(1_000),
      });
      expect(response.status).toBe(415);
    },
  );
});

describe('S76 heads that are too large, and bodies of which two readers think differently', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n.toString(36)}`, '']));

  test.each([
    ['2,000 headers', many(2_000)],
    ['101 headers', many(101)],
    ['a header of 17 KiB', { 'x-large': 'x'.repeat(17 * 1024) }],
  ])('%s: 431, as an upgrade and as a request', async (_, headers) => {
    for (const request of [
      upgradeRequest('/trpc', headers),
      requestHead('GET', '/healthz', { host: 'localhost', ...headers }),
    ]) {
      using peer = new RawPeer(url);
      expect(await peer.ask(request)).toBe(431);
    }
    await calm();
  });

  test('2,000 headers before those of the upgrade', async () => {
    using peer = new RawPeer(url);
    const [first, ...rest] = upgradeRequest().split('\r\n');
    const filler = Array.from({ length: 2_000 }, () => 'a:');
    expect(await peer.ask([first, ...filler, ...rest].join('\r\n'))).toBe(431);
    await calm();
  });

  const post = 'POST /trpc/auth.logout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  test.each([
    ['both lengths', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['two lengths', `${post}Content-Length: 0\r\nContent-Length: 37\r\n\r\n${smuggled}`],
    ['a length that is no number', `${post}Content-Length: +0\r\n\r\n${smuggled}`],
    ['an unknown transfer encoding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    [
      'chunked, and not as the last',
      `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a space before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a folded header', `${post}Transfer-Encoding:\r\n chunked, x\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a chunk size that is no number', `${post}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${smuggled}`],
    ['a bare carriage return', `${post}X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a NUL in a header', `${post}X: a\0b\r\nContent-Length: 0\r\n\r\n${smuggled}`],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two hosts', `GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`],
    ['a version that does not exist', 'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n'],
  ])('%s: 400, and what follows is not heard', async (_, bytes) => {
    using peer = new RawPeer(url);
    expect(await peer.ask(bytes)).toBe(400);
    await peer.gone();
    expect(peer.body).not.toContain('200');
    await calm();
  });

  test('a body above 1 MiB is refused, with its length and without', async () => {
    const { username, password } = alice.credentials;
    const login = JSON.stringify({ json: { login: username, password } });
    for (const [size, status] of [
      [1024 * 1024, 200],
      [1024 * 1024 + 1, 400],
    ] as const)
      for (const length of [{ 'content-length': `${size}` }, { 'transfer-encoding': 'chunked' }]) {
        const head = { host: 'x', 'content-type': 'application/json', ...length };
        const body = login.padEnd(size);
        const chunk = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
        using peer = new RawPeer(url);
        peer.write(requestHead('POST', '/trpc/auth.login', head));
        expect(await peer.ask('content-length' in length ? body : chunk)).toBe(status);
      }
    await calm();
  });
});

describe('sockets that take up room', () => {
  /** A node under a clock that the test moves. */
  async function clockedServer(env: Record<string, string> = {}) {
    const clock = new ManualClock();
    const server = await testServer({ clock, env });
    const { url, app } = server.nodes[0];
    return Object.assign(server, {
      url,
      /** Moves the clock on, and lets the node look after its connections. */
      later(milliseconds: number) {
        clock.advance(milliseconds);
        app.connections.sweep();
      },
    });
  }

  /** Resolves when the node has heard what was sent before. */
  async function heard(peer: RawPeer): Promise<void> {
    const pongs = () => peer.texts.filter((text) => text === 'PONG').length;
    const before = pongs();
    peer.write(clientFrame('PING'));
    await peer.when(() => pongs() > before || peer.isGone);
    expect(peer.isGone).toBe(false);
  }

  test('one that announces who it is and does not say is closed after 5 s', async () => {
    await using server = await clockedServer();
    using peer = new RawPeer(server.url);
    expect(await peer.ask(upgradeRequest('/trpc?connectionParams=1'))).toBe(101);
    await heard(peer);
    server.later(5_000);
    await heard(peer);
    server.later(1);
    expect(await peer.closed()).toBe(4401);
  });

  test('one that comes as nobody is closed after 60 s, also when it announced and then sent no token', async () => {
    await using server = await clockedServer();
    using silent = await rawSocket(server.url);
    using announced = new RawPeer(server.url);
    expect(await announced.ask(upgradeRequest('/trpc?connectionParams=1'))).toBe(101);
    announced.send({ method: 'connectionParams', data: null });
    for (const peer of [silent, announced]) await peer.call('users.me', undefined, 'query');
    server.later(60_000);
    for (const peer of [silent, announced]) await heard(peer);
    server.later(1);
    for (const peer of [silent, announced]) expect(await peer.closed()).toBe(4401);
  });

  test('one that is silent is asked after 25 s, and gone after 60 s unless it answers', async () => {
    await using server = await clockedServer();
    const alice = await server.people.join('alice');
    using lively = await rawSocket(server.url, alice.tokens.accessToken);
    using dead = await rawSocket(server.url, alice.tokens.accessToken);
    for (const peer of [lively, dead]) await peer.call('users.me', undefined, 'query');
    server.later(25_000);
    for (const peer of [lively, dead]) expect(peer.texts).not.toContain('PING');
    server.later(1);
    for (const peer of [lively, dead]) await peer.when(() => peer.texts.includes('PING'));
    await heard(lively.write(clientFrame('PONG')));
    server.later(34_999);
    expect(dead.isGone).toBe(false);
    server.later(1);
    // Nobody is there who could be told why.
    expect(await dead.gone()).toBeNull();
    await heard(lively);
  });

  test('an address has so many, sockets and SSE together: then 429', async () => {
    await using server = await clockedServer({ MAX_CONNECTIONS_PER_ADDRESS: '2' });
    const alice = await server.people.join('alice');
    await alice.subscribe({ transport: 'sse' });
    using first = await rawSocket(server.url);
    using second = new RawPeer(server.url);
    expect(await second.ask(upgradeRequest())).toBe(429);
    const sse = await fetch(`${server.url}/trpc/events.stream`, {
      headers: { authorization: `Bearer ${alice.tokens.accessToken}` },
    });
    expect(await sse.text()).toContain('"code":"BUSY","httpStatus":503,"retryAfter":60');
    first.tcp.destroy();
    await expect
      .poll(async () => {
        using again = new RawPeer(server.url);
        return await again.ask(upgradeRequest());
      })
      .toBe(101);
  });

  test('a person has so many, sockets and SSE together: then BUSY', async () => {
    await using server = await clockedServer({ MAX_CONNECTIONS_PER_USER: '2' });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { accessToken } = alice.tokens;
    using first = await rawSocket(server.url, accessToken);
    await first.call('users.me', undefined, 'query');
    const sse = await alice.subscribe({ transport: 'sse' });
    using third = await rawSocket(server.url, accessToken);
    expect(await third.closed()).toBe(1013);
    using other = await rawSocket(server.url, bob.tokens.accessToken);
    expect((await other.call('users.me', undefined, 'query')).data.id).toBe(bob.id);
    sse.close();
    await expect
      .poll(async () => {
        using again = await rawSocket(server.url, accessToken);
        return (await again.call('users.me', undefined, 'query')).data?.id;
      })
      .toBe(alice.id);
  });

  test('a socket has so many subscriptions, and can stop one for another', async () => {
    await using server = await clockedServer({ MAX_SUBSCRIPTIONS_PER_SOCKET: '2' });
    const alice = await server.people.join('alice');
    using peer = await rawSocket(server.url, alice.tokens.accessToken);
    const subscribe = (id: string) =>
      peer.send({ id, method: 'subscription', params: { path: 'events.stream' } });
    const caughtUp = (id: string) =>
      peer.when(() => peer.messages.some((message) => message.id === id && message.result?.type === 'data'));
    for (const id of ['one', 'two']) subscribe(id);
    await Promise.all(['one', 'two'].map(caughtUp));
    subscribe('three');
    await peer.when(() => peer.messages.some(({ error }) => error));
    const refused = peer.messages.find(({ error }) => error)!;
    expect(refused).toMatchObject({
      id: 'three',
      error: { json: { data: { code: 'TOO_MANY_SUBSCRIPTIONS', httpStatus: 429, limit: 2 } } },
    });
    peer.send({ id: 'one', method: 'subscription.stop' });
    await peer.when(() => peer.messages.some(({ id, result }) => id === 'one' && result?.type === 'stopped'));
    subscribe('four');
    await caughtUp('four');
    // The same id twice is refused, and the first goes on.
    subscribe('four');
    await peer.when(() => peer.messages.some(({ id, error }) => id === 'four' && error !== undefined));
    await alice.talkTo(await server.people.join('bob'));
    for (const id of ['two', 'four'])
      await peer.when(() =>
        peer.texts.some((text) => text.startsWith(`{"id":"${id}"`) && text.includes('bob_')),
      );
  });

  test('a batch has so many calls, over a socket and over HTTP', async () => {
    await using server = await clockedServer({ MAX_BATCH_SIZE: '10' });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    using peer = await rawSocket(server.url, alice.tokens.accessToken);
    const sends = (count: number) =>
      Array.from({ length: count }, (_, id) => ({
        id,
        method: 'mutation',
        params: {
          path: 'messages.send',
          input: { json: { conversationId, text: `${id}`, clientMessageId: v7() } },
        },
      }));
    peer.send(sends(11));
    await peer.when(() => peer.messages.length === 11);
    for (const { error } of peer.messages) expect(error?.json.data.code).toBe('INVALID_INPUT');
    const paths = Array.from({ length: 11 }, () => 'users.me').join(',');
    expect((await fetch(`${server.url}/trpc/${paths}?batch=1`)).status).toBe(400);
    peer.send(sends(10));
    await peer.when(() => peer.messages.length === 21);
    const { messages } = await alice.api.messages.list.query({ conversationId });
    expect(messages).toHaveLength(10);
  });

  test('an id as long as a book is refused: it would stand in front of every event', async () => {
    using peer = await rawSocket(url, alice.tokens.accessToken);
    peer.send({ id: 'x'.repeat(101), method: 'subscription', params: { path: 'events.stream' } });
    expect((await peer.answerTo(null)).error?.data.code).toBe('INVALID_INPUT');
    peer.send({ id: 'x'.repeat(100), method: 'query', params: { path: 'users.me' } });
    await peer.when(() => peer.messages.some(({ id }) => String(id).length === 100));
  });

  test('one that asks faster than the database answers is read no further', async () => {
    await using server = await clockedServer();
    const alice = await server.people.join('alice');
    const { pool } = server.nodes[0].app.database;
    using peer = await rawSocket(server.url, alice.tokens.accessToken);
    await peer.call('users.me', undefined, 'query');
    const blocker = await pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE users');
    const calls = Array.from({ length: 1_000 }, (_, id) =>
      clientFrame(JSON.stringify({ id, method: 'query', params: { path: 'users.me' } })),
    );
    for (let n = 0; n < 200; n++) peer.write(Buffer.concat(calls));
    // The peer's own buffer stays full once the node has stopped reading.
    await standsStill(() => pool.waitingCount + peer.tcp.bytesWritten - peer.tcp.writableLength);
    expect(pool.waitingCount).toBeGreaterThan(40);
    expect(pool.waitingCount).toBeLessThan(60);
    await blocker.query('ROLLBACK');
    blocker.release();
    await peer.when(() => peer.texts.length > 5_000);
  });

  test('a person is heard so often in a second, whatever the number of sockets; the rest waits, and is not lost', async () => {
    await using server = await clockedServer({ MAX_MESSAGES_PER_SECOND: '20' });
    const [alice, bob] = await server.people.all('alice', 'bob');
    using one = await rawSocket(server.url, alice.tokens.accessToken);
    using two = await rawSocket(server.url, alice.tokens.accessToken);
    const answered = () => one.texts.length + two.texts.length;
    for (const peer of [one, two]) await peer.call('users.me', undefined, 'query');
    for (const peer of [one, two]) for (let n = 0; n < 100; n++) peer.write(clientFrame('PING'));
    await standsStill(answered);
    // The last of each socket is heard before it is held.
    expect(answered()).toBeLessThanOrEqual(22);
    await heard(await rawSocket(server.url, bob.tokens.accessToken));
    while (answered() < 202) {
      const before = answered();
      server.later(1_000);
      // One less where there is no more to hear of one of them, who was heard before their time.
      await expect.poll(answered).toBeGreaterThanOrEqual(Math.min(before + 19, 202));
      await standsStill(answered);
      expect(answered() - before).toBeLessThanOrEqual(22);
    }
  });

  test('a node that leaves closes them with 1012, those too that do not listen', async () => {
    await using server = await clockedServer();
    const alice = await server.people.join('alice');
    using polite = await rawSocket(server.url, alice.tokens.accessToken);
    using anonymous = await rawSocket(server.url);
    using deaf = await rawSocket(server.url, alice.tokens.accessToken);
    for (const peer of [polite, anonymous, deaf]) await peer.call('users.me', undefined, 'query');
    const sse = await alice.subscribe({ transport: 'sse' });
    const { connects } = sse;
    deaf.tcp.pause();
    await server.nodes[0].app.connections.leave();
    expect(await polite.closed()).toBe(1012);
    expect(await anonymous.closed()).toBe(1012);
    deaf.tcp.resume();
    expect(await deaf.closed()).toBe(1012);
    // An SSE answer breaks off, so that its client comes back as well.
    await sse.when(() => sse.connects > connects);
  });
});
