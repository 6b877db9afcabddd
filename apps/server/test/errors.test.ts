import { chatEvent, ERROR_STATUS, type ErrorCode, ephemeralEvent } from '@parley/contract';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { appRouter } from '../src/router.ts';
import { isDeclared, type Meta } from '../src/trpc.ts';
import { capturedLog } from './captured-log.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { type RawPeer, rawSocket } from './raw-peer.ts';
import { type TestServer, testServer } from './server.ts';

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<
    string,
    { _def: { type: string; meta?: Meta; inputs: unknown[] } }
  >,
).map(([path, { _def }]) => ({ path, ..._def }));
const codes = Object.keys(ERROR_STATUS) as ErrorCode[];

describe('every procedure names the errors it gives', () => {
  test('one that gives another is in the log, and fails whatever test meets it', async () => {
    const log = capturedLog();
    const server = await testServer({ logger: log.logger });
    const alice = await server.people.join('alice');
    const conversationId = await alice.startGroup('tea', await server.people.join('bob'));
    const { meta } = procedures.find(({ path }) => path === 'groups.leave')!;
    const { errors } = meta!;
    try {
      meta!.errors = [];
      const { data } = await alice.api.groups.leave.mutate({ conversationId }).catch((error) => error);
      expect(data).toEqual({ code: 'OWNER_MUST_TRANSFER', httpStatus: 409 });
    } finally {
      meta!.errors = errors!;
      await expect(server[Symbol.asyncDispose]()).rejects.toThrow('groups.leave OWNER_MUST_TRANSFER');
    }
    expect(log.entries()).toContainEqual(
      expect.objectContaining({
        level: 50,
        msg: 'undeclared error',
        procedure: 'groups.leave',
        refusal: 'OWNER_MUST_TRANSFER',
      }),
    );
  });

  test('one that it names, or that others of its kind give, is in no log', async () => {
    const log = capturedLog();
    await using server = await testServer({ logger: log.logger });
    const alice = await server.people.join('alice');
    const conversationId = await alice.startGroup('tea', await server.people.join('bob'));
    const failed = (call: Promise<unknown>) =>
      call.then(
        () => null,
        ({ data }) => data.code,
      );
    expect(await failed(alice.api.groups.leave.mutate({ conversationId }))).toBe('OWNER_MUST_TRANSFER');
    expect(await failed(alice.api.messages.list.query({ conversationId, limit: 0 }))).toBe('INVALID_INPUT');
    expect(await failed(server.people.stranger().users.me.query())).toBe('UNAUTHENTICATED');
    expect(log.entries().filter(({ level }) => level >= 40)).toEqual([]);
  });

  test.each(procedures)('$path: of the list, and each once', ({ meta = {} }) => {
    const { errors = [], events = [] } = meta;
    expect(errors.filter((code) => !codes.includes(code))).toEqual([]);
    expect(errors).toEqual([...new Set(errors)]);
    const types: string[] = [...chatEvent.options, ...ephemeralEvent.options].map(
      ({ shape }) => shape.type.value,
    );
    expect(events.filter((type) => !types.includes(type))).toEqual([]);
    expect(events).toEqual([...new Set(events)]);
  });

  test('and there is no code that none gives', () => {
    const given = codes.filter((code) => procedures.some((procedure) => isDeclared(procedure, code)));
    expect(given.sort()).toEqual(codes.toSorted());
  });

  test('UNAUTHENTICATED is for those who need a session, and for no public one', async () => {
    await using server = await testServer();
    for (const { path, type, ...definition } of procedures) {
      const url = `${server.people.url(0)}/${path}`;
      const body = type === 'mutation' && {
        method: 'POST',
        body: '{"json":{}}',
        headers: { 'content-type': 'application/json' },
      };
      const answer = await (await fetch(url, body || {})).text();
      expect([path, answer.includes('UNAUTHENTICATED')]).toEqual([
        path,
        isDeclared(definition, 'UNAUTHENTICATED'),
      ]);
    }
  });
});

