/** How far a member is, as SQL; `member` is the row. What they have read has come to them. */
export const trueDeliveredSeq = (member: string): string =>
  `greatest(${member}.delivered_seq, ${member}.read_seq)`;

/** The same as others see it. */
export const shownDeliveredSeq = (member: string): string =>
  `greatest(${member}.shown_delivered_seq, ${member}.shown_read_seq)`;

/** A member's `joinedSeq` as others see it, who are not told that it has moved. */
export const shownJoinedSeq = (member: string): string =>
  `coalesce(${member}.shown_joined_seq, ${member}.joined_seq)`;
