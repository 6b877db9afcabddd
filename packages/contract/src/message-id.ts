/**
 * The id of what somebody sends under a key: the key, with the sender mixed into its last group. Both sides know
 * it before the message is stored: the same key is the same message, so the primary key finds a retry, and one
 * person's keys are not another's. Both arguments are UUIDs in lower case.
 */
export function messageId(senderId: string, clientMessageId: string): string {
  return (
    clientMessageId.slice(0, 24) + mixed(senderId, clientMessageId, 24) + mixed(senderId, clientMessageId, 30)
  );
}

/** The key under which its sender sent a message. */
export const clientMessageIdOf = ({ id, senderId }: { id: string; senderId: string }): string =>
  // Mixed in twice, the sender is out again.
  messageId(senderId, id);

/** Six hexadecimal digits, from this place on, of both: exclusive or. */
const mixed = (a: string, b: string, at: number): string =>
  (Number.parseInt(a.slice(at, at + 6), 16) ^ Number.parseInt(b.slice(at, at + 6), 16))
    .toString(16)
    .padStart(6, '0');
