import type { Message, Thread } from '@parley/contract';

/** A message that is told once more, with the thread that is known of it: the events of a message leave it out. */
export const keepThread = (told: Message, known: Message | null | undefined): Message =>
  known?.thread && !told.thread && !told.deletedAt ? { ...told, thread: known.thread } : told;

/** A message with the thread about it as it was told. It only grows, and a deleted message shows none. */
export const changeThread = (known: Message, thread: Thread): Message =>
  known.deletedAt || (known.thread && known.thread.replies > thread.replies) ? known : { ...known, thread };
