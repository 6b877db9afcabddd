import type { Message, OutgoingMessage } from '@parley/client';
import { dayOf } from '../conversations/time.ts';

/** One line of the list. Its key is its message's: what stands above it comes and goes as older ones are loaded. */
export type Line =
  | {
      kind: 'message';
      key: string;
      message: Message;
      /** The day, on the first of it. */
      day: string | undefined;
      /** The first that was not read when the conversation was opened. */
      isNew: boolean;
      /** The first of several by one person. */
      isFirst: boolean;
    }
  | { kind: 'sending'; key: string; item: OutgoingMessage };

/** Within this time messages of one person stand together. */
const TOGETHER_MS = 5 * 60_000;

/** The messages, with what stands above some of them, and what is on its way at the end. */
export function linesOf(
  messages: readonly Message[],
  sending: readonly OutgoingMessage[],
  firstNew: number | undefined,
): Line[] {
  let dayEnds = Number.NEGATIVE_INFINITY;
  const lines: Line[] = messages.map((message, index) => {
    const before = messages[index - 1];
    const at = Date.parse(message.createdAt);
    const isSameDay = before !== undefined && at < dayEnds;
    if (!isSameDay) dayEnds = endOfDay(at);
    const isNew = firstNew !== undefined && message.seq >= firstNew && (before?.seq ?? 0) < firstNew;
    return {
      kind: 'message',
      key: `message ${message.seq}`,
      message,
      day: isSameDay ? undefined : dayOf(message.createdAt),
      isNew,
      isFirst: isNew || !isSameDay || !standTogether(before, message),
    };
  });
  return [
    ...lines,
    ...sending.map((item) => ({ kind: 'sending', key: item.clientMessageId, item }) as const),
  ];
}

const endOfDay = (at: number): number => new Date(at).setHours(24, 0, 0, 0);

const standTogether = (a: Message, b: Message): boolean =>
  a.senderId === b.senderId && Date.parse(b.createdAt) - Date.parse(a.createdAt) < TOGETHER_MS;

/** The message with this seq, if it is among them. */
export function findMessage(messages: readonly Message[], seq: number | undefined): Message | undefined {
  let [from, to] = [0, messages.length - 1];
  while (seq !== undefined && from <= to) {
    const middle = (from + to) >> 1;
    const message = messages[middle]!;
    if (message.seq === seq) return message;
    if (message.seq < seq) from = middle + 1;
    else to = middle - 1;
  }
  return undefined;
}
