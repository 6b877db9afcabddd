import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSql, testDatabase } from '../../server/test/database.ts';
import { SAMPLE } from './logs.ts';
import { runReplay } from './run-replay.ts';

describe('what cannot be replayed is told before anything is written, with exit code 1', () => {
  const refused = async (args: string[], variables: Record<string, string> = {}) => {
    await using database = await testDatabase();
    const { code, output, errors } = await runReplay(args, { DATABASE_URL: database.url, ...variables });
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(await runSql(database.url, 'SELECT 1 FROM users')).toEqual([]);
    return errors;
  };

  test('a broken file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-log-'));
    writeFileSync(join(folder, 'broken.txt'), '[09:03] <ann> hello\nhello?\n[09:04] <ann> hello\n');
    const errors = await refused(['broken.txt'], { INIT_CWD: folder });
    expect(errors).toMatch(
      /^[^\n]*broken\.txt: line 2: expected \[hh:mm\] <nick> text, .*, found "hello\?"\n$/,
    );
    rmSync(folder, { recursive: true });
  });

  test('a missing file', async () => {
    expect(await refused(['/nowhere/log.txt'])).toBe('/nowhere/log.txt: there is no such file\n');
  });

  test('no file, or an option that there is not', async () => {
    expect(await refused([])).toMatch(/^expected one FILE\nnpm run replay -- FILE/);
    expect(await refused([SAMPLE, '--speed', 'fast'])).toMatch(/^--speed takes a number above 0\n/);
  });

  test('a database that somebody uses', async () => {
    await using database = await testDatabase();
    await runSql(
      database.url,
      `INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
       VALUES (gen_random_uuid(), 'ann', 'ann', 'ann@example.com', 'ann@example.com', '', now())`,
    );
    const { code, errors } = await runReplay([SAMPLE], { DATABASE_URL: database.url });
    expect(code).toBe(1);
    expect(errors).toContain('DATABASE_URL: expected a database without accounts, and this one has some\n');
  });
});

test('a short replay with cuts and one kill -9 ends with every client equal to the database', async () => {
  await using database = await testDatabase();
  const { code, output } = await runReplay([SAMPLE, '--seed', '7'], { DATABASE_URL: database.url });
  expect(output).not.toContain('FAILED');
  expect(output).toMatch(/Every client equals the database\. Nothing was lost, nothing came twice\.\n$/);
  expect(output).toMatch(/kill -9 +after line \d+; the server was back in .*, everybody in /);
  expect(output).toMatch(/ok +\d+ connections cut, 3 or more of each client/);
  expect(output).toMatch(/replies +[0-2] lines answer a message, 2 mention somebody by name/);
  expect(output).toMatch(/marks +[1-9]\d* of delivery and [1-9]\d* of reading set/);
  expect(output).toMatch(/ok +the server and each client count what the database has/);
  expect(output).toContain(
    '30 lines said, all acknowledged, each in the database exactly once; 1 line with nothing to see refused',
  );
  expect(code).toBe(0);
  // The database says so itself: no line twice, and none without a number.
  const stored = await runSql(
    database.url,
    `SELECT count(*)::int, count(DISTINCT (sender_id, text))::int AS said, max(seq)::int AS last FROM messages`,
  );
  expect(stored).toEqual([{ count: 30, said: 30, last: 30 }]);
  const calling = await runSql<{ text: string; called: string }>(
    database.url,
    `SELECT m.text, u.full_name AS called FROM messages m JOIN users u ON m.extras #>> '{mentions,userIds,0}' = u.id::text ORDER BY m.seq`,
  );
  expect(calling).toEqual([
    { text: 't-o-m: old curtains :)', called: 't-o-m' },
    { text: 't-o-m: that line was empty', called: 't-o-m' },
  ]);
}, 60_000);
