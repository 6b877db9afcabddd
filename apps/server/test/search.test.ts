import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clearAccount } from '../src/auth/clear-account.ts';
import { clearGroup } from '../src/groups/clear.ts';
import { indexBlocks } from '../src/search/index-blocks.ts';
import { choose, DISORDER, restOf } from '../src/search/stretches.ts';
import { runSql } from './database.ts';
import type { Api, Person } from './people.ts';
import { pdf, photo } from './samples.ts';
import { serverForAll } from './server.ts';
import { upload } from './uploads.ts';

const server = serverForAll();

type Query = Parameters<Api['search']['messages']['query']>[0];

const search = (person: Person, input: Query) => person.api.search.messages.query(input);
/** The texts that somebody finds. */
const find = async (person: Person, query: string, more: Omit<Query, 'query'> = {}) =>
  (await search(person, { query, ...more })).messages.map(({ text }) => text);

/** All pages, each of so many. */
async function findAll(person: Person, input: Query) {
  const found: { conversationId: string; seq: number; createdAt: string }[] = [];
  let cursor: string | undefined;
  let pages = 0;
  for (;;) {
    const { messages, next } = await search(person, { ...input, ...(cursor && { cursor }) });
    found.push(...messages);
    pages++;
    if (next === null) return { found, pages };
    cursor = next;
  }
}

async function group(name = 'tea') {
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  return { alice, bob, carol, id: await alice.startGroup(name, bob) };
}

const BLOCK = 1_024;
const WORDS =
  'tea milk sugar lemon kettle Straße café Ćup 猫 好き 茶碗 100% snake_case C:\\tea привет ☕ 🎉 ab b'.split(
    ' ',
  );

/** What the n-th of many messages says. */
const textOf = (n: number): string =>
  [n, n * 7, n * 31].map((at) => WORDS[at % WORDS.length]!).join(' ') + (n % 500 === 7 ? ` rare${n}` : '');

/** So many messages at once, of which each third is bob's, some seconds out of their order. */
async function fill(conversationId: string, people: Person[], count: number): Promise<void> {
  const client = new pg.Client({ connectionString: server.databaseUrl });
  await client.connect();
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await client.query(
    `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
     SELECT gen_random_uuid(), $1, n, ($2::uuid[])[1 + n % cardinality($2)], '', text,
            now() - interval '1 day' + n * interval '5 s' + (n * 7 % 11) * interval '2 s'
     FROM unnest($3::int[], $4::text[]) AS m (n, text)`,
    [conversationId, people.map(({ id }) => id), numbers, numbers.map(textOf)],
  );
  await client.query('UPDATE conversations SET last_seq = $2, last_activity_at = now() WHERE id = $1', [
    conversationId,
    count,
  ]);
  await client.end();
}

const rows = async (table: string, conversationId: string): Promise<number> => {
  const statement = `SELECT count(*)::int AS n FROM ${table} WHERE conversation_id = '${conversationId}'`;
  return (await runSql<{ n: number }>(server.databaseUrl, statement))[0]!.n;
};
const blocksOf = async (conversationId: string): Promise<number[]> => {
  const statement = `SELECT block FROM search_blocks WHERE conversation_id = '${conversationId}' ORDER BY block`;
  return (await runSql<{ block: number }>(server.databaseUrl, statement)).map(({ block }) => block);
};

afterEach(() => vi.restoreAllMocks());

