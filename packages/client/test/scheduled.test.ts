import type { Scheduled } from '@parley/contract';
import { expect, test } from 'vitest';
import { applyEvent } from '../src/sync/apply-event.ts';
import { scheduledOf } from '../src/sync/scheduled.ts';
import { emptyState, takeBootstrap } from '../src/sync/state.ts';
import { Model } from './model.ts';

const AT = '2026-11-23T10:00:00.000Z';

const message = (id: string, conversationId: string, hour: number): Scheduled => ({
  id,
  conversationId,
  text: 'later',
  sendAt: `2026-11-24T1${hour}:00:00.000Z`,
  createdAt: AT,
  updatedAt: AT,
});

test('what is scheduled comes in the order in which it will be sent, and goes when it is', () => {
  const [tea, coffee, cake] = [message('c', 'one', 2), message('a', 'two', 1), message('b', 'one', 1)];
  const before = takeBootstrap(emptyState, { ...new Model().snapshot(), scheduled: [tea] });
  expect(scheduledOf(before)).toEqual([tea]);
  const more = [coffee, cake].reduce(
    (state, scheduled) => applyEvent(state, { type: 'scheduled.updated', scheduled }),
    before,
  );
  expect(scheduledOf(more)).toEqual([coffee, cake, tea]);
  expect(scheduledOf(more, 'one')).toEqual([cake, tea]);
  const failed: Scheduled = { ...cake, failure: 'PERSON_BLOCKED' };
  const told = applyEvent(more, { type: 'scheduled.updated', scheduled: failed });
  expect(scheduledOf(told, 'one')).toEqual([failed, tea]);
  const sent = applyEvent(told, { type: 'scheduled.removed', id: 'c', sentSeq: 7 });
  expect(scheduledOf(sent, 'one')).toEqual([failed]);
  expect(applyEvent(sent, { type: 'scheduled.removed', id: 'c', sentSeq: 7 })).toBe(sent);
});

test('before it is loaded, nothing is known of it', () => {
  const scheduled = message('a', 'one', 1);
  expect(applyEvent(emptyState, { type: 'scheduled.updated', scheduled })).toBe(emptyState);
  expect(scheduledOf(emptyState)).toEqual([]);
});
