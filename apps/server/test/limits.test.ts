import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectDatabase } from '../src/database/database.ts';
import { readEnv, VARIABLES } from '../src/env.ts';
import { createLimits, LIMITS, type LimitName } from '../src/limits/limits.ts';
import { mayMail } from '../src/limits/may-mail.ts';
import { MemoryCounter } from '../src/limits/memory-counter.ts';
import { parseRate } from '../src/limits/rate.ts';
import { createLogger } from '../src/logger.ts';
import { PROJECT_FOLDER } from '../src/project.ts';
import { expectCalm } from './calm.ts';
import { runSql, type TestDatabase, testDatabase } from './database.ts';
import { rawSocket } from './raw-peer.ts';
import { testEnv, testServer } from './server.ts';

const logger = createLogger('fatal');

describe('a rate', () => {
  test.each([
    ['600/60', { points: 600, seconds: 60 }],
    ['600/60+300/600', { points: 600, seconds: 60, burst: { points: 300, seconds: 600 } }],
    ['1/86400', { points: 1, seconds: 86_400 }],
    ...[
      '',
      '600',
      '0/60',
      '5/0',
      '-1/60',
      '1.5/60',
      '5/86401',
      '5/60+',
      '5/60+0/60',
      '5/60+1/60+1/60',
      'x/60',
      '5/60 ',
    ].map((text): [string, null] => [text, null]),
  ])('%s', (text, rate) => expect(parseRate(text)).toEqual(rate));
});

/** The counters of one node on this database, with these variables. */
function limitsOf(database: TestDatabase, variables: Record<string, string>) {
  const { pool, close } = connectDatabase(database.url, 2);
  const limits = createLimits({ env: testEnv(database.url, variables), pool, redis: null, logger });
  return Object.assign(limits, {
    async [Symbol.asyncDispose]() {
      limits.close();
      await close();
    },
  });
}

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    ({ code, data }) => ({ code, ...data }),
  );

/** What counts asks `Date` for the time, and nothing else does here. */
describe('with the time in our hands', () => {
  const from = Date.UTC(2026, 10, 20, 12);
  const at = (seconds: number) => vi.setSystemTime(from + seconds * 1_000);
  const start = () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    at(0);
  };
  afterEach(() => void vi.useRealTimers());

  test.each<LimitName>(['sends', 'login'])(
    '%s: so many, and then the seconds that are left',
    async (limit) => {
      await using database = await testDatabase();
      await using limits = limitsOf(database, { LIMIT_SENDS: '3/60', LIMIT_LOGIN: '3/60' });
      start();
      for (const second of [0, 5, 10]) {
        at(second);
        await limits.take(limit, 'alice');
      }
      for (const [second, retryAfter] of [
        [10, 50],
        [10.001, 50],
        [30, 30],
        [59.5, 1],
      ] as const) {
        at(second);
        expect(await refusal(limits.take(limit, 'alice'))).toEqual({ code: 'RATE_LIMITED', retryAfter });
      }
      await limits.take(limit, 'bob');
      // Refused tries have not made it longer.
      at(60.001);
      await limits.take(limit, 'alice');
    },
  );

  test('a reserve is for once: then it is the steady rate alone', async () => {
    await using database = await testDatabase();
    await using limits = limitsOf(database, { LIMIT_SENDS: '3/60+2/600' });
    const sends = async () => {
      for (let n = 0; ; n++) if (await refusal(limits.take('sends', 'alice'))) return n;
    };
    start();
    expect(await sends()).toBe(5);
    expect(await refusal(limits.take('sends', 'alice'))).toMatchObject({ retryAfter: 60 });
    at(61);
    expect(await sends()).toBe(3);
    at(601);
    expect(await sends()).toBe(5);
  });

  test('in memory nobody is remembered longer than they are counted', () => {
    start();
    const counter = new MemoryCounter({ points: 1, seconds: 60 });
    for (let n = 0; n < 1_000; n++) {
      at(n);
      counter.consume(`person ${n}`);
      // Who comes again begins anew, behind the others.
      counter.consume('alice');
    }
    expect(counter.size).toBeLessThanOrEqual(62);
    at(10_000);
    counter.consume('bob');
    expect(counter.size).toBe(1);
  });

  test('what is given back does not count', async () => {
    await using database = await testDatabase();
    await using limits = limitsOf(database, { LIMIT_FAILED_LOGINS: '2/900' });
    for (let n = 0; n < 10; n++) {
      await limits.take('failedLogins', 'alice');
      await limits.giveBack('failedLogins', 'alice');
    }
    expect(await limits.allows('failedLogins', 'alice')).toBe(true);
    expect(await limits.allows('failedLogins', 'alice')).toBe(true);
    expect(await limits.allows('failedLogins', 'alice')).toBe(false);
  });
});

