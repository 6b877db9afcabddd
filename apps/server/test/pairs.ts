import { expect } from 'vitest';
import { testServer } from './server.ts';

/**
 * Every two of so many people open their conversation from both sides at the same moment, on two nodes: each pair gets
 * one, which is told of once, and is the same when it is opened again.
 */
export async function openFromBothSides(people: number): Promise<void> {
  await using server = await testServer({ nodes: 2 });
  const everybody = await server.people.all(...Array.from({ length: people }, (_, n) => `alice${n}`));
  const opened = new Set<string>();
  for (const [index, one] of everybody.entries()) {
    const pairs = everybody.slice(index + 1).map(async (other, n) => {
      const sides = await Promise.all([
        one.on(n % 2).conversations.openDirect.mutate({ userId: other.id }),
        other.on((n + 1) % 2).conversations.openDirect.mutate({ userId: one.id }),
      ]);
      const ids = new Set([...sides.map(({ id }) => id), await one.talkTo(other)]);
      expect(ids.size).toBe(1);
      for (const id of ids) opened.add(id);
    });
    await Promise.all(pairs);
  }
  const count = (people * (people - 1)) / 2;
  expect(opened.size).toBe(count);
  const { rows } = await server.nodes[0].app.database.pool.query(
    "SELECT (SELECT count(*) FROM conversations)::int AS conversations, (SELECT count(*) FROM events WHERE type = 'conversation.created')::int AS events",
  );
  expect(rows[0]).toEqual({ conversations: count, events: count });
}
