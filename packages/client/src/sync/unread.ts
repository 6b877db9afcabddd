import type { SeqRange } from '@parley/contract';
import { mentionsBehind } from './mentions.ts';
import { rangesBehind } from './skipped.ts';

interface Unread {
  skipped: SeqRange[];
  mentions: number[];
}

/** What is still unread behind a mark: the seqs of it that do not count, and those that call this person. */
export const unreadBehind = ({ skipped, mentions }: Unread, mark: number): Unread => ({
  skipped: rangesBehind(skipped, mark),
  mentions: mentionsBehind(mentions, mark),
});