describe('where it is counted', () => {
  test('strangers: by all nodes together, and beyond their restarts', async () => {
    await using database = await testDatabase();
    {
      await using one = limitsOf(database, { LIMIT_LOGIN: '3/600' });
      await using two = limitsOf(database, { LIMIT_LOGIN: '3/600' });
      await one.take('login', '1.2.3.4');
      await two.take('login', '1.2.3.4');
    }
    await using later = limitsOf(database, { LIMIT_LOGIN: '3/600' });
    await later.take('login', '1.2.3.4');
    expect(await refusal(later.take('login', '1.2.3.4'))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('members: in memory; and a flood of refusals writes nothing more', async () => {
    await using database = await testDatabase();
    await using limits = limitsOf(database, { LIMIT_LOGIN: '3/600' });
    await limits.take('operations', 'alice');
    await limits.take('sends', 'alice');
    for (let n = 0; n < 50; n++) await limits.allows('login', '1.2.3.4');
    const rows = await runSql<{ key: string; points: number }>(
      database.url,
      'SELECT key, points FROM limit_counts',
    );
    expect(rows).toEqual([{ key: 'login:1.2.3.4', points: 4 }]);
  });

  test('neither the address of a mailbox nor a name that somebody tried is kept', async () => {
    await using database = await testDatabase();
    await using limits = limitsOf(database, {});
    const long = `${'a'.repeat(240)}@example.com`;
    await limits.take('mailbox', long);
    await limits.take('failedLogins', long);
    const rows = await runSql<{ key: string }>(database.url, 'SELECT key FROM limit_counts');
    expect(rows).toHaveLength(2);
    for (const { key } of rows) expect(key).toMatch(/^\w+:[\w-]{43}$/);
  });

  test('here, when its Postgres is away: a limit still holds, and keeps nobody out', async () => {
    const gone = { url: 'postgresql://postgres@127.0.0.1:1/none' } as TestDatabase;
    await using limits = limitsOf(gone, { LIMIT_LOGIN: '3/600' });
    for (let n = 0; n < 3; n++) await limits.take('login', '1.2.3.4');
    expect(await refusal(limits.take('login', '1.2.3.4'))).toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('by operation, not by request', () => {
  const calls = (count: number, path = 'users.me') =>
    Array.from({ length: count }, (_, id) => ({ id: id + 100, method: 'query', params: { path } }));

  test('a flood over one socket gets RATE_LIMITED, and the socket stays', async () => {
    await using server = await testServer({ env: { LIMIT_OPERATIONS: '100/2' } });
    const [alice, bob] = await server.people.all('alice', 'bob');
    using peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
    for (const call of calls(500)) peer.send(call);
    await peer.when(() => peer.messages.length === 500);
    const refused = peer.messages.filter(({ error }) => error);
    expect(refused.length).toBeGreaterThanOrEqual(300);
    for (const { error } of refused) {
      const { code, httpStatus, retryAfter } = error!.json.data as Record<string, unknown>;
      expect({ code, httpStatus }).toEqual({ code: 'RATE_LIMITED', httpStatus: 429 });
      expect([1, 2]).toContain(retryAfter);
    }
    expect((await bob.api.users.me.query()).id).toBe(bob.id);
    await expect
      .poll(async () => (await peer.call('users.me', undefined, 'query')).data?.id, { timeout: 5_000 })
      .toBe(alice.id);
    expect(peer.isGone).toBe(false);
    await expectCalm(server.nodes[0]);
  });

  test('a batch of 50 counts 50, over a socket and over HTTP', async () => {
    await using server = await testServer({ env: { LIMIT_OPERATIONS: '70/600' } });
    const { url } = server.nodes[0];
    const [alice, bob] = await server.people.all('alice', 'bob');
    using peer = await rawSocket(url, alice.tokens.accessToken);
    peer.send(calls(50));
    await peer.when(() => peer.messages.length === 50);
    peer.send(calls(50));
    await peer.when(() => peer.messages.length === 100);
    expect(peer.messages.filter(({ error }) => error)).toHaveLength(30);

    const batch = `${url}/trpc/${Array(50).fill('users.me').join(',')}?batch=1`;
    const headers = { authorization: `Bearer ${bob.tokens.accessToken}` };
    const first = await fetch(batch, { headers });
    expect(first.headers.get('retry-after')).toBe(null);
    const second = await fetch(batch, { headers });
    const answers = (await second.json()) as { error?: { json: { data: { retryAfter: number } } } }[];
    expect(answers.filter(({ error }) => error)).toHaveLength(30);
    const { retryAfter } = answers.findLast(({ error }) => error)!.error!.json.data;
    expect(retryAfter).toBeGreaterThan(590);
    expect(second.headers.get('retry-after')).toBe(String(retryAfter));
  });

  test('sends have a limit of their own, and a subscription counts once', async () => {
    await using server = await testServer({ env: { LIMIT_SENDS: '3/600', LIMIT_OPERATIONS: '12/600' } });
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const stream = await alice.subscribe();
    for (let n = 0; n < 3; n++) await alice.say(conversationId, `${n}`);
    await expect(alice.say(conversationId, 'more')).rejects.toMatchObject({ data: { code: 'RATE_LIMITED' } });
    for (let n = 0; n < 12; n++) await refusal(bob.say(conversationId, `${n}`));
    await stream.when(() => stream.events.filter(({ type }) => type === 'message.created').length === 6);
    // openDirect, the stream and four sends are six of twelve.
    for (let n = 0; n < 6; n++) await alice.api.users.me.query();
    await expect(alice.api.users.me.query()).rejects.toMatchObject({ data: { code: 'RATE_LIMITED' } });
  });

  test('strangers are counted by address, over a socket and over HTTP alike', async () => {
    await using server = await testServer({ env: { LIMIT_STRANGERS: '10/600' } });
    const { url } = server.nodes[0];
    const refresh = () => refusal(server.people.stranger().auth.refresh.mutate({ refreshToken: 'none' }));
    using peer = await rawSocket(url);
    for (let n = 0; n < 5; n++) {
      expect(await refresh()).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' });
      const { error } = await peer.call('auth.refresh', { refreshToken: 'none' });
      expect(error?.data.code).toBe('INVALID_REFRESH_TOKEN');
    }
    expect(await refresh()).toMatchObject({ code: 'RATE_LIMITED' });
    expect((await peer.call('auth.refresh', { refreshToken: 'none' })).error?.data.code).toBe('RATE_LIMITED');
  });
});

/** Logs in from elsewhere, with what a proxy of ours would say of it. */
function loginFrom(url: string, address: string, login: string, password: string) {
  return fetch(`${url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ json: { login, password } }),
  });
}

const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error?: { json: { data: { code: string } } } };
  return error?.json.data.code ?? 'OK';
};

/** The addresses of a botnet: one in each network. */
const addresses = (count: number) => Array.from({ length: count }, (_, n) => `10.${n >> 8}.${n & 255}.1`);

describe('S14 credential stuffing', () => {
  const env = { TRUSTED_PROXIES: '127.0.0.1' };

  test('many accounts with one password, from one address: limited by address', async () => {
    await using server = await testServer({ env: { ...env, LIMIT_LOGIN: '10/600' } });
    const { url } = server.nodes[0];
    const alice = await server.people.join('alice');
    const codes = [];
    for (let n = 0; n < 30; n++)
      codes.push(await codeOf(await loginFrom(url, '10.0.0.1', `user_${n}`, 'password')));
    expect(codes.slice(0, 10)).toEqual(Array(10).fill('INVALID_CREDENTIALS'));
    expect(codes.slice(10)).toEqual(Array(20).fill('RATE_LIMITED'));
    const { username, password } = alice.credentials;
    expect(await codeOf(await loginFrom(url, '10.0.0.2', username, password))).toBe('OK');
  });

  test('many accounts from many addresses: limited for all', async () => {
    await using server = await testServer({ env: { ...env, LIMIT_ALL_FAILED_LOGINS: '20/600' } });
    const { url } = server.nodes[0];
    const codes = await Promise.all(
      addresses(60).map(async (address, n) => codeOf(await loginFrom(url, address, `user_${n}`, 'password'))),
    );
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(20);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(40);
  });

  test('one account from many addresses at once: limited by account, and its sessions live on', async () => {
    await using server = await testServer({ env: { ...env, LIMIT_FAILED_LOGINS: '20/900' } });
    const { url } = server.nodes[0];
    const [alice, bob] = await server.people.all('alice', 'bob');
    const { username, password } = alice.credentials;
    const conversationId = await alice.talkTo(bob);
    const stream = await alice.subscribe();
    const compared = vi.spyOn(server.nodes[0].app.passwords, 'verify');
    const codes = await Promise.all(
      addresses(60).map(async (address, n) =>
        // In whatever case: it is one name.
        codeOf(await loginFrom(url, address, n % 2 ? username : username.toUpperCase(), 'password')),
      ),
    );
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(20);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(40);
    expect(await codeOf(await loginFrom(url, '10.9.9.9', username, password))).toBe('RATE_LIMITED');
    expect(compared).toHaveBeenCalledTimes(20);
    // Nobody else is kept out, and what is open stays open.
    expect(
      await codeOf(await loginFrom(url, '10.0.0.1', bob.credentials.username, bob.credentials.password)),
    ).toBe('OK');
    await alice.say(conversationId, 'still here');
    await alice.refresh();
    await stream.until(({ type }) => type === 'message.created');
  });

  test('a name that nobody has is limited as one that somebody has, and tells no more', async () => {
    await using server = await testServer({ env: { ...env, LIMIT_FAILED_LOGINS: '3/900' } });
    const { url } = server.nodes[0];
    const alice = await server.people.join('alice');
    const { username } = alice.credentials;
    const tries = async (login: string) => {
      const codes = [];
      for (const address of addresses(5))
        codes.push(await codeOf(await loginFrom(url, address, login, 'password')));
      return codes;
    };
    const known = await tries(username);
    expect(known).toEqual([...Array(3).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(await tries('nobody_at_all')).toEqual(known);
    // Her address has a count of its own, or it would tell that it is hers.
    expect(await tries(`${username}@example.com`)).toEqual(known);
  });

  test('a success does not count, however often', async () => {
    await using server = await testServer({
      env: { ...env, LIMIT_FAILED_LOGINS: '2/900', LIMIT_ALL_FAILED_LOGINS: '2/900' },
    });
    const alice = await server.people.join('alice');
    for (let n = 0; n < 6; n++) await alice.anotherDevice();
  });
});

test('registering is limited by address', async () => {
  await using server = await testServer({ env: { LIMIT_REGISTER: '2/600' } });
  await server.people.all('alice', 'bob');
  await expect(server.people.join('carol')).rejects.toMatchObject({ data: { code: 'RATE_LIMITED' } });
});

test('S06 codes are tried so often from one address, whatever the accounts', async () => {
  await using server = await testServer({
    env: { LIMIT_CODES: '6/600', REQUIRE_EMAIL_VERIFICATION: 'true' },
  });
  const { auth } = server.people.stranger();
  const codes = [];
  for (let n = 0; n < 4; n++) {
    const [email, code] = [`user_${n}@example.com`, '123456'];
    codes.push(await refusal(auth.verifyEmail.mutate({ email, code })));
    codes.push(await refusal(auth.resetPassword.mutate({ email, code, newPassword: 'alice likes tea' })));
  }
  expect(codes.slice(0, 6)).toEqual(Array(6).fill(expect.objectContaining({ code: 'INVALID_CODE' })));
  expect(codes.slice(6)).toEqual(Array(2).fill(expect.objectContaining({ code: 'RATE_LIMITED' })));
});

describe('S66 mails that people ask for', () => {
  test('an address asks for so many, whether anybody is there to get them or not', async () => {
    await using server = await testServer({
      env: { LIMIT_MAILS: '4/3600', REQUIRE_EMAIL_VERIFICATION: 'true' },
    });
    const { auth } = server.people.stranger();
    const email = 'alice@example.com';
    await auth.register.mutate({ username: 'alice', email, password: 'tea at five o clock' });
    for (const known of [email, 'nobody@example.com']) {
      await auth.resendVerification.mutate({ email: known });
      await auth.forgotPassword.mutate({ email: known });
    }
    for (const known of [email, 'nobody@example.com']) {
      const refused = { code: 'RATE_LIMITED', httpStatus: 429, retryAfter: expect.any(Number) };
      expect(await refusal(auth.resendVerification.mutate({ email: known }))).toEqual(refused);
      expect(await refusal(auth.forgotPassword.mutate({ email: known }))).toEqual(refused);
    }
  });

  test('a mailbox gets three an hour, in whatever way it is written, and nobody is told', async () => {
    await using server = await testServer({ env: { LIMIT_MAILBOX: '3/3600' } });
    const { app } = server.nodes[0];
    const asked = ['a@example.com', 'A@example.com', ' a@EXAMPLE.com', 'a@example.com', 'A@Example.com'];
    const sent = [];
    for (const mailbox of asked) sent.push(await mayMail(app, mailbox));
    expect(sent).toEqual([true, true, true, false, false]);
    expect(await mayMail(app, 'b@example.com')).toBe(true);
  });

  test('all mailboxes together get so many in a day, and a refused mailbox takes nothing from the others', async () => {
    await using server = await testServer({ env: { LIMIT_MAILBOX: '1/3600', MAIL_PER_DAY: '5' } });
    const { app } = server.nodes[0];
    for (let n = 0; n < 20; n++) expect(await mayMail(app, 'a@example.com')).toBe(n === 0);
    const sent = [];
    for (let n = 0; n < 10; n++) sent.push(await mayMail(app, `user_${n}@example.com`));
    expect(sent).toEqual([...Array(4).fill(true), ...Array(6).fill(false)]);
  });
});

describe('docs/limits.md', () => {
  const page = readFileSync(join(PROJECT_FOLDER, 'docs/limits.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  const secret = 'k3v9Qw1xZr7TmYp2LdNfGh5JbCs8VuEa';
  const env: Record<string, unknown> = readEnv({
    DATABASE_URL: 'postgresql://localhost/parley',
    JWT_SECRETS: secret,
    PASSWORD_PEPPER: secret,
    APP_SECRET: secret,
  });

  /** As the page and `.env.example` write it. */
  const written = (variable: string): string => {
    const value = env[variable];
    if (typeof value === 'number') return String(value);
    const { points, seconds, burst } = value as {
      points: number;
      seconds: number;
      burst?: { points: number; seconds: number };
    };
    if (variable === 'MAIL_PER_DAY') return String(points);
    return `${points}/${seconds}${burst ? `+${burst.points}/${burst.seconds}` : ''}`;
  };

  test.each(VARIABLES.filter((name) => /^(LIMIT_|MAX_|MAIL_PER)/.test(name)))(
    '%s has a row, with its number',
    (variable) => {
      const row = rows.find((line) => line.includes(`\`${variable}\``));
      expect(row).toContain(`\`${written(variable)}\``);
    },
  );

  test.each(Object.entries(LIMITS))(
    'the limit %s has a row, with its variable and by what it counts',
    (name, { variable, by }) => {
      const row = rows.find((line) => line.startsWith(`| \`${name}\``));
      expect(row).toContain(`\`${variable}\``);
      expect(row).toContain(`| ${by} |`);
    },
  );
});