describe('what is found', () => {
  test('each word, anywhere in the text, in whatever case, with or without accents; the newest first', async () => {
    const { alice, bob, id } = await group();
    const direct = await alice.talkTo(bob);
    await alice.say(id, 'Who wants some Darjeeling?');
    await bob.say(direct, 'darjeeling, in the CAFÉ');
    await alice.say(id, 'some cafe or other');
    expect(await find(alice, 'jeel')).toEqual(['darjeeling, in the CAFÉ', 'Who wants some Darjeeling?']);
    expect(await find(alice, 'DARJEELING some')).toEqual(['Who wants some Darjeeling?']);
    expect(await find(alice, 'some  who')).toEqual(['Who wants some Darjeeling?']);
    expect(await find(alice, 'café')).toEqual(['some cafe or other', 'darjeeling, in the CAFÉ']);
    expect(await find(alice, 'Café', { conversationId: id })).toEqual(['some cafe or other']);
    expect(await find(alice, 'some darjeelings')).toEqual([]);
  });

  test('every character means itself', async () => {
    const { alice, id } = await group();
    const texts = [
      '100%',
      '100 per cent',
      'snake_case',
      'snakeXcase',
      'C:\\tea',
      'C:tea',
      "it's; DROP TABLE--",
    ];
    for (const text of texts) await alice.say(id, text);
    expect(await find(alice, '0%')).toEqual(['100%']);
    expect(await find(alice, 'e_c')).toEqual(['snake_case']);
    expect(await find(alice, ':\\')).toEqual(['C:\\tea']);
    expect(await find(alice, "t's; --")).toEqual(["it's; DROP TABLE--"]);
    for (const query of [
      '%%',
      '__',
      '\\\\',
      '%'.repeat(200),
      '_'.repeat(200),
      '\\'.repeat(200),
      '$1',
      '(a|b)*',
    ])
      expect(await find(alice, query)).toEqual([]);
  });

  test('two characters of any script, and one of CJK or an emoji; one of another is refused', async () => {
    const { alice, id } = await group();
    for (const text of ['吾輩は猫である', '好きなお茶', '한국어 좋아요', 'ok 🎉', 'a b c'])
      await alice.say(id, text);
    expect(await find(alice, '猫')).toEqual(['吾輩は猫である']);
    expect(await find(alice, 'お茶')).toEqual(['好きなお茶']);
    expect(await find(alice, '국')).toEqual(['한국어 좋아요']);
    expect(await find(alice, '🎉')).toEqual(['ok 🎉']);
    expect(await find(alice, 'ok')).toEqual(['ok 🎉']);
    // Where something else says enough, a single letter counts as well.
    expect(await find(alice, 'ok b')).toEqual([]);
    expect(await find(alice, 'b', { from: alice.id })).toEqual(['a b c']);
    const refusal = { data: { code: 'INVALID_INPUT', issues: [{ path: 'query' }] } };
    for (const query of ['b', 'a b', '%', '_'])
      await expect(find(alice, query)).rejects.toMatchObject(refusal);
    await expect(search(alice, {})).rejects.toMatchObject({ data: { code: 'INVALID_INPUT' } });
    for (const query of ['', ' ', 'x'.repeat(201)])
      await expect(find(alice, query)).rejects.toMatchObject(refusal);
  });

  test('by whom, with what, and when; also without a query', async () => {
    const { alice, bob, id } = await group();
    const send = async (person: Person, text: string, ...files: Buffer[]) => {
      const attachments: string[] = [];
      for (const file of files) attachments.push((await upload(person, file)).id);
      return person.api.messages.send.mutate({
        conversationId: id,
        text,
        clientMessageId: v7(),
        ...(attachments.length > 0 && { attachments }),
      });
    };
    await send(alice, 'look', await photo());
    await send(bob, 'read', pdf());
    const page = await send(bob, 'see https://example.com/tea');
    await send(alice, 'look, nothing');
    const found = async (input: Query) => (await search(alice, input)).messages.map(({ text }) => text);
    const conversationId = id;
    expect(await found({ conversationId, has: 'file' })).toEqual(['read', 'look']);
    expect(await found({ conversationId, has: 'image' })).toEqual(['look']);
    expect(await found({ conversationId, has: 'document' })).toEqual(['read']);
    expect(await found({ conversationId, has: 'link' })).toEqual(['see https://example.com/tea']);
    expect(await found({ conversationId, has: 'video' })).toEqual([]);
    expect(await found({ conversationId, from: bob.id })).toEqual(['see https://example.com/tea', 'read']);
    expect(await found({ conversationId, from: bob.id, has: 'file' })).toEqual(['read']);
    expect(await found({ conversationId, from: alice.id, query: 'look', has: 'image' })).toEqual(['look']);
    expect(await found({ conversationId, from: randomUUID() })).toEqual([]);
    const { createdAt } = page;
    expect(await found({ conversationId, from: bob.id, before: createdAt })).toEqual(['read']);
    expect(await found({ conversationId, from: bob.id, after: createdAt })).toEqual([page.text]);
    const past = { before: '0001-01-01T00:00:00.000Z', after: '9999-12-31T23:59:59.999Z' };
    for (const [name, at] of Object.entries(past))
      expect(await found({ conversationId, from: bob.id, [name]: at })).toEqual([]);
  });

  test('a page is followed by the next, over all conversations, and each is found once', async () => {
    const { alice, bob, id } = await group();
    const direct = await alice.talkTo(bob);
    for (let n = 0; n < 12; n++) await bob.say(n % 3 === 0 ? direct : id, `kettle ${n}`);
    const { found, pages } = await findAll(alice, { query: 'kettle', limit: 5 });
    expect(found.map(({ createdAt }) => createdAt)).toEqual(
      found
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
    expect(new Set(found.map(({ conversationId, seq }) => `${conversationId} ${seq}`)).size).toBe(12);
    expect(found).toHaveLength(12);
    expect(pages).toBe(3);
    const { conversationId, seq } = found[0]!;
    const around = await alice.api.messages.list.query({ conversationId, around: seq, limit: 3 });
    expect(around.messages).toContainEqual(found[0]);
    for (const cursor of ['', 'x', `1.${id}.x`, `1.${id}.9999999999`, '9'.repeat(101)])
      await expect(search(alice, { query: 'kettle', cursor })).rejects.toMatchObject({
        data: { code: 'INVALID_INPUT' },
      });
    expect(await search(bob, { query: 'kettle', cursor: `999999999999999.${id}.1`, limit: 1 })).toMatchObject(
      {
        messages: [found[0]],
      },
    );
  });
});

describe('what is not found', () => {
  test('what others say elsewhere; what was said before, and after', async () => {
    const { alice, bob, carol, id } = await group();
    await alice.say(id, 'a secret');
    expect(await find(carol, 'secret')).toEqual([]);
    const gone = { data: { code: 'NOT_FOUND', what: 'conversation' } };
    for (const conversationId of [id, randomUUID()])
      await expect(find(carol, 'secret', { conversationId })).rejects.toMatchObject(gone);
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [carol.id] });
    await bob.say(id, 'another secret');
    expect(await find(carol, 'secret')).toEqual(['another secret']);
    await bob.api.conversations.clear.mutate({ conversationId: id });
    await alice.say(id, 'no secret');
    expect(await find(bob, 'secret')).toEqual(['no secret']);
    await alice.api.groups.removeMember.mutate({ conversationId: id, userId: carol.id });
    expect(await find(carol, 'secret')).toEqual([]);
    await expect(find(carol, 'secret', { conversationId: id })).rejects.toMatchObject(gone);
    expect(await find(alice, 'secret')).toEqual(['no secret', 'another secret', 'a secret']);
  });

  test('what is deleted, for everybody or for oneself; what it said before it was edited', async () => {
    const { alice, bob, id } = await group();
    for (const text of ['kettle 1', 'kettle 2', 'kettle 3']) await alice.say(id, text);
    await alice.api.messages.delete.mutate({ conversationId: id, seq: 1, scope: 'everyone' });
    await bob.api.messages.delete.mutate({ conversationId: id, seq: 2, scope: 'me' });
    await alice.api.messages.edit.mutate({ conversationId: id, seq: 3, text: 'teapot 3' });
    expect(await find(bob, 'kettle')).toEqual([]);
    expect(await find(alice, 'kettle')).toEqual(['kettle 2']);
    expect(await find(bob, 'teapot')).toEqual(['teapot 3']);
    expect((await search(bob, { from: alice.id })).messages.map(({ seq }) => seq)).toEqual([3]);
  });

  test('what was withheld, by whoever has blocked its sender; the sender finds it', async () => {
    const { alice, bob } = await group();
    const direct = await alice.talkTo(bob);
    await alice.api.blocks.add.mutate({ userId: bob.id });
    await bob.say(direct, 'are you there?');
    expect(await find(alice, 'there')).toEqual([]);
    expect(await find(bob, 'there')).toEqual(['are you there?']);
    await alice.api.blocks.remove.mutate({ userId: bob.id });
    expect(await find(alice, 'there')).toEqual([]);
  });

  test('what is said in threads that one does not follow', async () => {
    const { alice, bob, id } = await group();
    await alice.say(id, 'about tea');
    const { id: thread } = await alice.api.threads.open.mutate({ conversationId: id, seq: 1 });
    await alice.say(thread, 'oolong');
    expect(await find(bob, 'oolong')).toEqual([]);
    expect(await find(alice, 'oolong')).toEqual(['oolong']);
    expect(await find(alice, 'oolong', { conversationId: id })).toEqual([]);
    await bob.api.threads.open.mutate({ conversationId: id, seq: 1 });
    expect(await find(bob, 'oolong', { conversationId: thread })).toEqual(['oolong']);
  });
});

