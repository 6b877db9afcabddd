import type { ChatEvent } from '@parley/contract';
import { expect } from 'vitest';
import { applyEvent } from '../../../packages/client/src/sync/apply-event.ts';
import { type ChatState, emptyState, takeBootstrap } from '../../../packages/client/src/sync/state.ts';
import type { Person } from './people.ts';
import type { Subscription } from './subscription.ts';

/**
 * Proves that what the client keeps stays what the server has: for each of these people, the state before plus
 * the events of the action, through the shipped reducer, is what a fresh start gives. The events are taken
 * live and by a resume, which must be the same. Every mutation has such a test.
 */
export async function verifyAction<Result>(people: Person[], action: () => Promise<Result>): Promise<Result> {
  const watched = await Promise.all(
    people.map(async (person) => {
      const before = await person.api.sync.bootstrap.query();
      return { person, before, live: await person.subscribe({ cursor: before.cursor }) };
    }),
  );
  const result = await action();
  for (const { person, before, live } of watched) {
    const after = await person.api.sync.bootstrap.query();
    const resumed = await resumeUntil(person, before.cursor, positionOf(after.cursor));
    await live.when(() => live.events.length >= resumed.events.length);
    expect(live.events).toEqual(resumed.events);
    const folded = fold(takeBootstrap(emptyState, before), live.events);
    expect(folded, 'applying again changes nothing').toEqual(fold(folded, live.events));
    expect(shown(folded)).toEqual(shown(takeBootstrap(emptyState, after)));
    await verifyTimelines(person, folded);
    live.close();
    resumed.close();
  }
  return result;
}

const fold = (state: ChatState, events: ChatEvent[]): ChatState => events.reduce(applyEvent, state);

const positionOf = (cursor: string): number => Number(cursor.split('.')[1]);

/** Resumes from a cursor, once the node has applied the log up to a position. */
async function resumeUntil(person: Person, cursor: string, position: number): Promise<Subscription> {
  for (;;) {
    const resumed = await person.subscribe({ cursor });
    if (positionOf(resumed.cursor) >= position) return resumed;
    resumed.close();
  }
}

/** What a person is shown at first sight: all but what is loaded on demand. */
export const shown = ({
  me,
  conversations,
  friends,
  friendRequests,
  contacts,
  blocks,
  scheduled,
  stories,
}: ChatState) => ({
  me,
  friends,
  friendRequests,
  contacts,
  blocks,
  scheduled,
  stories,
  conversations: Object.fromEntries(
    Object.entries(conversations ?? {}).map(([id, { members: _, timeline: __, ...view }]) => [id, view]),
  ),
});

/** Every message of the ranges that the state claims to know. */
export async function verifyTimelines(person: Person, state: ChatState): Promise<void> {
  for (const { id, timeline } of Object.values(state.conversations ?? {})) {
    const { from, to, messages } = timeline;
    if (from > to) continue;
    const page = await person.api.messages.list.query({ conversationId: id, after: from - 1, limit: 100 });
    expect(messages).toEqual(page.messages.filter(({ seq }) => seq <= to));
  }
}
