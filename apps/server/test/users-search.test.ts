import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { appoint } from './appoint.ts';
import type { Person } from './people.ts';
import { type TestServer, testServer } from './server.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

/** People with these usernames and full names, with ascending ids. By SQL: how they came is not looked at here. */
async function settle(server: TestServer, people: Record<string, string | null>): Promise<void> {
  await server.nodes[0].app.database.pool.query(
    `INSERT INTO users (id, username, username_key, full_name, email, email_key, password_hash, created_at)
     SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, name, lower(name), full_name, name || '@mail.example', lower(name) || '@mail.example', '', now()
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (name, full_name, n)`,
    [Object.keys(people), Object.values(people)],
  );
}

/** The usernames that somebody finds, of one page. */
const find = async (person: Person, query: string, limit = 100): Promise<string[]> =>
  (await person.api.users.search.query({ query, limit })).users.map(({ username }) => username);

describe('who is found', () => {
  test('an exact username first, then usernames that begin so, then words of full names', async () => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await settle(server, {
      Anna_B: null,
      Anna: 'Zoe Zander',
      x_1: 'Anna Ardent',
      x_2: 'Bo Annalena',
      x_3: 'Anna Annabel',
      x_4: 'Hanna',
      Annabel: 'Anna Bel',
    });
    expect(await find(me, 'anna')).toEqual(['Anna', 'Anna_B', 'Annabel', 'x_1', 'x_3', 'x_2']);
    expect(await find(me, 'anna b')).toEqual(['Annabel', 'x_2']);
    expect(await find(me, 'ardent ANN')).toEqual(['x_1']);
    expect(await find(me, 'anna_b')).toEqual(['Anna_B']);
  });

  test('without regard to case, accents and ways to write a letter; from behind punctuation too', async () => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await settle(server, {
      u_1: 'Ångström',
      u_2: 'Jean-Luc O’Neill',
      u_3: "(Bob) O'Brien",
      u_4: 'ИВАН Петров',
      u_5: '山田太郎',
    });
    for (const [query, username] of [
      ['angstrom', 'u_1'],
      ['A\u030angs', 'u_1'],
      ['ＡＮＧＳ', 'u_1'],
      ['ÄNGSTRÖM', 'u_1'],
      ['luc', 'u_2'],
      ['jean-l', 'u_2'],
      ['bob', 'u_3'],
      ['(bob', 'u_3'],
      ['brien', 'u_3'],
      ['петров иван', 'u_4'],
      ['山田', 'u_5'],
    ] as const)
      expect([query, await find(me, query)]).toEqual([query, [username]]);
  });

  test('not oneself, nor who is banned, deleted, or yet to verify their address', async () => {
    await using server = await testServer();
    const people = await server.people.all('seekme1', 'seekme2', 'seekme3', 'seekme4', 'seekme5');
    const [me, banned, deleted, unverified, there] = people;
    await appoint(server, me, 'ADMIN');
    const found = async () => (await find(me, 'seekme')).map((name) => name.slice(0, 7));
    expect(await found()).toEqual(['seekme2', 'seekme3', 'seekme4', 'seekme5']);
    const { app } = server.nodes[0];
    await app.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id <> $1', [
      unverified.id,
    ]);
    await me.api.admin.ban.mutate({ userId: banned.id });
    const { password } = deleted.credentials;
    await deleted.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    expect(await found()).toEqual(['seekme4', 'seekme5']);
    Object.assign(app.env, { REQUIRE_EMAIL_VERIFICATION: true });
    expect(await found()).toEqual(['seekme5']);
    expect(await find(there, 'seekme1')).toHaveLength(1);
    await me.api.admin.unban.mutate({ userId: banned.id });
    expect(await found()).toEqual(['seekme2', 'seekme5']);
  });

  test.each(['the first', 'the second'])('neither of two, of whom %s has blocked the other', async (who) => {
    await using server = await testServer({ env: { USER_DIRECTORY: 'on' } });
    const [alice, mallory, carol] = await server.people.all('seek_alice', 'seek_mallo', 'seek_carol');
    const [blocker, blocked] = who === 'the first' ? [alice, mallory] : [mallory, alice];
    await mallory.api.users.updateProfile.mutate({ fullName: 'Mallory Mock' });
    await alice.api.users.updateProfile.mutate({ fullName: 'Alice Mock' });
    /** Whom somebody finds by username, by name, and in the directory. */
    const found = async (person: Person) => {
      const { users } = await person.api.users.list.query({});
      const lists = [
        await find(person, 'seek_'),
        await find(person, 'mock'),
        users.map(({ username }) => username),
      ];
      return lists.map((names) =>
        names
          .map((name) => name.slice(5, 8))
          .sort()
          .join(' '),
      );
    };
    const everybody = [await found(alice), await found(mallory), await found(carol)];
    expect(everybody).toEqual([
      ['car mal', 'mal', 'car mal'],
      ['ali car', 'ali', 'ali car'],
      ['ali mal', 'ali mal', 'ali mal'],
    ]);
    await blocker.api.blocks.add.mutate({ userId: blocked.id });
    for (const person of [alice, mallory]) expect(await found(person)).toEqual(['car', '', 'car']);
    expect(await found(carol)).toEqual(everybody[2]);
    // A page is public.
    for (const [me, { id: userId }] of [
      [alice, mallory],
      [mallory, alice],
    ] as const)
      expect(await me.api.users.get.query({ userId })).toMatchObject({ id: userId });
    await blocker.api.blocks.remove.mutate({ userId: blocked.id });
    expect([await found(alice), await found(mallory), await found(carol)]).toEqual(everybody);
  });

  test('by a name that has changed, and no more by the one before', async () => {
    await using server = await testServer();
    const [me, alice] = await server.people.all('me', 'x_alice');
    await alice.api.users.updateProfile.mutate({ fullName: 'Cheshire Cat' });
    expect(await find(me, 'chesh')).toHaveLength(1);
    await alice.api.users.updateProfile.mutate({ fullName: 'Dormouse', username: 'dormant' });
    expect(await find(me, 'chesh')).toEqual([]);
    expect(await find(me, 'x_alice')).toEqual([]);
    // By both of her names, and once.
    expect(await find(me, 'dorm')).toEqual(['dormant']);
  });
});

