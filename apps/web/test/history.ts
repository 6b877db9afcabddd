import { runSql } from '../../server/test/database.ts';

/** Fills a conversation with so many lines of its people, some longer than others, all of them read. */
export async function fillHistory(
  databaseUrl: string,
  { conversationId, senders, size }: { conversationId: string; senders: string[]; size: number },
): Promise<void> {
  await runSql(
    databaseUrl,
    `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
     SELECT gen_random_uuid(), '${conversationId}', n, (ARRAY['${senders.join("','")}']::uuid[])[1 + (n / 3) % 2], '',
       'Line ' || n || repeat(' and so on', n % 23), now() - (${size} - n) * interval '1 minute'
     FROM generate_series(1, ${size}) n;
     UPDATE conversations SET last_seq = ${size}, last_activity_at = now() WHERE id = '${conversationId}';
     UPDATE members SET read_seq = ${size} WHERE conversation_id = '${conversationId}';
     ANALYZE messages, conversations, members;`,
  );
}
