/** The newest message of a thread that was not withheld from somebody: both as SQL. */
export const newestReply = (threadId: string, me: string): string =>
  `SELECT r.seq, r.created_at FROM messages r
   WHERE r.conversation_id = ${threadId} AND (NOT r.withheld OR r.sender_id = ${me}) ORDER BY r.seq DESC LIMIT 1`;