describe('with an index', () => {
  const QUERIES = ['CAFE lemon', 'rare', 'rare1507', '猫 茶', '0% b', 'e_c', 'zzz', 'straße ☕', 'ПРИВЕТ'];
  const count = 2 * BLOCK + 100;
  /** What each query must find, by the letter. */
  function expected(people: Person[], query: string, from?: Person): number[] {
    const fold = (text: string) =>
      text
        .normalize('NFKD')
        .replaceAll(/[\u0300-\u036f]/g, '')
        .toLowerCase();
    const words = fold(query).split(' ');
    return Array.from({ length: count }, (_, index) => index + 1)
      .filter((n) => words.every((word) => fold(textOf(n)).includes(word)))
      .filter((n) => !from || people[n % people.length] === from);
  }

  test('the newest come first, and each comes, also where times are out of the order of the messages', async () => {
    const { alice, bob, id } = await group();
    await fill(id, [bob], 60);
    const { found } = await findAll(alice, { from: bob.id, limit: 1 });
    const times = found.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    const seqs = found.map(({ seq }) => seq);
    expect(seqs).not.toEqual(seqs.toSorted((a, b) => b - a));
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });

  test('the same is found as without', async () => {
    const { alice, bob, id } = await group();
    await fill(id, [alice, bob], count);
    const ask = async () => {
      for (const query of QUERIES)
        for (const from of [undefined, bob]) {
          const input = { query, limit: 50, conversationId: id, ...(from && { from: from.id }) };
          const { found } = await findAll(alice, input);
          const seqs = found.map(({ seq }) => seq).sort((a, b) => a - b);
          expect({ query, seqs }).toEqual({ query, seqs: expected([alice, bob], query, from) });
          const times = found.map(({ createdAt }) => createdAt);
          expect(times).toEqual(times.toSorted().toReversed());
        }
    };
    await ask();
    expect(await blocksOf(id)).toEqual([]);
    await indexBlocks(server.nodes[0].app);
    expect(await blocksOf(id)).toEqual([0, 1]);
    await ask();
    const { found } = await findAll(alice, { query: 'rare', limit: 1, before: new Date().toISOString() });
    expect(found).toHaveLength(expected([], 'rare').length);
  });

  test('it is made of blocks that are full, once, and anew when one has lost it', async () => {
    const { alice, bob, id } = await group();
    const { app } = server.nodes[0];
    await fill(id, [alice, bob], BLOCK - 1);
    await indexBlocks(app);
    expect(await blocksOf(id)).toEqual([]);
    await alice.say(id, 'a kettle, at last');
    await indexBlocks(app);
    await indexBlocks(app);
    expect(await blocksOf(id)).toEqual([0]);
    expect(await find(bob, 'at last', { conversationId: id })).toEqual(['a kettle, at last']);

    await alice.api.messages.edit.mutate({ conversationId: id, seq: BLOCK, text: 'a teapot, after all' });
    expect([await blocksOf(id), await rows('search_postings', id)]).toEqual([[], 0]);
    expect(await find(bob, 'at last', { conversationId: id })).toEqual([]);
    expect(await find(bob, 'after all', { conversationId: id })).toEqual(['a teapot, after all']);
    await indexBlocks(app);
    expect(await blocksOf(id)).toEqual([0]);
    expect(await find(bob, 'after all', { conversationId: id })).toEqual(['a teapot, after all']);
    // What changes nothing that is looked for leaves it.
    await alice.api.messages.pin.mutate({ conversationId: id, seq: 3 });
    await bob.api.reactions.add.mutate({ conversationId: id, seq: 3, emoji: '👍' });
    expect(await blocksOf(id)).toEqual([0]);
  });

  test('what is deleted is in it no more, from that moment on', async () => {
    const { alice, bob, id } = await group();
    const { app } = server.nodes[0];
    await fill(id, [bob], BLOCK);
    await indexBlocks(app);
    await alice.api.messages.delete.mutate({ conversationId: id, seq: 7, scope: 'everyone' });
    expect([await blocksOf(id), await rows('search_postings', id)]).toEqual([[], 0]);
    expect(await find(alice, 'rare7', { conversationId: id })).toEqual([]);
    await indexBlocks(app);
    const left = `SELECT term FROM search_postings WHERE conversation_id = '${id}' AND term = 'e7'`;
    expect(await runSql(server.databaseUrl, left)).toEqual([]);
    // His account goes, with all that he wrote; what is left of it is nothing.
    const { password } = bob.credentials;
    await bob.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
    await clearAccount(app, { userId: bob.id, erase: true });
    expect(await rows('search_postings', id)).toBe(0);
    await indexBlocks(app);
    expect(await rows('search_postings', id)).toBe(0);
    expect(await find(alice, 'tea', { conversationId: id })).toEqual([]);
  });

  test('a group that is deleted takes it along', async () => {
    const { alice, bob, id } = await group();
    const { app } = server.nodes[0];
    await fill(id, [alice, bob], BLOCK);
    await indexBlocks(app);
    await alice.api.groups.delete.mutate({ conversationId: id });
    await clearGroup(app, { conversationId: id });
    expect([await blocksOf(id), await rows('search_postings', id)]).toEqual([[], 0]);
    await indexBlocks(app);
    expect(await blocksOf(id)).toEqual([]);
  });

  test('whoever changes a message and whoever makes its index wait for each other', async () => {
    const { alice, bob, id } = await group();
    await fill(id, [alice, bob], BLOCK);
    const connect = async () => {
      const client = new pg.Client({ connectionString: server.databaseUrl });
      await client.connect();
      return client;
    };
    const [writer, indexer] = [await connect(), await connect()];
    const index = () => indexer.query('SELECT index_for_search($1, 0)', [id]);
    const write = (text: string) =>
      writer.query('UPDATE messages SET text = $2 WHERE conversation_id = $1 AND seq = 9', [id, text]);
    const waiting = (client: pg.Client) =>
      expect
        .poll(async () => {
          const { processID } = client as unknown as { processID: number };
          const statement = `SELECT count(*)::int AS n FROM pg_locks WHERE pid = ${processID} AND NOT granted`;
          return (await runSql<{ n: number }>(server.databaseUrl, statement))[0]!.n;
        })
        .toBe(1);
    // The one who writes came first, and has not ended yet.
    await indexer.query("SET lock_timeout = '60s'");
    await indexer.query("ALTER FUNCTION index_for_search SET lock_timeout = '60s'");
    await writer.query('BEGIN');
    await write('a teapot');
    const indexed = index();
    await waiting(indexer);
    await writer.query('COMMIT');
    await indexed;
    expect(await blocksOf(id)).toEqual([0]);
    expect(await find(alice, 'teapot', { conversationId: id })).toEqual(['a teapot']);

    // The other way round.
    await runSql(server.databaseUrl, `DELETE FROM search_blocks WHERE conversation_id = '${id}'`);
    await indexer.query('BEGIN');
    await index();
    const written = write('a samovar');
    await waiting(writer);
    await indexer.query('COMMIT');
    await written;
    expect(await blocksOf(id)).toEqual([]);
    expect(await find(alice, 'samovar', { conversationId: id })).toEqual(['a samovar']);
    await indexer.query("ALTER FUNCTION index_for_search SET lock_timeout = '1s'");
    await Promise.all([writer.end(), indexer.end()]);
  });
});

