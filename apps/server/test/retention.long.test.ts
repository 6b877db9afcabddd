import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { App } from '../src/context.ts';
import { lockRow } from '../src/conversations/lock.ts';
import { trimMessages } from '../src/retention/trim.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { testServer } from './server.ts';

const OLD = 1_000_000;
const MEMBERS = 5_000;

const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b);
const at = (values: number[], share: number): number => sorted(values)[Math.floor(values.length * share)]!;
const say = (values: number[]): string =>
  [0.5, 0.95, 0.99, 1].map((share) => at(values, Math.min(share, 1 - 1e-9)).toFixed(1)).join(' / ');

/** Sends to each of these in turn, with a pause between, until it is told to stop; how long each took, in milliseconds. */
function keepSending({ api }: Person, conversationIds: string[]) {
  const took: number[] = [];
  let isOver = false;
  const done = (async () => {
    for (let n = 0; !isOver; n++) {
      const conversationId = conversationIds[n % conversationIds.length]!;
      const begun = performance.now();
      await api.messages.send.mutate({ conversationId, text: `new ${n}`, clientMessageId: v7() });
      took.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return async () => {
    isOver = true;
    await done;
    return took;
  };
}

/** How long each transaction of an app holds the lock on a conversation, to the end of its commit. */
function timed(app: App, conversationId: string): { app: App; took: number[] } {
  const took: number[] = [];
  const transaction: App['database']['transaction'] = async (work) => {
    let begun = 0;
    const result = await app.database.transaction(async (tx) => {
      await lockRow(tx, conversationId);
      begun = performance.now();
      return work(tx);
    });
    took.push(performance.now() - begun);
    return result;
  };
  return { app: { ...app, database: { ...app.database, transaction } }, took };
}

test('a million old messages go from under a conversation of 5,000 that goes on, and nobody notices', async () => {
  await using server = await testServer({ env: { DATABASE_POOL: '10' } });
  const [alice, bob] = await server.people.all('alice', 'bob');
  const [id, other] = [await alice.startGroup('old', bob), await alice.startGroup('other', bob)];
  await alice.api.conversations.setRetention.mutate({ conversationId: id, retentionDays: 30 });
  await runSql(
    server.databaseUrl,
    `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
       SELECT gen_random_uuid(), '${id}', n, '${alice.id}', '', 'message ' || n, now() - interval '60 days'
       FROM generate_series(1, ${OLD}) n;
     UPDATE messages SET reacted = true WHERE conversation_id = '${id}' AND seq % 20 = 0;
     INSERT INTO reactions (user_id, conversation_id, seq, emoji, place, created_at)
       SELECT '${bob.id}', '${id}', n, 'x', 1, now() FROM generate_series(20, ${OLD}, 20) n;
     INSERT INTO members (conversation_id, user_id, joined_at, joined_seq, read_seq, shown_read_seq)
       SELECT '${id}', gen_random_uuid(), now(), 0, 0, 0 FROM generate_series(3, ${MEMBERS});
     UPDATE conversations SET last_seq = ${OLD}, member_count = ${MEMBERS} WHERE id = '${id}';
     ANALYZE`,
  );
  const send = async (milliseconds: number) => {
    const stop = keepSending(alice, [id, other]);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return stop();
  };
  await send(2_000);
  const before = await send(15_000);

  const stop = keepSending(alice, [id, other]);
  const stream = await bob.subscribe();
  const { app, took } = timed(server.nodes[0].app, id);
  const begun = performance.now();
  await trimMessages(app);
  const seconds = (performance.now() - begun) / 1_000;
  const during = await stop();
  await stream.until(({ type }) => type === 'conversation.trimmed');

  console.log(`sends, ms (median / 95 / 99 % / longest): ${say(before)} before, ${say(during)} meanwhile
${OLD.toLocaleString()} messages removed in ${seconds.toFixed(0)} s; ${took.length} transactions held the lock on the conversation, ms: ${say(took)}`);
  const { messages, from } = await bob.api.messages.list.query({ conversationId: id, after: 0, limit: 1 });
  expect([from, messages.length]).toEqual([OLD + 1, 1]);
  const [left] = await runSql<{ messages: number; reactions: number; moved: number }>(
    server.databaseUrl,
    `SELECT (SELECT count(*)::int FROM messages WHERE conversation_id = '${id}' AND seq <= ${OLD}) AS messages,
            (SELECT count(*)::int FROM reactions WHERE conversation_id = '${id}') AS reactions,
            (SELECT count(*)::int FROM members WHERE conversation_id = '${id}' AND joined_seq >= ${OLD}) AS moved`,
  );
  expect(left).toEqual({ messages: 0, reactions: 0, moved: MEMBERS });
}, 600_000);
