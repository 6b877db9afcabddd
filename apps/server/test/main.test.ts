import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../src/project.ts';
import { COMPILED } from './compiled.ts';
import { runSql, testDatabase } from './database.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-main-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the process with these variables and no others of ours. It is killed at the end, if it still runs. */
function run(variables: Record<string, string>): ChildProcess & AsyncDisposable {
  const child = spawn(process.execPath, [join(PROJECT_FOLDER, 'apps/server/src/main.ts')], {
    env: {
      PATH: process.env['PATH'],
      ...COMPILED,
      DATA_FOLDER: join(folder, '.parley'),
      PORT: '0',
      BCRYPT_COST: '4',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    },
  });
}

/** Reads until a line that matches, and answers the match. */
async function line(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let output = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    output += chunk;
    const match = pattern.exec(output);
    if (match) return match;
  }
  throw new Error(`it ended without ${pattern}: ${output}`);
}

const logIn = (url: string, password: string): Promise<Response> =>
  fetch(`${url}/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ json: { login: 'alice', password } }),
  });

describe('what the operator has to put right is one line, and exit code 1', () => {
  const refusal = async (variables: Record<string, string>): Promise<string> => {
    await using child = run(variables);
    const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^[^\n]+\n$/);
    return errors;
  };

  test('S83 nothing is given in production', async () => {
    expect(await refusal({ NODE_ENV: 'production' })).toMatch(
      /^Configuration: DATABASE_URL is missing; JWT_SECRETS is missing/,
    );
  });

  test('S83 secrets of an example, and browsers from everywhere, in production', async () => {
    const secret = 'your-super-secret-key-change-this-in-production';
    const line = await refusal({
      NODE_ENV: 'production',
      DATABASE_URL: 'postgresql://someone@127.0.0.1:1/x',
      ALLOWED_ORIGINS: '*',
      JWT_SECRETS: secret,
      PASSWORD_PEPPER: 'short',
      APP_SECRET: '',
    });
    for (const reason of [
      'JWT_SECRETS: can be guessed',
      'PASSWORD_PEPPER: needs 32 bytes',
      'APP_SECRET is missing',
      'ALLOWED_ORIGINS: takes origins',
    ])
      expect(line).toContain(reason);
    expect(line).not.toContain(secret);
  });

  test('a database that does not answer', async () => {
    expect(await refusal({ DATABASE_URL: 'postgresql://someone:geheim@127.0.0.1:1/x' })).toMatch(
      /^DATABASE_URL: (?!.*geheim)/,
    );
  });

  test('a port that is taken', async () => {
    await using database = await testDatabase();
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ DATABASE_URL: database.url, PORT: String(port) })).toBe(
      `PORT: ${port} is in use by another process\n`,
    );
    other.close();
  });

  test('an address that is not this machine', async () => {
    await using database = await testDatabase();
    expect(await refusal({ DATABASE_URL: database.url, HOST: '192.0.2.1' })).toMatch(
      /^PORT, HOST: cannot listen on 192.0.2.1/,
    );
  });
});

describe('development', () => {
  const secrets = () => readFileSync(join(folder, '.parley/secrets.json'), 'utf8');

  test('needs nothing, prints logins that work, keeps its secrets to itself, and ends on a signal', async () => {
    await using first = run({});
    const [, url] = await line(first, /listens on (\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/dev/inbox`)).status).toBe(200);
    expect((await fetch(`${url}/docs`)).status).toBe(200);
    const [, password] = await line(
      first,
      /Log in as alice, .*, with the password: (.+)\nalice is an admin\.\n/,
    );
    expect((await logIn(url!, password!)).status).toBe(200);
    const made = secrets();
    expect(statSync(join(folder, '.parley/secrets.json')).mode & 0o777).toBe(0o600);
    first.kill('SIGTERM');
    expect(await once(first, 'exit')).toEqual([0, null]);

    await using second = run({});
    await line(second, /listens on (\S+)/);
    expect(secrets()).toBe(made);
    second.kill('SIGINT');
    expect(await once(second, 'exit')).toEqual([0, null]);
  });

  test('two start at once in a new folder: they share its database, its world and its secrets', async () => {
    const together = { DATA_FOLDER: join(folder, 'together') };
    await using one = run(together);
    await using other = run(together);
    const ready = /listens on (\S+).*Log in as alice, bob, .* with the password: ([^\n]+)\n/s;
    const [[, url, password], [, otherUrl]] = await Promise.all([line(one, ready), line(other, ready)]);
    const answer = await (await logIn(url!, password!)).json();
    const { accessToken } = (answer as { result: { data: { json: { accessToken: string } } } }).result.data
      .json;
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await fetch(`${otherUrl}/trpc/users.me`, { headers })).status).toBe(200);
  });

  test('does not seed a database that was given, and says where it listens', async () => {
    await using database = await testDatabase();
    // On a Mac there is one address of this machine.
    const HOST = process.platform === 'darwin' ? '127.0.0.1' : '127.0.0.2';
    await using child = run({ DATABASE_URL: database.url, HOST });
    const [, url] = await line(child, /listens on (\S+).*This is development/s);
    expect(new URL(url!).hostname).toBe(HOST);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await runSql(database.url, 'SELECT 1 FROM users')).toEqual([]);
  });
});
