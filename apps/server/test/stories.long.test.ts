import { expect, test } from 'vitest';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { addCrowd } from './presences.ts';
import { mp4 } from './samples.ts';
import { testServer } from './server.ts';
import { upload } from './uploads.ts';

/** Friends of one person: five times as many as anybody may have. */
const FRIENDS = 5_000;
const ROUNDS = 10;

const median = (times: number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;

/** How many milliseconds each takes of what is done so often, one after the other. */
async function timesOf(rounds: number, act: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await act(round);
    times.push(performance.now() - begun);
  }
  return times;
}

test('a story for 5,000 friends is told in one short statement, and others send meanwhile', async () => {
  await using server = await testServer();
  const { databaseUrl } = server;
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const conversationId = await bob.talkTo(carol);
  const crowd = await alice.startGroup('crowd');
  const ids = await addCrowd(databaseUrl, crowd, FRIENDS);
  await runSql(
    databaseUrl,
    `INSERT INTO friendships (user_id, friend_id, since)
     SELECT a, b, now() FROM unnest('{${ids}}'::uuid[]) AS friend,
       LATERAL (VALUES ('${alice.id}'::uuid, friend), (friend, '${alice.id}'::uuid)) AS side (a, b);
     -- They have others, too.
     INSERT INTO friendships (user_id, friend_id, since)
     SELECT a.id, b.id, now() FROM unnest('{${ids}}'::uuid[]) WITH ORDINALITY AS a (id, n)
     JOIN unnest('{${ids}}'::uuid[]) WITH ORDINALITY AS b (id, n) ON a.n <> b.n AND a.n / 100 = b.n / 100;
     DELETE FROM members WHERE conversation_id = '${crowd}' AND user_id <> '${alice.id}';
     ANALYZE`,
  );
  const film = async (by: Person) => (await upload(by, mp4(), { purpose: 'story' })).id;
  const files: string[] = [];
  for (let n = 0; n < ROUNDS; n++) files.push(await film(alice));

  const quiet = await timesOf(200, () => bob.say(conversationId, 'hello'));
  let isOver = false;
  const sending: number[] = [];
  const talking = (async () => {
    while (!isOver) sending.push(...(await timesOf(1, () => bob.say(conversationId, 'hello'))));
  })();
  const stories: string[] = [];
  const creating = await timesOf(ROUNDS, async (round) => {
    stories.push((await alice.api.stories.create.mutate({ fileId: files[round]! })).id);
  });
  const deleting = await timesOf(ROUNDS, (round) =>
    alice.api.stories.delete.mutate({ storyId: stories[round]! }),
  );
  isOver = true;
  await talking;
  const [told] = await runSql<{ count: number }>(
    databaseUrl,
    `SELECT count(*)::int AS count FROM events WHERE type IN ('story.created', 'story.deleted')`,
  );
  expect(told!.count).toBe(2 * ROUNDS * (FRIENDS + 1));
  // What a commit does besides: it holds the log's lock meanwhile.
  const client = await server.nodes[0].app.database.pool.connect();
  const committing: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO event_drafts (topic, type, refs, topics) VALUES ($1, 'story.deleted', '{}', $2)`,
      [alice.id, ids],
    );
    committing.push(...(await timesOf(1, () => client.query('COMMIT'))));
  }
  client.release();
  const figures = {
    'create, ms (median, longest)': [median(creating), Math.max(...creating)],
    'delete, ms': [median(deleting), Math.max(...deleting)],
    'of it the commit, ms': [median(committing), Math.max(...committing)],
    'a send without it, ms': [median(quiet), Math.max(...quiet)],
    'a send meanwhile, ms': [median(sending), Math.max(...sending)],
  };
  for (const [what, values] of Object.entries(figures))
    console.log(`${what}: ${values.map((value) => value.toFixed(1)).join(', ')}`);
  expect(median(creating)).toBeLessThan(1_000);
});

test('the feed of somebody with 1,000 friends who all show something', async () => {
  await using server = await testServer();
  const alice = await server.people.join('alice');
  const crowd = await alice.startGroup('crowd');
  const ids = await addCrowd(server.databaseUrl, crowd, 1_000);
  await runSql(
    server.databaseUrl,
    `INSERT INTO friendships (user_id, friend_id, since)
     SELECT a, b, now() FROM unnest('{${ids}}'::uuid[]) AS friend,
       LATERAL (VALUES ('${alice.id}'::uuid, friend), (friend, '${alice.id}'::uuid)) AS side (a, b);
     INSERT INTO files (id, owner_id, purpose, status, name, size, type, kind, created_at, used)
     SELECT gen_random_uuid(), friend, 'story', 'ready', 'a.mp4', 1, 'video/mp4', 'video', now(), true
     FROM unnest('{${ids}}'::uuid[]) AS friend, generate_series(1, 3);
     INSERT INTO stories (id, author_id, file_id, chosen, created_at, expires_at)
     SELECT gen_random_uuid(), owner_id, id, false, now() - random() * interval '1 hour', now() + interval '1 day'
     FROM files;
     ANALYZE`,
  );
  const pages = await timesOf(20, () => alice.api.stories.feed.query({ limit: 20 }));
  const starts = await timesOf(10, () => alice.api.sync.bootstrap.query());
  console.log(
    `a page of the feed, ms: ${median(pages).toFixed(1)}; a first load: ${median(starts).toFixed(1)}`,
  );
  const { authors } = await alice.api.stories.feed.query({});
  expect(authors).toHaveLength(20);
  expect((await alice.api.sync.bootstrap.query()).stories).toHaveLength(1_000);
  expect(median(pages)).toBeLessThan(1_000);
});
