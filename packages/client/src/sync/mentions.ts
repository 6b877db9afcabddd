import { LIMITS, type Message } from '@parley/contract';
import { includesSeq } from './skipped.ts';
import type { ConversationState } from './state.ts';

/** What of these seqs lies behind a mark. */
export const mentionsBehind = (mentions: number[], mark: number): number[] =>
  mentions.every((seq) => seq > mark) ? mentions : mentions.filter((seq) => seq > mark);

export const mentionsWithout = (mentions: number[], seqs: readonly number[]): number[] =>
  mentions.some((seq) => seqs.includes(seq)) ? mentions.filter((seq) => !seqs.includes(seq)) : mentions;

/** Those of a conversation with a message as it is now: whether it calls this person, and is to be read by them. */
export function mentionsWith(
  { mentions, me, lastSeq, skipped }: ConversationState,
  message: Message,
  userId: string | undefined,
): number[] {
  const { seq } = message;
  const isTheirs = seq > me.readSeq && seq <= lastSeq && !includesSeq(skipped, seq);
  if (!isTheirs || !isCalled(message, userId)) return mentionsWithout(mentions, [seq]);
  if (mentions.includes(seq)) return mentions;
  return [...mentions, seq].sort((a, b) => a - b).slice(-LIMITS.mentionsShown);
}

const isCalled = ({ senderId, mentions, deletedAt }: Message, userId: string | undefined): boolean =>
  userId !== undefined &&
  senderId !== userId &&
  !deletedAt &&
  (mentions?.everyone === true || mentions?.userIds.includes(userId) === true);
