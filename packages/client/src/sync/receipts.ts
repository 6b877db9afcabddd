import type { Member, Message, Receipt } from '@parley/contract';

type Marks = Pick<Member, 'readSeq' | 'deliveredSeq'>;

/**
 * How far a message has come with a member of its conversation: read by them, come to one of their devices, or neither
 * as far as it is known. Of its own sender, who has read it, it says nothing of use.
 */
export function receiptOf(member: Marks, { seq }: Pick<Message, 'seq'>): Receipt {
  if (member.readSeq >= seq) return 'read';
  return member.deliveredSeq >= seq ? 'delivered' : 'sent';
}

/** An entry with its marks where they are furthest; itself, if they are. What was read has come. */
export function advance<Entry extends Marks>(entry: Entry, marks: Partial<Marks> | null | undefined): Entry {
  const readSeq = Math.max(entry.readSeq, marks?.readSeq ?? 0);
  const deliveredSeq = Math.max(entry.deliveredSeq, marks?.deliveredSeq ?? 0, readSeq);
  const same = readSeq === entry.readSeq && deliveredSeq === entry.deliveredSeq;
  return same ? entry : { ...entry, readSeq, deliveredSeq };
}