test('pages join without a gap or a double, from usernames on to names', async () => {
  await using server = await testServer();
  const me = await server.people.join('me');
  await settle(server, {
    ...Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`ann_${n}`, n % 2 ? 'Ann Annason' : null])),
    ...Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`z_${n}`, n % 2 ? 'Ann Annason' : 'Anna Ann']),
    ),
  });
  const whole = await find(me, 'ann');
  expect(whole).toHaveLength(16);
  expect(new Set(whole).size).toBe(16);
  for (const limit of [1, 3, 7]) {
    const joined: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await me.api.users.search.query({ query: 'ann', limit, ...(cursor && { cursor }) });
      joined.push(...page.users.map(({ username }) => username));
      if (page.next === null) break;
      expect(page.users).toHaveLength(limit);
      cursor = page.next;
    }
    expect(joined).toEqual(whole);
  }
});

describe('S05 an e-mail address leads to nobody', () => {
  test('not whole, not in part, in no case', async () => {
    await using server = await testServer();
    const [me, alice] = await server.people.all('me', 'alice');
    await settle(server, { bob: null });
    const [{ email }] = (
      await server.nodes[0].app.database.pool.query('SELECT email FROM users WHERE id = $1', [alice.id])
    ).rows as [{ email: string }];
    for (const query of [
      email,
      email.toUpperCase(),
      '@example.com',
      'example.com',
      'bob@mail',
      'bob@',
      'mail.example',
    ])
      expect([query, await find(me, query)]).toEqual([query, []]);
    const answer = await me.api.users.search.query({ query: 'alice' });
    expect(Object.keys(answer.users[0]!).sort()).toEqual([
      'avatar',
      'fullName',
      'id',
      'isDeleted',
      'status',
      'username',
    ]);
  });

  test('a full name that is an address is a name: it leads to whoever is called so, and not to whose it is', async () => {
    await using server = await testServer();
    const [me, mallory] = await server.people.all('me', 'mallory');
    await settle(server, { bob: 'Bob' });
    await mallory.api.users.updateProfile.mutate({ fullName: 'bob@mail.example' });
    expect(await find(me, 'bob@mail.example')).toEqual([mallory.credentials.username]);
    await mallory.api.users.updateProfile.mutate({ fullName: null });
    expect(await find(me, 'bob@mail.example')).toEqual([]);
  });
});

