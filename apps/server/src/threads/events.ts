import type { Thread } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';
import type { Place } from '../messages/find-visible.ts';

const updated: Hydrator<'thread.updated'> = async (_, rows: { refs: Place & { thread: Thread } }[]) =>
  rows.map(({ refs }) => ({ type: 'thread.updated', ...refs }));

export const threadEvents = { 'thread.updated': updated };
