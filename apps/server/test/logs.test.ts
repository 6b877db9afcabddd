import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { z } from 'zod';
import { Prisma } from '../src/database/generated/client.ts';
import { appRouter } from '../src/router.ts';
import { type CapturedLog, capturedLog } from './captured-log.ts';
import { runSql } from './database.ts';
import { mailTo } from './inbox.ts';
import { rawSocket } from './raw-peer.ts';
import { type TestServer, testServer } from './server.ts';

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string; inputs: z.ZodType[] } }>,
).map(([path, { _def }]) => ({ path, ..._def }));

const SPECIES = 'kanarienvogel';
/** Does something with each, some at a time: on a busy machine, too, every call has its turn before it is too late. */
async function withAll<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += 10)
    results.push(...(await Promise.all(items.slice(at, at + 10).map(work))));
  return results;
}

/** Something that is nowhere but where it was put; all of them are found by their species. */
const canary = (what: string): string => `${SPECIES}${what}${randomBytes(9).toString('hex')}`;

describe('an entry of the log holds no secret', () => {
  const logged = (fields: object): string => {
    const log = capturedLog();
    log.logger.info(fields, 'something');
    return log.lines.join('');
  };

  test.each([
    ...['password', 'newPassword', 'currentPassword', 'token', 'refreshToken', 'accessToken', 'code', 'text'],
    ...['email', 'authorization', 'Cookie', 'set-cookie', 'passwordHash', 'secret', 'link'],
  ])('%s is left out, however deep', (name) => {
    const secret = canary('kept');
    const line = logged({ [name]: secret, user: { [name]: secret }, list: [{ deep: { [name]: [secret] } }] });
    expect(line).not.toContain(secret);
    expect(line.match(/\[redacted\]/g)).toHaveLength(3);
  });

  test('and nothing breaks it: what is too deep or turns in circles ends somewhere', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['again'] = circle;
    expect(() => JSON.parse(logged({ circle }))).not.toThrow();
  });

  test('a line break in what is logged is no new line', () => {
    const log = capturedLog();
    const forged = 'x\n{"level":50,"msg":"forged"}\r\n\u2028';
    log.logger.info({ path: forged, [forged]: 1 }, forged);
    log.logger.error(Object.assign(new Error(forged), { code: forged }));
    expect(log.lines).toHaveLength(2);
    for (const line of log.lines) expect(line.trimEnd()).not.toMatch(/[\r\n]/);
    expect(log.entries().map(({ level }) => level)).toEqual([30, 50]);
  });
});

describe('an error is logged without what it was given', () => {
  const secret = canary('given');
  const postgres = (code: string, message: string) =>
    Object.assign(new pg.DatabaseError(message, 1, 'error'), {
      code,
      table: 'users',
      constraint: 'users_email_key',
      detail: `Key (email)=(${secret})`,
      where: secret,
      hint: secret,
      internalQuery: secret,
    });
  const errors: [string, unknown][] = [
    [
      'a key that is taken',
      postgres('23505', 'duplicate key value violates unique constraint "users_email_key"'),
    ],
    ['a value that does not fit', postgres('22P02', `invalid input syntax for type uuid: "${secret}"`)],
    ['a word of one of our functions', postgres('P0001', `no such thing: ${secret}`)],
    ['JSON that cannot be read', new SyntaxError(`Unexpected token, "${secret}" is not valid JSON`)],
    [
      'a call of Prisma',
      new Prisma.PrismaClientValidationError(
        `\nInvalid \`prisma.user.create()\` invocation in\n/x.ts:1\n{ data: { email: "${secret}" } }`,
        { clientVersion: '7' },
      ),
    ],
    [
      'what Prisma says of the database',
      new Prisma.PrismaClientKnownRequestError(
        `\nInvalid \`prisma.user.create()\` invocation:\nUnique constraint failed on ${secret}`,
        { code: 'P2002', clientVersion: '7', meta: { modelName: 'User', target: secret } },
      ),
    ],
    [
      "a mail server's answer",
      Object.assign(new Error(`550 <${secret}@example.com> unknown`), { response: secret }),
    ],
    [
      'another with it inside',
      new Error('outer', { cause: new Error(`'${secret}'`, { cause: postgres('22P02', `"${secret}"`) }) }),
    ],
    ['several', new AggregateError([new Error(`"${secret}"`)], 'several')],
    ["a schema's", z.strictObject({ email: z.email() }).safeParse({ email: secret, [secret]: 1 }).error],
  ];

  test.each(errors)('%s', (_, err) => {
    const log = capturedLog();
    log.logger.error({ err }, 'it failed');
    log.logger.error({ nested: { err } }, 'it failed');
    log.logger.error(err as object);
    log.logger.error({ err });
    expect(log.lines).toHaveLength(4);
    for (const line of log.lines) expect(line).not.toContain(secret);
  });

  test('and still says what it was, and where', () => {
    const log = capturedLog();
    log.logger.error({
      err: postgres('23505', 'duplicate key value violates unique constraint "users_email_key"'),
    });
    log.logger.error({ err: errors[5]![1] });
    log.logger.error({ err: new TypeError("Cannot read properties of undefined (reading 'x')") });
    const [taken, prisma, bug] = log.entries().map(({ err }) => err);
    expect(taken).toMatchObject({
      code: '23505',
      table: 'users',
      constraint: 'users_email_key',
      message: 'duplicate key value violates unique constraint "users_email_key"',
    });
    expect(prisma).toMatchObject({
      code: 'P2002',
      modelName: 'User',
      message: 'Invalid `prisma.user.create()` invocation',
    });
    expect(bug).toMatchObject({
      type: 'TypeError',
      message: 'Cannot read properties of undefined (reading …',
    });
    for (const { stack } of [taken, prisma, bug]) expect(stack.join()).toContain('logs.test.ts');
  });
});

