import type { Hydrator } from '../events/hydrate.ts';

const trimmed: Hydrator<'conversation.trimmed'> = async (
  _,
  rows: { topic: string; refs: { seq: number } }[],
) => rows.map(({ topic, refs }) => ({ type: 'conversation.trimmed', conversationId: topic, ...refs }));

export const retentionEvents = { 'conversation.trimmed': trimmed };
