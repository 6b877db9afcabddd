import type { ChatEvent } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';

type Told<Type extends ChatEvent['type']> = Omit<Extract<ChatEvent, { type: Type }>, 'type'>;

const added: Hydrator<'reaction.added'> = async (_, rows: { refs: Told<'reaction.added'> }[]) =>
  rows.map(({ refs }) => ({ type: 'reaction.added', ...refs }));

const removed: Hydrator<'reaction.removed'> = async (_, rows: { refs: Told<'reaction.removed'> }[]) =>
  rows.map(({ refs }) => ({ type: 'reaction.removed', ...refs }));

export const reactionEvents = { 'reaction.added': added, 'reaction.removed': removed };
