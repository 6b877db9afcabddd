import type { ChatEvent } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';

/** What `session.ended` keeps in the log: all that it says. */
export type SessionEndedRefs = Omit<Extract<ChatEvent, { type: 'session.ended' }>, 'type'>;

const ended: Hydrator<'session.ended'> = async (_, rows: { topic: string; refs: SessionEndedRefs }[]) =>
  rows.map(({ refs }) => ({ type: 'session.ended', ...refs }));

export const sessionEvents = { 'session.ended': ended };
