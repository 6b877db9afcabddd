import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { endSessions } from '../src/auth/session.ts';
import { startServer } from '../src/server.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { loseNotifications } from './lost-notifications.ts';
import type { Person } from './people.ts';
import { type RawPeer, rawSocket } from './raw-peer.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';
import type { Subscription } from './subscription.ts';

const server = serverForAll({ nodes: 2 });
afterEach(() => vi.restoreAllMocks());

/** The code that a call is refused with. */
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    (answer) => `not refused: ${JSON.stringify(answer)}`,
    ({ data }) => data.code,
  );

describe('S33 the list of sessions', () => {
  test('shows device, address and time, the one last used first, and which one asks', async () => {
    const clock = new ManualClock();
    await using server = await testServer({ clock });
    const alice = await server.people.join('alice');
    const began = clock.now().toISOString();
    clock.advance(60_000);
    const phone = await alice.anotherDevice();
    const since = clock.now().toISOString();
    const address = expect.stringContaining('127.0.0.1');
    const first = {
      id: alice.tokens.sessionId,
      device: 'node',
      address,
      createdAt: began,
      lastUsedAt: began,
    };
    const second = { ...first, id: phone.tokens.sessionId, createdAt: since, lastUsedAt: since };
    expect(await alice.api.sessions.list.query()).toEqual([
      { ...second, isCurrent: false },
      { ...first, isCurrent: true },
    ]);
    clock.advance(60_000);
    await alice.refresh();
    expect(await phone.api.sessions.list.query()).toEqual([
      { ...first, lastUsedAt: clock.now().toISOString(), isCurrent: false },
      { ...second, isCurrent: true },
    ]);
  });

  test('has those that go on, and nobody else’s', async () => {
    const clock = new ManualClock();
    await using server = await testServer({ clock });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const gone = await alice.anotherDevice();
    await gone.api.auth.logout.mutate();
    await runSql(
      server.databaseUrl,
      `UPDATE sessions SET expires_at = '${clock.now().toISOString()}' WHERE id = '${(await alice.anotherDevice()).tokens.sessionId}'`,
    );
    const ids = (await alice.api.sessions.list.query()).map(({ id }) => id);
    expect(ids).toEqual([alice.tokens.sessionId]);
    expect((await bob.api.sessions.list.query()).map(({ id }) => id)).toEqual([bob.tokens.sessionId]);
  });

  test('a name that the device gave itself stands in it, and in the event that tells the others', async () => {
    const alice = await server.people.join('alice');
    const stream = await alice.subscribe();
    const { username: login, password } = alice.credentials;
    await server.people.stranger().auth.login.mutate({ login, password, device: 'Pixel 9' });
    const { data } = await stream.until(({ type }) => type === 'session.started');
    const sessions = await alice.api.sessions.list.query();
    const pixel = sessions.find(({ device }) => device === 'Pixel 9')!;
    expect(data).toEqual({
      type: 'session.started',
      sessionId: pixel.id,
      device: 'Pixel 9',
      address: pixel.address,
      at: pixel.createdAt,
    });
  });
});

