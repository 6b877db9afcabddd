import type { ChatEvent } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';

/** What `session.ended` keeps in the log: all that it says. */
export type SessionEndedRefs = Omit<Extract<ChatEvent, { type: 'session.ended' }>, 'type'>;

const ended: Hydrator<'session.ended'> = async (_, rows: { topic: string; refs: SessionEndedRefs }[]) =>
  rows.map(({ refs }) => ({ type: 'session.ended', ...refs }));

/** What `session.started` keeps in the log: all that it says. */
export type SessionStartedRefs = Omit<Extract<ChatEvent, { type: 'session.started' }>, 'type'>;

const started: Hydrator<'session.started'> = async (_, rows: { topic: string; refs: SessionStartedRefs }[]) =>
  rows.map(({ refs }) => ({ type: 'session.started', ...refs }));

export const sessionEvents = { 'session.started': started, 'session.ended': ended };
