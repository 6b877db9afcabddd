import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAccessTokens } from '../src/auth/access-token.ts';
import { systemClock } from '../src/clock.ts';
import { runSql, testDatabase } from './database.ts';
import { People } from './people.ts';
import { seenBy, untilSeen } from './presences.ts';
import { type ServerProcess, serverProcess } from './process.ts';
import { clientFrame, type RawPeer, rawSocket } from './raw-peer.ts';

test('the people of a node that is killed with -9 are offline within 30 seconds', async () => {
  await using database = await testDatabase();
  await using one = await serverProcess(database.url);
  await using two = await serverProcess(database.url);
  const people = new People([one, two]);
  using _ = { [Symbol.dispose]: () => people.close() };
  const [alice, bob] = await people.all('alice', 'bob');
  await alice.talkTo(bob);
  const hers = await alice.subscribe();
  await bob.subscribe({ node: 1 });
  await untilSeen(hers, bob, 'online');
  const killedAt = Date.now();
  await two.kill();
  await hers.when(() => seenBy(hers, bob)?.status === 'offline');
  const seconds = (Date.now() - killedAt) / 1_000;
  console.log(`offline ${seconds.toFixed(1)} s after the kill`);
  expect(seconds).toBeLessThan(30);
  const lastSeen = Date.parse(seenBy(hers, bob)!.lastSeenAt!);
  expect(lastSeen).toBeGreaterThan(killedAt);
  expect(lastSeen).toBeLessThan(killedAt + 16_000);
});

const PEOPLE = 2_000;
const GROUP = 100;
const SECRET = randomBytes(36).toString('base64url');

interface Company {
  groupsEach: number;
  friendsEach: number;
}

/** Everybody in so many groups of a hundred, each time with others, and friends of the next ones on both sides. */
async function settle(databaseUrl: string, { groupsEach, friendsEach }: Company): Promise<void> {
  await runSql(
    databaseUrl,
    `INSERT INTO users (id, username, username_key, email, email_key, email_verified_at, password_hash, created_at)
     SELECT ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'u' || n, 'u' || n, 'u' || n, 'u' || n, now(), '', now()
     FROM generate_series(0, ${PEOPLE - 1}) AS n;
     INSERT INTO sessions (id, user_id, device, created_at, last_used_at, expires_at, absolute_expires_at)
     SELECT id, id, '', now(), now(), now() + interval '1 day', now() + interval '1 day' FROM users;
     SELECT setseed(0.5);
     CREATE TABLE places AS
       SELECT id, round, (row_number() OVER (PARTITION BY round ORDER BY random()) - 1) / ${GROUP} AS part
       FROM users, generate_series(1, ${groupsEach}) AS round;
     INSERT INTO conversations (id, kind, title, created_at, member_count, last_activity_at)
     SELECT md5(round || ' ' || part)::uuid, 'group', 'g', now(), ${GROUP}, now() FROM places GROUP BY round, part;
     INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
     SELECT md5(round || ' ' || part)::uuid, id, now(), 0, 0, 0 FROM places;
     INSERT INTO topic_intervals (user_id, topic, opened_at)
     SELECT id, md5(round || ' ' || part)::uuid, 0 FROM places;
     DROP TABLE places;
     CREATE TABLE circle AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM users;
     INSERT INTO friendships (user_id, friend_id, since)
     SELECT a.id, b.id, now()
     FROM circle a, generate_series(1, ${friendsEach / 2}) AS far, (VALUES (1), (-1)) AS side (way), circle b
     WHERE b.n = (a.n - 1 + way * far + ${PEOPLE}) % ${PEOPLE} + 1;
     INSERT INTO contacts (owner_id, user_id, created_at) SELECT user_id, friend_id, since FROM friendships;
     UPDATE users SET last_seen_for = 'contacts' WHERE EXISTS (SELECT FROM friendships);
     DROP TABLE circle;
     ANALYZE;`,
  );
}

const userId = (n: number): string => `10000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Milliseconds of CPU that a process has used. */
function cpuOf({ pid }: ServerProcess): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** What everybody was told of the others: frames, and kilobytes. */
function toldTo(peers: RawPeer[]) {
  const told = peers.map(({ texts }) => texts.filter((text) => text.includes('presence.changed')));
  const frames = told.map(({ length }) => length);
  const bytes = told.map((own) => own.reduce((sum, text) => sum + text.length, 0));
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  return {
    frames: { mean: mean(frames), most: Math.max(...frames) },
    kilobytes: { mean: mean(bytes) / 1_000, most: Math.max(...bytes) / 1_000 },
  };
}

test.each([
  { groupsEach: 0, friendsEach: 0 },
  { groupsEach: 3, friendsEach: 0 },
  { groupsEach: 20, friendsEach: 0 },
  { groupsEach: 3, friendsEach: 300 },
])(
  '2,000 people who come back at once, each in $groupsEach groups of a hundred and with $friendsEach friends, cost each other a bounded number of frames',
  async (company) => {
    const name = `${company.groupsEach} groups and ${company.friendsEach} friends each`;
    await using database = await testDatabase();
    await using server = await serverProcess(database.url, {
      JWT_SECRETS: SECRET,
      MAX_CONNECTIONS_PER_ADDRESS: '5000',
    });
    await settle(database.url, company);
    const tokens = createAccessTokens({ secrets: [SECRET], seconds: 900, clock: systemClock });
    const begun = { at: performance.now(), cpu: cpuOf(server) };
    const peers: RawPeer[] = [];
    for (let n = 0; n < PEOPLE; n += 50)
      peers.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, async (_, k) => {
            const { token } = await tokens.sign({ sessionId: userId(n + k), userId: userId(n + k) });
            const peer = await rawSocket(server.url, token);
            return peer.send({
              id: 1,
              method: 'subscription',
              params: { path: 'events.stream', input: { json: {} } },
            });
          }),
        )),
      );
    for (const peer of peers)
      await peer.when(() => peer.texts.some((text) => text.includes('stream.caught-up')));
    const seconds = (performance.now() - begun.at) / 1_000;
    await quiet(peers);
    const came = { ...toldTo(peers), cpu: cpuOf(server) - begun.cpu };
    console.log(`${name}: came in ${seconds.toFixed(1)} s`, JSON.stringify(came));
    if (company.groupsEach > 0) expect(came.frames.mean).toBeGreaterThan(0);
    expect(came.frames.most).toBeLessThanOrEqual(Math.ceil(seconds) + 3);

    const [stay, leave] = [peers.slice(0, PEOPLE / 2), peers.slice(PEOPLE / 2)];
    for (const { texts } of stay) texts.length = 0;
    const cpu = cpuOf(server);
    for (const peer of leave) peer[Symbol.dispose]();
    // The grace comes first.
    await sleep(6_500);
    await quiet(stay);
    const went = { ...toldTo(stay), cpu: cpuOf(server) - cpu };
    console.log(`${name}: half of them went`, JSON.stringify(went));
    expect(went.frames.most).toBeLessThanOrEqual(5);
    for (const peer of stay) peer[Symbol.dispose]();
  },
);

/** Resolves when nobody has been told anything for three seconds. Meanwhile all say that they are there. */
async function quiet(peers: RawPeer[]): Promise<void> {
  const count = () => toldTo(peers).frames.mean;
  for (let before = -1; count() !== before; ) {
    before = count();
    for (const peer of peers) peer.write(clientFrame('PONG'));
    await sleep(3_000);
  }
}