describe('S33 revoking', () => {
  test('ends the one that is named, its own too, and again is no error', async () => {
    const alice = await server.people.join('alice');
    const [phone, tablet] = [await alice.anotherDevice(), await alice.anotherDevice()];
    const { sessionId } = phone.tokens;
    for (const _ of ['once', 'again'])
      expect(await alice.api.sessions.revoke.mutate({ sessionId })).toBe(null);
    expect(await refusal(phone.api.users.me.query())).toBe('UNAUTHENTICATED');
    expect(await refusal(phone.refresh())).toBe('INVALID_REFRESH_TOKEN');
    await tablet.api.users.me.query();
    await alice.api.sessions.revoke.mutate({ sessionId: alice.tokens.sessionId });
    expect(await refusal(alice.api.users.me.query())).toBe('UNAUTHENTICATED');
    expect((await tablet.api.sessions.list.query()).map(({ id }) => id)).toEqual([tablet.tokens.sessionId]);
    expect(await endings(server, alice)).toEqual([
      [sessionId, 'revoked'],
      [alice.tokens.sessionId, 'revoked'],
    ]);
  });

  test('nobody ends somebody else’s by its id, and is told no more than of one that is not', async () => {
    const [alice, mallory] = await server.people.all('alice', 'mallory');
    const answers = [alice.tokens.sessionId, mallory.id].map((sessionId) =>
      mallory.api.sessions.revoke.mutate({ sessionId }).catch(({ shape }) => shape),
    );
    const [others, unknown] = await Promise.all(answers);
    expect(others).toMatchObject({ data: { code: 'NOT_FOUND', what: 'session' } });
    expect(others).toEqual(unknown);
    await mallory.api.sessions.revokeOthers.mutate();
    await mallory.api.sessions.revokeAll.mutate();
    expect(await alice.api.sessions.list.query()).toHaveLength(1);
    await alice.refresh();
  });

  test('the others leaves the one that asks; all leaves none', async () => {
    const alice = await server.people.join('alice');
    const others = await Promise.all([1, 2, 3].map(() => alice.anotherDevice()));
    await alice.api.sessions.revokeOthers.mutate();
    for (const { api } of others) expect(await refusal(api.users.me.query())).toBe('UNAUTHENTICATED');
    await alice.refresh();
    const late = await alice.anotherDevice();
    await alice.api.sessions.revokeAll.mutate();
    for (const device of [alice, late]) {
      expect(await refusal(device.api.users.me.query())).toBe('UNAUTHENTICATED');
      expect(await refusal(device.refresh())).toBe('INVALID_REFRESH_TOKEN');
    }
    const ended = (await endings(server, alice)).map(([id]) => id).sort();
    expect(ended).toEqual([alice, late, ...others].map(({ tokens }) => tokens.sessionId).sort());
  });

  test('regression: of two devices that put each other out at the same moment one stays', async () => {
    const alice = await server.people.join('alice');
    for (let race = 0; race < 20; race++) {
      const devices = await Promise.all([alice.anotherDevice(), alice.anotherDevice()]);
      const outcomes = await Promise.allSettled(
        devices.map((device, node) => device.on(node).sessions.revokeOthers.mutate()),
      );
      const lived = await Promise.all(devices.map(({ api }) => refusal(api.auth.logout.mutate())));
      expect(lived.filter((code) => code !== 'UNAUTHENTICATED')).toHaveLength(1);
      expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    }
  });

  test('takes a person’s thousand sessions at once', async () => {
    const alice = await server.people.join('alice');
    await runSql(
      server.databaseUrl,
      `INSERT INTO sessions (id, user_id, device, created_at, last_used_at, expires_at, absolute_expires_at)
       SELECT gen_random_uuid(), '${alice.id}', 'bot', now(), now(), now() + interval '1 day', now() + interval '1 day'
       FROM generate_series(1, 1000)`,
    );
    expect(await alice.api.sessions.list.query()).toHaveLength(100);
    await alice.api.sessions.revokeOthers.mutate();
    expect(await alice.api.sessions.list.query()).toHaveLength(1);
    expect(await endings(server, alice)).toHaveLength(1_000);
  });
});

/** What the log says of the ends of somebody's sessions, in order. */
async function endings({ nodes }: TestServer, { id }: Person): Promise<[string, string][]> {
  const { rows } = await nodes[0].app.database.pool.query(
    `SELECT refs->>'sessionId' AS id, refs->>'reason' AS reason FROM events
     WHERE topic = $1 AND type = 'session.ended' ORDER BY position`,
    [id],
  );
  return rows.map(({ id, reason }) => [id, reason]);
}

describe('a login that was under way', () => {
  test('S10, S29 begins nothing when the password was changed or the sessions were ended for a ban meanwhile', async () => {
    await using server = await testServer();
    const { app } = server.nodes[0];
    const changes = ['password_hash = $$another$$', 'banned_at = now()', 'deleted_at = now()'];
    for (const change of changes) {
      const alice = await server.people.join('alice');
      const compared = Promise.withResolvers<void>();
      const changed = Promise.withResolvers<void>();
      const { verify } = app.passwords;
      vi.spyOn(app.passwords, 'verify').mockImplementationOnce(async (...given) => {
        const right = await verify(...given);
        compared.resolve();
        await changed.promise;
        return right;
      });
      const login = refusal(alice.anotherDevice());
      await compared.promise;
      await app.database.transaction(async (tx) => {
        await tx.$executeRawUnsafe(`UPDATE users SET ${change} WHERE id = '${alice.id}'`);
        await endSessions(tx, { userId: alice.id, reason: 'banned', now: app.clock.now() });
      });
      changed.resolve();
      expect(await login).toBe('INVALID_CREDENTIALS');
      expect(await app.database.prisma.session.count({ where: { userId: alice.id, endedAt: null } })).toBe(0);
    }
  });

  test('S10, S29 waits for a transaction that ends all sessions, and is judged by what it leaves', async () => {
    await using server = await testServer();
    const { database, clock, passwords } = server.nodes[0].app;
    const alice = await server.people.join('alice');
    const { username: login, password } = alice.credentials;
    const compared = Promise.withResolvers<void>();
    const { verify } = passwords;
    vi.spyOn(passwords, 'verify').mockImplementation(async (...given) => {
      const right = await verify(...given);
      compared.resolve();
      return right;
    });
    let late: Promise<string> | undefined;
    await database.transaction(async (tx) => {
      await endSessions(tx, { userId: alice.id, reason: 'password-changed', now: clock.now() });
      late = refusal(server.people.stranger().auth.login.mutate({ login, password }));
      await compared.promise;
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'`;
      await expect.poll(() => runSql(server.databaseUrl, waiting), { timeout: 10_000 }).toHaveLength(1);
      await tx.user.update({ where: { id: alice.id }, data: { passwordHash: 'another' } });
    });
    expect(await late).toBe('INVALID_CREDENTIALS');
    expect(await database.prisma.session.count({ where: { userId: alice.id, endedAt: null } })).toBe(0);
  });
});

