import type { ChatEvent, Message } from '@parley/contract';

type Change = Extract<ChatEvent, { type: 'reaction.added' | 'reaction.removed' }>;

/**
 * A message after a reaction to it has come or gone. The first of its kind stands behind all others, also when it is
 * told again; `me` is who reads it.
 */
export function changeReaction(message: Message, change: Change, me: string | undefined): Message {
  if (message.deletedAt) return message;
  const { type, userId, emoji, count } = change;
  const before = message.reactions ?? [];
  const known = before.find((reaction) => reaction.emoji === emoji);
  const isMine = userId === me ? type === 'reaction.added' : (known?.isMine ?? false);
  const others = before.filter((reaction) => reaction !== known);
  const next = { emoji, count, isMine };
  if (count === 0) return withReactions(message, others);
  if (!known || (type === 'reaction.added' && count === 1)) return withReactions(message, [...others, next]);
  return withReactions(
    message,
    before.map((reaction) => (reaction === known ? next : reaction)),
  );
}

/** A message as everybody is told of it, with the reactions that are known of it: those are told of by themselves. */
export const keepReactions = (message: Message, known: Message | null | undefined): Message =>
  message.deletedAt || !known?.reactions ? message : withReactions(message, known.reactions);

function withReactions(message: Message, reactions: NonNullable<Message['reactions']>): Message {
  const { reactions: _, ...rest } = message;
  return reactions.length > 0 ? { ...rest, reactions } : rest;
}
