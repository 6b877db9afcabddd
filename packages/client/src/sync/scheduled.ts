import type { Scheduled } from '@parley/contract';

/** What this person has scheduled, by the id that the message will have; undefined while not loaded. */
export interface Schedule {
  readonly scheduled: Readonly<Record<string, Scheduled>> | undefined;
}

export const takeScheduled = (list: Scheduled[]): Record<string, Scheduled> =>
  Object.fromEntries(list.map((one) => [one.id, one]));

/** A message that is scheduled, in place of what was known of it. */
export const putScheduled = <State extends Schedule>(state: State, scheduled: Scheduled): State =>
  state.scheduled ? { ...state, scheduled: { ...state.scheduled, [scheduled.id]: scheduled } } : state;

export function dropScheduled<State extends Schedule>(state: State, id: string): State {
  const { [id]: dropped, ...others } = state.scheduled ?? {};
  return dropped ? { ...state, scheduled: others } : state;
}

/** What is scheduled, the next one first; with a conversation, what is for it. Those that could not be sent are among them. */
export const scheduledOf = ({ scheduled = {} }: Schedule, conversationId?: string): Scheduled[] =>
  Object.values(scheduled)
    .filter((one) => conversationId === undefined || one.conversationId === conversationId)
    .sort((a, b) => (a.sendAt + a.id < b.sendAt + b.id ? -1 : 1));
