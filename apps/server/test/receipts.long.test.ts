import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAccessTokens } from '../src/auth/access-token.ts';
import { systemClock } from '../src/clock.ts';
import { runSql, testDatabase } from './database.ts';
import { type ServerProcess, serverProcess } from './process.ts';
import { type RawPeer, rawSocket } from './raw-peer.ts';

const MEMBERS = 1_000;
const GROUP = '20000000-0000-7000-8000-000000000000';
const SECRET = randomBytes(36).toString('base64url');

const userId = (n: number): string => `10000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** So many members of one group, and a message that none of them has read. */
async function settle(databaseUrl: string): Promise<void> {
  const { pathname } = new URL(databaseUrl);
  await runSql(
    databaseUrl,
    `ALTER DATABASE ${pathname.slice(1)} SET track_functions = 'pl';
     INSERT INTO users (id, username, username_key, email, email_key, email_verified_at, password_hash, created_at)
     SELECT ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'u' || n, 'u' || n, 'u' || n, 'u' || n, now(), '', now()
     FROM generate_series(0, ${MEMBERS - 1}) AS n;
     INSERT INTO sessions (id, user_id, device, created_at, last_used_at, expires_at, absolute_expires_at)
     SELECT id, id, '', now(), now(), now() + interval '1 day', now() + interval '1 day' FROM users;
     INSERT INTO conversations (id, kind, title, created_at, member_count, last_activity_at, last_seq)
     VALUES ('${GROUP}', 'group', 'g', now(), ${MEMBERS}, now(), 1);
     INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
     SELECT '${GROUP}', id, now(), 0, 0, 0 FROM users;
     INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
     VALUES (gen_random_uuid(), '${GROUP}', 1, '${userId(0)}', '', 'hello', now());
     INSERT INTO topic_intervals (user_id, topic, opened_at) SELECT id, '${GROUP}', 0 FROM users;
     ANALYZE;`,
  );
}

async function join(url: string): Promise<RawPeer[]> {
  const tokens = createAccessTokens({ secrets: [SECRET], seconds: 900, clock: systemClock });
  const peers: RawPeer[] = [];
  for (let n = 0; n < MEMBERS; n += 50)
    peers.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, async (_, k) => {
          const { token } = await tokens.sign({ sessionId: userId(n + k), userId: userId(n + k) });
          const peer = await rawSocket(url, token);
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
  return peers;
}

/** Milliseconds of CPU that a process has used. */
function cpuOf({ pid }: ServerProcess): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** How often the database has moved marks, and what the log tells of it. */
async function written(databaseUrl: string): Promise<{ calls: number; events: number; marks: number }> {
  const [row] = await runSql<{ calls: number; events: number; marks: number }>(
    databaseUrl,
    `SELECT coalesce((SELECT calls FROM pg_stat_user_functions WHERE funcname = 'move_marks'), 0)::int AS calls,
            count(*)::int AS events, coalesce(sum(jsonb_array_length(refs->'marks')), 0)::int AS marks
     FROM events WHERE type LIKE 'receipt.%'`,
  );
  return row!;
}

test.each(['markRead', 'markDelivered'])(
  '1,000 members of a group who call messages.%s at once make few writes and few events',
  async (mark) => {
    await using database = await testDatabase();
    await settle(database.url);
    await using server = await serverProcess(database.url, {
      JWT_SECRETS: SECRET,
      MAX_CONNECTIONS_PER_ADDRESS: '5000',
    });
    const peers = await join(server.url);
    const begun = { at: performance.now(), cpu: cpuOf(server) };
    const params = { path: `messages.${mark}`, input: { json: { conversationId: GROUP } } };
    for (const peer of peers) peer.send({ id: 2, method: 'mutation', params });
    const answer = ({ messages }: RawPeer) => messages.find(({ id }) => id === 2);
    for (const peer of peers) await peer.when(() => answer(peer) !== undefined);
    const seconds = (performance.now() - begun.at) / 1_000;
    const told = ({ texts }: RawPeer) => texts.filter((text) => text.includes('"receipt.'));
    const marksIn = (peer: RawPeer) => told(peer).join().split('"userId"').length - 1;
    for (const peer of peers) await peer.when(() => marksIn(peer) === MEMBERS);
    expect(peers.filter((peer) => answer(peer)!.error)).toEqual([]);
    // The database counts its calls a little later than it answers them.
    await expect.poll(async () => (await written(database.url)).calls).toBeGreaterThan(0);
    const { calls, events, marks } = await written(database.url);
    const bytes = Math.max(...peers.map((peer) => told(peer).reduce((sum, { length }) => sum + length, 0)));
    const cpu = cpuOf(server) - begun.cpu;
    console.log(
      `${mark}: ${MEMBERS} calls answered in ${seconds.toFixed(1)} s; ${calls} writes, ${events} events, ${bytes} bytes to each, ${cpu} ms of CPU`,
    );
    expect(marks).toBe(MEMBERS);
    expect(calls).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    expect(events).toBe(calls);
    for (const peer of peers) peer[Symbol.dispose]();
  },
);