describe('however long it takes', () => {
  test('a page ends, and the next goes on from there', async () => {
    const { alice, bob, id } = await group();
    await fill(id, [alice, bob], 1_800);
    const { found } = await findAll(alice, { query: 'rare', conversationId: id });
    // Each question to the database takes 0.4 seconds, whatever it takes.
    const { clock, search } = server.nodes[0].app;
    const { begin } = search;
    let now = clock.elapsed();
    vi.spyOn(clock, 'elapsed').mockImplementation(() => now);
    vi.spyOn(search, 'begin').mockImplementation(() => {
      const { query } = begin();
      return {
        query(asked) {
          now += 400;
          return query(asked);
        },
      };
    });
    const slowly = await findAll(alice, { query: 'rare', conversationId: id });
    expect(slowly.found).toEqual(found);
    expect(slowly.pages).toBeGreaterThan(3);
  });

  test('a statement that waits for others is given up, and that is told', async () => {
    const { alice, id } = await group();
    await alice.say(id, 'kettle');
    const blocker = new pg.Client({ connectionString: server.databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE messages');
    await expect(find(alice, 'kettle')).rejects.toMatchObject({ data: { code: 'UNAVAILABLE' } });
    // Two look at a time, for a second each: after two seconds all others are given up.
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => find(alice, 'kettle')));
    const codes = asked.map((result) => result.status === 'rejected' && result.reason.data.code);
    expect(codes.filter((code) => code !== 'UNAVAILABLE' && code !== 'BUSY')).toEqual([]);
    expect(codes.filter((code) => code === 'BUSY').length).toBeGreaterThanOrEqual(6);
    await blocker.query('ROLLBACK');
    await blocker.end();
    expect(await find(alice, 'kettle')).toEqual(['kettle']);
  });
});