describe('S84 whatever goes through the API, the log has none of it', () => {
  /** What was handed out, and must be nowhere either: by what it is. */
  let handedOut: Map<string, string>;
  let log: CapturedLog;
  /** What else the process wrote. */
  let printed: string[];
  /** Every error as it was told. */
  let told: string[];

  beforeEach(() => {
    handedOut = new Map();
    log = capturedLog();
    printed = [];
    told = [];
    const write = (text: unknown): true => {
      printed.push(String(text));
      return true;
    };
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation(write);
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation((...given) => void write(given.map(String).join(' ')));
  });
  afterEach(() => vi.restoreAllMocks());

  /** A value as it may look where it does not belong. */
  function formsOf(value: string): string[] {
    // In base64 a text looks in three ways, by what stands before it; its ends depend on their neighbours.
    const shifted = [0, 1, 2].map((shift) =>
      Buffer.from(' '.repeat(shift) + value)
        .toString('base64')
        .replace(/=+$/, '')
        .slice(shift ? 4 : 0, -2),
    );
    const inUrls = shifted.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
    const hex = Buffer.from(value).toString('hex');
    return [...new Set([value, encodeURIComponent(value), ...shifted, ...inUrls, hex])];
  }

  function expectNoCanary(): void {
    const found: object[] = [];
    const places = { log: log.lines.join(''), printed: printed.join(''), told: told.join('\n') };
    for (const [where, text] of Object.entries(places)) {
      const around = (at: number) => text.slice(Math.max(0, at - 200), at + 50);
      for (const [value, what] of [[SPECIES, 'given'], ...handedOut] as [string, string][])
        for (const form of /^\d{6}$/.test(value) ? [] : formsOf(value)) {
          const at = text.indexOf(form);
          if (at >= 0) found.push({ where, what, around: around(at) });
        }
      // Six digits may be part of a longer number, or of an id.
      for (const { 0: digits, index } of text.matchAll(/(?<![\w-])\d{6}(?![\w-])/g))
        if (handedOut.has(digits)) found.push({ where, what: 'code', around: around(index) });
    }
    vi.restoreAllMocks();
    expect(found).toEqual([]);
  }

  /** What an answer hands out is a canary too; an error is kept. */
  function note(answer: string): string {
    for (const [, name, value] of answer.matchAll(/"(accessToken|refreshToken)":"([^"]+)"/g)) {
      handedOut.set(value!, name!);
      // Of an access token the signature is what makes it one.
      if (name === 'accessToken') handedOut.set(value!.split('.')[2]!, 'signature');
    }
    for (const [, signature] of answer.matchAll(/signature=([\w-]+)/g)) handedOut.set(signature!, 'link');
    if (answer.includes('"error"')) told.push(answer);
    return answer;
  }

  interface Person {
    id: string;
    username: string;
    email: string;
    password: string;
    accessToken: string;
    refreshToken: string;
    /** A conversation of theirs. */
    conversationId: string;
  }

  async function post(
    server: TestServer,
    path: string,
    input: unknown,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(`${server.people.url(0)}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ json: input }),
    });
    return note(await response.text());
  }

  async function join(server: TestServer): Promise<Person> {
    const username = `k_${randomUUID().slice(0, 8)}`;
    const password = canary('password');
    const email = `${canary('email')}@example.com`;
    const answer = await post(server, 'auth.register', { username, email, password });
    const { user, accessToken, refreshToken } = JSON.parse(answer).result.data.json;
    const person = { id: user.id, username, email, password, accessToken, refreshToken };
    const group = await post(
      server,
      'groups.create',
      { title: canary('title'), userIds: [] },
      bearer(person),
    );
    return { ...person, conversationId: JSON.parse(group).result.data.json.id };
  }

  const bearer = ({ accessToken }: { accessToken: string }) => ({ authorization: `Bearer ${accessToken}` });

  /** What a field is given, by its name; text that nobody has told us of is a canary. */
  function given(name: string, schema: Field, person: Person): unknown {
    const known: Record<string, () => unknown> = {
      conversationId: () => person.conversationId,
      userId: () => person.id,
      userIds: () => [person.id],
      username: () => `k_${randomUUID().slice(0, 8)}`,
      login: () => person.username,
      email: () => `${canary('email')}@example.com`,
      password: () => person.password,
      currentPassword: () => person.password,
      newPassword: () => canary('newPassword'),
      refreshToken: () => person.refreshToken,
      code: () => '123456',
      from: () => (schema.format === 'uuid' ? person.id : { conversationId: person.conversationId, seq: 1 }),
      mentions: () => ({ userIds: [person.id] }),
      emoji: () => '👍',
      retentionDays: () => 7,
      metadata: () => ({ [canary('key')]: canary('value') }),
      // In the form that an invite's has, and in base64.
      token: () => `${SPECIES}${randomBytes(5).toString('hex').slice(1)}`,
      ciphertext: () => canary('c'),
      after: () => (schema.format === 'date-time' ? new Date(0).toISOString() : person.id),
      cursor: () => `1.${person.conversationId}.1`,
    };
    if (known[name]) return known[name]();
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.format === 'uuid') return v7();
    if (schema.format === 'date-time') return new Date(Date.now() + 60_000).toISOString();
    return { integer: 1, number: 1, boolean: true, array: [], object: {} }[schema.type ?? ''] ?? canary(name);
  }

  interface Field {
    type?: string;
    const?: unknown;
    enum?: unknown[];
    format?: string;
  }
  interface Shape {
    properties?: Record<string, Field>;
    required?: string[];
    anyOf?: Shape[];
    oneOf?: Shape[];
  }

  /** Of these a procedure takes one. */
  const EITHER = [
    ['text', 'ciphertext'],
    ['conversationId', 'toUserId'],
    ['query', 'has'],
  ];
  const without = (left: 0 | 1, names: string[]): string[] =>
    names.filter((name) => !EITHER.some((pair) => pair[left] === name && names.includes(pair[1 - left]!)));

  /** What a procedure takes, in each of its forms: no more than it needs, and all that it takes. */
  function rightInputs(inputs: z.ZodType[], person: Person): Record<string, unknown>[] {
    const schema = inputs[0] && (z.toJSONSchema(inputs[0], { io: 'input', unrepresentable: 'any' }) as Shape);
    const shapes = (schema?.anyOf ?? schema?.oneOf ?? [schema]).filter((shape) => shape?.properties);
    if (shapes.length === 0) return [{}];
    return shapes.flatMap(({ properties = {}, required = [] } = {}) => {
      const names = Object.keys(properties);
      const needed = names.filter(
        (name) => required.includes(name) || EITHER.some(([first]) => first === name),
      );
      return [without(1, needed), without(0, names), without(1, names)].map((fields) =>
        Object.fromEntries(fields.map((name) => [name, given(name, properties[name]!, person)])),
      );
    });
  }

  /** The same with text, or an object that holds one, in every place where it does not belong. */
  const wrongInputs = (right: Record<string, unknown>[]): Record<string, unknown>[] =>
    right.flatMap((input) =>
      Object.keys(input).flatMap((name) => [
        { ...input, [name]: canary(name) },
        { ...input, [name]: { not: canary(name) } },
      ]),
    );

  /**
   * Calls every procedure over HTTP and over a socket, with these wrong inputs of each and then rightly. Answers those
   * that were given what they take and would not have it: they were not tried.
   */
  async function callEverything(
    server: TestServer,
    newPerson: () => Promise<Person>,
    wrongOf: typeof wrongInputs = () => [],
  ): Promise<string[]> {
    const untried: string[] = [];
    const callOne = async ({ path, type, inputs }: (typeof procedures)[0]): Promise<void> => {
      const person = await newPerson();
      using peer = await rawSocket(server.nodes[0].url, person.accessToken);
      const headers = {
        ...bearer(person),
        cookie: `__Host-parley=${canary('cookie')}; theme=${canary('cookie')}`,
      };
      const overHttp = (input: unknown) =>
        type === 'mutation' ? post(server, path, input, headers) : get(server, path, input, headers);
      let calls = 0;
      const overSocket = async (input: unknown): Promise<void> => {
        const id = ++calls;
        peer.send({ id, method: type, params: { path, input: { json: input } } });
        await peer.when(() => peer.closeCode !== null || peer.messages.some((message) => message.id === id));
      };
      const right = rightInputs(inputs, person);
      const wrong = wrongOf(right);
      await Promise.all(wrong.flatMap((input) => [overHttp(input), overSocket(input)]));
      if ((await overHttp(right[0])).includes('INVALID_INPUT')) untried.push(path);
      for (const input of right) await overSocket(input);
      for (const text of peer.texts) note(text);
    };
    await withAll(procedures, callOne);
    return untried;
  }

  async function get(server: TestServer, path: string, input: unknown, headers: Record<string, string>) {
    const gone = new AbortController();
    const query = `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
    try {
      const response = await fetch(`${server.people.url(0)}/${path}${query}`, {
        headers,
        signal: gone.signal,
      });
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (/caught-up|serialized-error/.test(text)) break;
      }
      return note(text);
    } catch {
      // A stream that breaks off says nothing.
      return '';
    } finally {
      gone.abort();
    }
  }

  test('used as it is meant, and wrongly', async () => {
    await using server = await testServer({ logger: log.logger });
    expect(await callEverything(server, () => join(server), wrongInputs)).toEqual([]);
    await useMail(server);
    await knockWrongly(server);
    expect(handedOut.size).toBeGreaterThan(100);
    expectNoCanary();
  });

  /** Everything that goes with a code or a link of a mail. */
  async function useMail(server: TestServer): Promise<void> {
    const person = await join(server);
    const { email } = person;
    const newEmail = `${canary('email')}@example.com`;
    const newPassword = canary('newPassword');
    const codeIn = async (mailbox: string) => {
      const { code, link } = await mailTo(server, mailbox);
      const token = new URL(link).searchParams.get('token')!;
      handedOut.set(code, 'code');
      handedOut.set(token, 'link');
      return { code, path: link.replace(/^https?:\/\/[^/]+/, '') };
    };
    const visit = async (path: string) =>
      note(await (await fetch(`${server.nodes[0].url}${path}`, { redirect: 'manual' })).text());
    await post(server, 'auth.resendVerification', { email });
    const verifying = await codeIn(email);
    await post(server, 'auth.verifyEmail', { email, code: '000000' });
    await post(server, 'auth.verifyEmail', { email, code: verifying.code });
    await visit(verifying.path);
    await post(server, 'auth.changeEmail', { email: newEmail, password: person.password }, bearer(person));
    await visit((await codeIn(newEmail)).path);
    await post(server, 'auth.forgotPassword', { email: newEmail });
    const resetting = await codeIn(newEmail);
    await visit(resetting.path);
    await post(server, 'auth.resetPassword', { email: newEmail, code: resetting.code, newPassword });
    await post(server, 'auth.resetPassword', { email: newEmail, code: resetting.code, newPassword });
  }

  /** What nobody means: tokens, texts and secrets where none belong. */
  async function knockWrongly({ nodes: [{ url }] }: TestServer): Promise<void> {
    const ask = async (path: string, init: RequestInit = {}) =>
      note(await (await fetch(`${url}${path}`, init)).text());
    await ask(`/trpc/users.me`, { headers: { authorization: `Bearer ${canary('token')}` } });
    await ask(`/trpc/${canary('path')}?token=${canary('token')}`);
    await ask(`/${canary('path')}`);
    await ask(`/verify-email?token=${canary('token')}`);
    for (const body of [
      `{"json":{"login":"${canary('text')}`,
      canary('text'),
      `{"json":"${canary('text')}"}`,
    ])
      await ask('/trpc/auth.login', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
    await ask('/trpc/auth.login', { method: 'POST', body: canary('text') });
    const announced = await rawSocket(url, canary('token'));
    await announced.closed();
    using peer = await rawSocket(url);
    for (const message of [
      canary('text'),
      `{"id":1,"method":"${canary('text')}"}`,
      `{"id":1,"method":"query","params":{"path":"${canary('path')}"}}`,
    ]) {
      const { length } = peer.messages;
      peer.send(message).send(JSON.parse(JSON.stringify({ text: message })));
      await peer.when(() => peer.isGone || peer.messages.length > length);
    }
    for (const text of peer.texts) note(text);
    // A frame that no client may send.
    using broken = await rawSocket(url);
    broken.write(Buffer.concat([Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), Buffer.from(canary('text'))]));
    await broken.gone();
  }

  test('while nothing can be written: each row that is refused is quoted by Postgres', async () => {
    await using server = await testServer({ logger: log.logger });
    const people = await withAll(procedures, () => join(server));
    const tables = await runSql<{ name: string }>(
      server.databaseUrl,
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'
       AND tablename NOT IN ('events', 'log_epoch')`,
    );
    const never = tables.map(
      ({ name }) => `ALTER TABLE ${name} ADD CONSTRAINT never CHECK (false) NOT VALID`,
    );
    // Each for itself: together they would wait for a job, and a job for them.
    for (const statement of never) await runSql(server.databaseUrl, statement);
    await callEverything(server, async () => people.pop()!);
    expect(log.entries().some(({ err }) => err?.code === '23514' || err?.sqlState === '23514')).toBe(true);
    expectNoCanary();
  });

  test('while the same must not be said twice, nor anything be as it was', async () => {
    await using server = await testServer({ logger: log.logger });
    const person = await join(server);
    const text = canary('text');
    const send = () =>
      post(
        server,
        'messages.send',
        { conversationId: person.conversationId, text, clientMessageId: v7() },
        bearer(person),
      );
    await send();
    await runSql(server.databaseUrl, 'CREATE UNIQUE INDEX one_text ON messages (text)');
    expect(await send()).toContain('INTERNAL');
    await runSql(
      server.databaseUrl,
      'ALTER TABLE conversations ALTER COLUMN description TYPE integer USING NULL',
    );
    const group = { title: canary('title'), description: canary('description'), userIds: [] };
    expect(await post(server, 'groups.create', group, bearer(person))).toContain('INTERNAL');
    expect(log.entries().filter(({ msg }) => msg === 'unforeseen error')).toHaveLength(2);
    expectNoCanary();
  });

  test('while the database is away', async () => {
    await using server = await testServer({ logger: log.logger });
    const person = await join(server);
    using peer = await rawSocket(server.nodes[0].url, person.accessToken);
    await peer.call('users.me', undefined, 'query');
    const name = new URL(server.databaseUrl).pathname.slice(1);
    const { url } = inject('postgres');
    await runSql(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runSql(url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const callOne = async ({ path, type, inputs }: (typeof procedures)[0]): Promise<void> => {
      const [input] = rightInputs(inputs, person);
      if (type === 'mutation') await post(server, path, input, bearer(person));
      else await get(server, path, input, bearer(person));
      // This one was let in before. A stream would end it.
      if (type !== 'subscription') await peer.call(path, input, type);
    };
    await withAll(procedures, callOne);
    for (const text of peer.texts) note(text);
    await runSql(url, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect(log.entries().some(({ msg }) => msg === 'the database did not answer')).toBe(true);
    expectNoCanary();
  });
});