describe('S35 a session that was set before the login', () => {
  test('is not the one that begins, whatever comes with the request', async () => {
    const alice = await server.people.join('alice');
    const { username: login, password } = alice.credentials;
    const { sessionId, accessToken } = alice.tokens;
    const response = await fetch(`${server.people.url(0)}/auth.login?sessionId=${sessionId}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${accessToken}`,
        cookie: `parley-access=${accessToken}; sessionId=${sessionId}; parley-refresh=${alice.tokens.refreshToken}`,
        'x-session-id': sessionId,
      },
      body: JSON.stringify({ json: { login, password } }),
    });
    const { result } = (await response.json()) as { result: { data: { json: { sessionId: string } } } };
    expect(result.data.json.sessionId).not.toBe(sessionId);
    for (const forced of [{ sessionId }, { id: sessionId }])
      expect(await refusal(server.people.stranger().auth.login.mutate({ login, password, ...forced }))).toBe(
        'INVALID_INPUT',
      );
    expect(await alice.api.sessions.list.query()).toHaveLength(2);
  });
});

/** A device with everything open that it can have: a socket and an SSE stream on each of some nodes. */
interface Open {
  device: Person;
  peers: RawPeer[];
  streams: Subscription[];
}

async function openAll(server: TestServer, device: Person, nodes: number[]): Promise<Open> {
  const peers = nodes.map(async (node) => {
    const peer = await rawSocket(server.nodes[node]!.url, device.tokens.accessToken);
    peer.send({ id: 'stream', method: 'subscription', params: { path: 'events.stream' } });
    await peer.when(() => peer.texts.some((text) => text.includes('stream.caught-up')));
    return peer;
  });
  const streams = nodes.map((node) => device.subscribe({ transport: 'sse', node }));
  return { device, peers: await Promise.all(peers), streams: await Promise.all(streams) };
}

/** Its connections are told of this, and gone. */
async function expectEnded({ device, peers, streams }: Open, reason: string): Promise<void> {
  const told = { type: 'session.ended', sessionId: device.tokens.sessionId, reason };
  for (const peer of peers) {
    expect(await peer.closed()).toBe(4401);
    expect(peer.texts.some((text) => Object.values(told).every((word) => text.includes(word)))).toBe(true);
    peer[Symbol.dispose]();
  }
  for (const stream of streams) {
    await stream.when(() => stream.end !== null);
    expect(stream.end).toBe('complete');
    expect(stream.events).toContainEqual(told);
  }
}

/** Its connections have heard how the others ended, and go on. */
async function expectOpen({ peers, streams }: Open, ended: number): Promise<void> {
  for (const stream of streams) {
    await stream.when(() => stream.events.filter(({ type }) => type === 'session.ended').length === ended);
    expect(stream.end).toBe(null);
  }
  for (const peer of peers) {
    expect((await peer.call('users.me', undefined, 'query')).error).toBeUndefined();
    expect(peer.isGone).toBe(false);
    peer[Symbol.dispose]();
  }
}

interface Cause {
  reason: string;
  /** Which of a person's three devices end when the first acts. */
  ends: [boolean, boolean, boolean];
  act(first: Person, second: Person, server: TestServer): Promise<unknown>;
}