describe('where it looks', () => {
  const stretch = (conversationId: string, high: number, at: number) => ({
    conversationId,
    low: 1,
    high,
    at,
  });

  test('first where the newest may be, at the newest of it', () => {
    const stretches = [stretch('a', 1_000, 10), stretch('b', 5, 30), stretch('c', 1_000, 20)];
    expect(choose(stretches, 300)).toEqual([
      { conversationId: 'b', low: 1, high: 5, at: 30 },
      { conversationId: 'c', low: 901, high: 1_000, at: 20 },
      { conversationId: 'a', low: 901, high: 1_000, at: 10 },
    ]);
    expect(choose(stretches, 64).map(({ conversationId }) => conversationId)).toEqual(['b', 'c']);
    expect(choose([stretches[0]!], 512)).toEqual([{ conversationId: 'a', low: 489, high: 1_000, at: 10 }]);
  });

  test('what is left is older than what was seen, as far as clocks can be trusted', () => {
    const whole = stretch('a', 1_000, 900_000);
    const part = { ...whole, low: 901 };
    const at = (seq: number, time: number) => ({ conversationId: 'a', seq, at: time });
    expect(restOf(whole, part, { lowestAt: 500_000, found: [at(950, 600_000)] }, 2)).toEqual({
      ...whole,
      high: 900,
      at: 500_000 + DISORDER,
    });
    // It was full before the part was looked through.
    const found = [at(950, 600_000), at(940, 590_000)];
    expect(restOf(whole, part, { lowestAt: 500_000, found }, 2)).toEqual({
      ...whole,
      high: 939,
      at: 590_000 + DISORDER,
    });
    expect(restOf(whole, { ...whole }, { lowestAt: 1, found: [] }, 2)).toBeNull();
    expect(restOf(whole, part, { lowestAt: null, found: [] }, 2)).toEqual({ ...whole, high: 900 });
  });
});
