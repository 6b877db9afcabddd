import type { Presence } from '@parley/contract';
import { expect, vi } from 'vitest';
import { Connections } from '../src/sockets/connections.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, type TestServer, type TestServerOptions, testServer } from './server.ts';
import type { Subscription } from './subscription.ts';

export interface ClockedServer extends TestServer {
  clock: ManualClock;
  /**
   * Lets so many seconds pass on the clock, one after the other, with a turn of presence on each node in each, once the
   * nodes know of all that was done before.
   */
  later(seconds: number): Promise<void>;
}

/** Nodes whose time stands still until it is moved. */
export async function clockedServer(options: TestServerOptions = {}): Promise<ClockedServer> {
  const clock = new ManualClock();
  return clocked(await testServer({ ...options, clock }), clock);
}

/** The same for all tests of a file, or of a `describe`. */
export function clockedForAll(options: TestServerOptions = {}): ClockedServer {
  const clock = new ManualClock();
  return clocked(serverForAll({ ...options, clock }), clock);
}

function clocked(server: TestServer, clock: ManualClock): ClockedServer {
  return Object.assign(server, {
    clock,
    async later(seconds: number) {
      for (const node of server.nodes.keys()) await server.people.settled(node);
      for (let n = 0; n < seconds; n++) {
        clock.advance(1_000);
        for (const { app } of server.nodes) await app.presence.turn();
      }
    },
  });
}

/** Puts so many people into a group, and answers their ids. None of them has ever been heard of. */
export async function addCrowd(
  databaseUrl: string,
  conversationId: string,
  count: number,
): Promise<string[]> {
  const rows = await runSql<{ user_id: string }>(
    databaseUrl,
    `WITH crowd AS (
       INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
       SELECT gen_random_uuid(), 'extra' || n, 'extra' || n, 'extra' || n, 'extra' || n, '', now()
       FROM generate_series(1, ${count}) AS n RETURNING id
     ), heard AS (
       INSERT INTO topic_intervals (user_id, topic, opened_at)
       SELECT id, '${conversationId}', (SELECT max(position) FROM events) FROM crowd
     ), counted AS (
       UPDATE conversations SET member_count = member_count + ${count} WHERE id = '${conversationId}'
     )
     INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
     SELECT '${conversationId}', id, now(), 0, 0, 0 FROM crowd RETURNING user_id`,
  );
  return rows.map(({ user_id }) => user_id);
}

/** How somebody is, as a stream was told; undefined while it was not. */
export function seenBy({ received }: Subscription, { id }: { id: string }): Presence | undefined {
  let seen: Presence | undefined;
  for (const { data } of received) {
    if (data.type !== 'presence.changed') continue;
    seen = data.people.find(({ userId }) => userId === id) ?? seen;
    if (data.hidden.includes(id)) seen = undefined;
  }
  return seen;
}

/** All that a stream was told of somebody, in order. */
export const statusesOf = ({ received }: Subscription, { id }: { id: string }): Presence['status'][] =>
  received.flatMap(({ data }) =>
    data.type === 'presence.changed'
      ? data.people.filter(({ userId }) => userId === id).map(({ status }) => status)
      : [],
  );

/** Resolves when a stream was told that somebody is so. The clock goes on meanwhile if it is given. */
export async function untilSeen(
  stream: Subscription,
  person: { id: string },
  status: Presence['status'] | undefined,
  server?: ClockedServer,
): Promise<void> {
  await expect
    .poll(
      async () => {
        await server?.later(1);
        return seenBy(stream, person)?.status;
      },
      { timeout: 10_000, interval: 20 },
    )
    .toBe(status);
}

/** Ends a stream with its connection, and resolves when its node knows. */
export async function hangUp(stream: Subscription): Promise<void> {
  const removed = vi.spyOn(Connections.prototype, 'remove');
  stream.close();
  await expect.poll(() => removed.mock.calls.length).toBeGreaterThan(0);
  removed.mockRestore();
}

/** Somebody comes whom the others know: what was to be told before was told by the time they have seen it. */
export async function fence(
  server: ClockedServer,
  fellow: Person,
  ...streams: Subscription[]
): Promise<void> {
  const own = await fellow.subscribe();
  for (const stream of streams) await untilSeen(stream, fellow, 'online', server);
  own.close();
}