const causes: Record<string, Cause> = {
  'logging out': {
    reason: 'logout',
    ends: [true, false, false],
    act: (first) => first.api.auth.logout.mutate(),
  },
  'revoking one': {
    reason: 'revoked',
    ends: [false, true, false],
    act: (first, { tokens }) => first.api.sessions.revoke.mutate({ sessionId: tokens.sessionId }),
  },
  'revoking the others': {
    reason: 'revoked',
    ends: [false, true, true],
    act: (first) => first.api.sessions.revokeOthers.mutate(),
  },
  'revoking all': {
    reason: 'revoked',
    ends: [true, true, true],
    act: (first) => first.api.sessions.revokeAll.mutate(),
  },
  'changing the password': {
    reason: 'password-changed',
    ends: [false, true, true],
    act: ({ api, credentials }) =>
      api.auth.changePassword.mutate({
        currentPassword: credentials.password,
        newPassword: 'a long one indeed',
      }),
  },
  'deleting the account': {
    reason: 'account-deleted',
    ends: [true, true, true],
    act: ({ api, credentials: { password } }) =>
      api.auth.deleteAccount.mutate({ password, messages: 'keep' }),
  },
  'a ban': {
    reason: 'banned',
    ends: [true, true, true],
    async act(first, _, server) {
      const admin = await appoint(server, await server.people.join('admin'), 'ADMIN');
      await admin.api.admin.ban.mutate({ userId: first.id });
    },
  },
};

async function threeDevices(server: TestServer, nodes: number[]): Promise<[Open, Open, Open]> {
  const alice = await server.people.join('alice');
  const devices = [alice, await alice.anotherDevice(), await alice.anotherDevice()] as const;
  return (await Promise.all(devices.map((device) => openAll(server, device, nodes)))) as [Open, Open, Open];
}

async function expectOutcome(open: Open[], { ends, reason }: Cause): Promise<void> {
  const ended = ends.filter(Boolean).length;
  for (const [index, device] of open.entries())
    if (ends[index]) await expectEnded(device, reason);
    else await expectOpen(device, ended);
}

describe('S28, S29, S30 whatever ends a session, its sockets and streams on both nodes are told and gone', () => {
  test.each(Object.entries(causes))('within 2 s: %s', async (_, cause) => {
    const open = await threeDevices(server, [0, 1]);
    const start = performance.now();
    await cause.act(open[0].device, open[1].device, server);
    await expectOutcome(open, cause);
    expect(performance.now() - start).toBeLessThan(2_000);
    // Nothing of what has ended is taken, on either node; what goes on is.
    for (const [index, { device }] of open.entries())
      for (const node of [0, 1]) {
        const call = device.on(node).users.me.query();
        if (cause.ends[index]) expect(await refusal(call)).toBe('UNAUTHENTICATED');
        else expect(await call).toMatchObject({ id: device.id });
      }
  });

  /** Each takes the bus away between the two nodes, in its own way. */
  const outages: Record<string, (server: TestServer, wire: Wire) => Promise<unknown>> = {
    'when nothing that is said on the bus arrives': async () => loseNotifications(),
    'when the bus’s connections are cut': ({ databaseUrl }) =>
      runSql(
        databaseUrl,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ 'LISTEN|pg_notify|max\\(position\\), 0\\) AS head'`,
      ),
    'when the bus’s connection hangs': async (_, wire) => expect(wire.freezeBus()).toBeGreaterThan(0),
  };

  test.each(Object.entries(outages))('within 5 s, %s', async (_, outage) => {
    await using server = await testServer();
    await using wire = await layWire(server.databaseUrl);
    const { env, logger } = server.nodes[0].app;
    server.nodes.push(await startServer({ ...env, DATABASE_URL: wire.url }, { logger }));
    const all = await Promise.all(
      Object.values(causes).map(async (cause) => ({ cause, open: await threeDevices(server, [1]) })),
    );
    await outage(server, wire);
    const start = performance.now();
    await Promise.all(all.map(({ cause, open }) => cause.act(open[0].device, open[1].device, server)));
    for (const { cause, open } of all) await expectOutcome(open, cause);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

/** What lies between a node and Postgres. */
interface Wire extends AsyncDisposable {
  /** The database's address at this end of it. */
  url: string;
  /** From now on nothing comes or goes over the connections that listen, and nobody is told. How many those are. */
  freezeBus(): number;
}

async function layWire(databaseUrl: string): Promise<Wire> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  const listening = new Set<[Socket, Socket]>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on('data', (bytes) => {
      if (bytes.includes('LISTEN')) listening.add([near, far]);
      far.write(bytes);
    });
    far.on('data', (bytes) => void near.write(bytes));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as { port: number }).port) });
  return {
    url: url.href,
    freezeBus() {
      for (const pair of listening) for (const socket of pair) socket.pause();
      return listening.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