describe('S85 whatever breaks, nothing of the inside is told, and the log can be asked', () => {
  /** Parts of the inside that the faults below bring with them. */
  const INSIDE =
    /relation|"users"|members|gone|invocation|prisma|postgres|violates|Key \(|node_modules|\.ts\b|at .+:\d+|\/work|\/src|statement|canceling|ECONNR/i;

  type Broken = { server: TestServer; alice: Person; conversationId: string };
  const faults: {
    what: string;
    code: 'INTERNAL' | 'UNAVAILABLE';
    /** Breaks it, and answers how to mend it. */
    break(broken: Broken): Promise<() => Promise<unknown>>;
    /** What meets it. */
    calls: ('pg' | 'prisma' | 'send')[];
  }[] = [
    {
      what: 'a table that is missing',
      code: 'INTERNAL',
      async break({ server: { databaseUrl } }) {
        await runSql(databaseUrl, 'ALTER TABLE members RENAME TO gone');
        return () => runSql(databaseUrl, 'ALTER TABLE gone RENAME TO members');
      },
      calls: ['pg', 'prisma', 'send'],
    },
    {
      what: 'a key that is taken',
      code: 'INTERNAL',
      async break({ server: { databaseUrl }, alice, conversationId }) {
        await alice.say(conversationId, 'hello');
        await alice.api.groups.create.mutate({ title: 'tea', userIds: [] });
        await runSql(
          databaseUrl,
          `CREATE UNIQUE INDEX one_text ON messages (text);
           CREATE UNIQUE INDEX one_title ON conversations (title)`,
        );
        return () => runSql(databaseUrl, 'DROP INDEX one_text; DROP INDEX one_title');
      },
      calls: ['prisma', 'send'],
    },
    {
      what: 'a database that is away',
      code: 'UNAVAILABLE',
      async break({ server: { databaseUrl } }) {
        const name = new URL(databaseUrl).pathname.slice(1);
        const { url } = inject('postgres');
        await runSql(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
        await runSql(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
        return () => runSql(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      },
      calls: ['pg', 'prisma', 'send'],
    },
    {
      what: 'a statement that takes too long',
      code: 'UNAVAILABLE',
      async break({ server: { databaseUrl } }) {
        const blocker = new pg.Client({ connectionString: databaseUrl });
        await blocker.connect();
        await blocker.query('BEGIN; LOCK TABLE members, messages, conversations IN ACCESS EXCLUSIVE MODE');
        // What Postgres does by itself after some time is done to whoever waits.
        const cancelWaiting = () =>
          blocker.query(`
            SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`);
        const impatient = setInterval(() => {
          void cancelWaiting();
        }, 20);
        return async () => {
          clearInterval(impatient);
          await cancelWaiting();
          await blocker.end();
        };
      },
      calls: ['pg', 'prisma', 'send'],
    },
  ];

  const inputs = {
    pg: (_: Broken) => ({ path: 'conversations.list', type: 'query', input: {} }),
    prisma: (_: Broken) => ({
      path: 'groups.create',
      type: 'mutation',
      input: { title: 'tea', userIds: [] },
    }),
    send: ({ conversationId }: Broken) => ({
      path: 'messages.send',
      type: 'mutation',
      input: { conversationId, text: 'hello', clientMessageId: crypto.randomUUID() },
    }),
  };
  type Call = ReturnType<(typeof inputs)[keyof typeof inputs]>;

  async function overHttp({ server, alice }: Broken, { path, type, input }: Call): Promise<string> {
    const url = `${server.people.url(0)}/${path}`;
    const body = JSON.stringify({ json: input });
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${alice.tokens.accessToken}`,
    };
    const response =
      type === 'query'
        ? await fetch(`${url}?input=${encodeURIComponent(body)}`, { headers })
        : await fetch(url, { method: 'POST', headers, body });
    return response.text();
  }

  async function overSocket(peer: RawPeer, { path, type, input }: Call): Promise<string> {
    const { error } = await peer.call(path, input, type);
    return JSON.stringify({ error: { json: error } });
  }

  test.each(faults)('$what', async ({ code, calls, ...fault }) => {
    const log = capturedLog();
    await using server = await testServer({ logger: log.logger });
    const alice = await server.people.join('alice');
    const broken = { server, alice, conversationId: await alice.talkTo(await server.people.join('bob')) };
    using peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
    await peer.call('users.me', undefined, 'query');
    const mend = await fault.break(broken);
    try {
      for (const name of calls)
        for (const ask of [
          () => overHttp(broken, inputs[name](broken)),
          () => overSocket(peer, inputs[name](broken)),
        ]) {
          const text = await ask();
          expect(text).not.toMatch(INSIDE);
          const { message, data } = JSON.parse(text).error.json;
          expect({ name, message, ...data }).toEqual({
            name,
            message: code,
            code,
            httpStatus: ERROR_STATUS[code],
            ...(code === 'INTERNAL' && { errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
          });
          if (code === 'INTERNAL') {
            const logged = log.entries().filter(({ errorId }) => errorId === data.errorId);
            expect(logged).toHaveLength(1);
            expect(logged[0]).toMatchObject({
              level: 50,
              msg: 'unforeseen error',
              procedure: inputs[name](broken).path,
              err: { stack: expect.arrayContaining([expect.stringContaining('apps/server/src')]) },
            });
          }
        }
    } finally {
      await mend();
    }
    if (code === 'UNAVAILABLE')
      expect(log.entries()).toContainEqual(
        expect.objectContaining({ level: 40, msg: 'the database did not answer' }),
      );
  });

  test('a stream that cannot be read: it breaks off, without a word', async () => {
    const log = capturedLog();
    await using server = await testServer({ logger: log.logger });
    const alice = await server.people.join('alice');
    await runSql(server.databaseUrl, 'ALTER TABLE topic_intervals RENAME TO gone');
    using peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
    peer.send({ id: 1, method: 'subscription', params: { path: 'events.stream' } });
    expect(await peer.closed()).toBe(1012);
    expect(peer.texts.join()).not.toMatch(INSIDE);
    const headers = {
      authorization: `Bearer ${alice.tokens.accessToken}`,
      accept: 'text/event-stream',
    };
    const { body } = await fetch(`${server.people.url(0)}/events.stream`, { headers });
    let text = '';
    const reading = async () => {
      for await (const chunk of body!.pipeThrough(new TextDecoderStream())) text += chunk;
    };
    await expect(reading()).rejects.toThrow();
    expect(text).not.toMatch(INSIDE);
    const broke = log.entries().filter(({ msg }) => msg === 'a stream broke');
    expect(broke.map(({ err }) => err.code)).toEqual(['42P01', '42P01']);
  });

  test('an output that does not fit its schema', async () => {
    const log = capturedLog();
    await using server = await testServer({ logger: log.logger });
    const alice = await server.people.join('alice');
    await runSql(server.databaseUrl, 'ALTER TABLE conversations ALTER COLUMN member_count TYPE bigint');
    await alice.api.groups.create.mutate({ title: 'tea', userIds: [] }).catch(() => null);
    const broken = { server, alice, conversationId: '' };
    using peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
    // node-postgres gives a bigint as text.
    for (const ask of [overHttp, (_: Broken, call: Call) => overSocket(peer, call)]) {
      const text = await ask(broken, inputs.pg(broken));
      expect(text).not.toMatch(INSIDE);
      const { data } = JSON.parse(text).error.json;
      expect(data).toEqual({ code: 'INTERNAL', httpStatus: 500, errorId: expect.any(String) });
      const [logged] = log.entries().filter(({ errorId }) => errorId === data.errorId);
      expect(logged.err.issues).toEqual(['conversations.0.memberCount: invalid_type']);
    }
  });
});