describe('S58 what is looked for', () => {
  test('is taken to the letter', async () => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await settle(server, { aab: '100% Cotton', a_b: 'Under_Score', w_w: '%%', v_v: 'Back\\slash' });
    for (const [query, found] of [
      ['a_b', ['a_b']],
      ['%%', ['w_w']],
      ['100%', ['aab']],
      ['1%', []],
      ['__', []],
      ['a%b', []],
      ['under_', ['a_b']],
      ['\\s', []],
      ['back\\s', ['v_v']],
      ["'; DROP TABLE users; --", []],
    ] as const)
      expect([query, await find(me, query)]).toEqual([query, found]);
  });

  test.each([
    ['one character', 'a'],
    ['one character that is written with two', 'a\u0301'.normalize('NFD')],
    ['nothing but space', '     '],
    ['201 characters', 'a'.repeat(201)],
    ['what is no text', 'ab\0'],
  ])('is refused, or finds nobody: %s', async (_, query) => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await settle(server, { anna: 'Anna' });
    expect(await find(me, query).catch(({ data }) => data.code)).toEqual(
      query.startsWith('a\u0301') ? [] : 'INVALID_INPUT',
    );
    // Nothing is left of it without its accents, and everybody begins with nothing.
    expect(await find(me, '\u0301\u0302\u0303')).toEqual([]);
  });

  test.each([
    'nonsense',
    Buffer.from('{"usernameKey":"a\\u0000"}').toString('base64url'),
    Buffer.from(`{"word":"a\\u0000","userId":"${v7()}"}`).toString('base64url'),
    '',
    '%00',
  ])('goes on only where a page ended: %s', async (cursor) => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await expect(me.api.users.search.query({ query: 'ab', cursor })).rejects.toMatchObject(
      refused('INVALID_INPUT'),
    );
  });

  test.each([
    ['20,000 people', ''],
    ['as many, of whom one has blocked a thousand, and is blocked by five thousand', BLOCKS],
  ])('is read along an index among %s, in less than 50 ms', async (_, blocks) => {
    await using server = await testServer();
    const me = await server.people.join('me');
    const { pool } = server.nodes[0].app.database;
    await pool.query(CROWD);
    await pool.query(blocks);
    const asked: { text: string; values: unknown[] }[] = [];
    const query = pool.query.bind(pool);
    pool.query = ((text: string, values: unknown[]) => {
      if (typeof text === 'string') asked.push({ text, values });
      return query(text, values);
    }) as typeof pool.query;
    const looks = [
      '%%%%%%',
      '_'.repeat(200),
      '%'.repeat(200),
      'us',
      'user_17',
      'an',
      'anna ant member19',
      'anna zz',
    ];
    for (const look of looks) await find(me, look, 20);
    expect(asked.length).toBeGreaterThanOrEqual(2 * looks.length);
    for (const { text, values } of asked) {
      const took: number[] = [];
      for (let round = 0; round < 3; round++) {
        const { rows } = await query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
        const [{ Plan: plan, 'Execution Time': time }] = rows[0]['QUERY PLAN'];
        expect(JSON.stringify(plan), String(values)).not.toContain('Seq Scan');
        took.push(time);
      }
      expect(Math.min(...took), String(values)).toBeLessThan(50);
    }
  });
});

/** SQL: 20,000 people who are called alike, as many words of theirs as the trigger would make, and statistics. */
const CROWD = `
  ALTER TABLE users DISABLE TRIGGER users_name_added;
  INSERT INTO users (id, username, username_key, full_name, email, email_key, password_hash, created_at)
  SELECT gen_random_uuid(), 'user_' || n, 'user_' || n, 'Anna Member' || n || ' Ant', n || '@x', n || '@x', '', now()
  FROM generate_series(1, 20000) n;
  INSERT INTO name_words (user_id, word) SELECT id, unnest(string_to_array(lower(full_name), ' '))
  FROM users WHERE full_name LIKE 'Anna%';
  ANALYZE users, name_words`;

/** SQL: they block each other, and whoever came first: a thousand are blocked by that one, five thousand have blocked that one. */
const BLOCKS = `
  CREATE TEMP TABLE them AS SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n FROM users WHERE username LIKE 'user%';
  INSERT INTO blocks (blocker_id, blocked_id, created_at)
  SELECT u.id, o.id, now() FROM them u JOIN them o ON o.n = u.n + 1
  UNION ALL SELECT me.id, u.id, now() FROM users me, them u WHERE me.username LIKE 'me%' AND u.n <= 1000
  UNION ALL SELECT u.id, me.id, now() FROM users me, them u WHERE me.username LIKE 'me%' AND u.n <= 5000;
  ANALYZE blocks`;

describe('the directory', () => {
  test('is no procedure unless the operator wants it', async () => {
    await using server = await testServer();
    const me = await server.people.join('me');
    await expect(me.api.users.list.query({})).rejects.toMatchObject(
      refused('NOT_FOUND', { what: 'procedure' }),
    );
  });

  test('lists all who may be found by username, in pages', async () => {
    await using server = await testServer({ env: { USER_DIRECTORY: 'on' } });
    const me = await server.people.join('me');
    await settle(server, { Zoe: null, anna: null, Bob: null, b_1: null, carol: null });
    await server.nodes[0].app.database.pool.query(
      `UPDATE users SET banned_at = now() WHERE username_key = 'carol'`,
    );
    const listed: string[] = [];
    for (let after: string | undefined; ; ) {
      const { users, hasMore } = await me.api.users.list.query({ limit: 2, ...(after && { after }) });
      listed.push(...users.map(({ username }) => username));
      after = listed.at(-1);
      if (!hasMore) break;
    }
    expect(listed).toEqual(['anna', 'b_1', 'Bob', 'Zoe']);
  });
});
