import type { Message, OutgoingMessage } from '@parley/client';

/** One line of the list, which stands on its head: the newest comes first. */
export type Line =
  | { kind: 'message'; key: string; message: Message; isFirstOfDay: boolean }
  | { kind: 'sending'; key: string; item: OutgoingMessage };

export function linesOf(messages: readonly Message[], sending: readonly OutgoingMessage[]): Line[] {
  const sent = messages.map((message, index): Line => {
    const before = messages[index - 1];
    const isFirstOfDay = before === undefined || dayOf(before) !== dayOf(message);
    return { kind: 'message', key: `message ${message.seq}`, message, isFirstOfDay };
  });
  const waiting = sending.map((item): Line => ({ kind: 'sending', key: item.clientMessageId, item }));
  return [...sent, ...waiting].reverse();
}

const dayOf = ({ createdAt }: Message): string => new Date(createdAt).toDateString();
