import type { PublicUser, Receipt } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { shownDeliveredSeq, shownJoinedSeq, trueDeliveredSeq } from '../conversations/member-marks.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { findVisible, type Place } from './find-visible.ts';

/** How far a message has come with those who see it, and with how many. */
export interface Readers extends Record<Receipt, number> {
  members: { user: PublicUser; status: Receipt }[];
  /** What the next page comes `after`; null behind the last. */
  next: string | null;
}

/**
 * How far a message that the caller sees has come with each other member who sees it, but for its sender, as each of
 * them is shown to the caller.
 */
export async function messageReaders(
  ctx: SignedIn,
  { limit, after, ...place }: Place & { limit: number; after?: string | undefined },
): Promise<Readers> {
  const { pool, prisma } = ctx.app.database;
  const { userId } = ctx.session;
  const { conversationId, seq, senderId } = await findVisible(prisma, userId, place);
  const values = [conversationId, seq, senderId, userId, after ?? null, limit + 1];
  const { rows } = await pool.query<Omit<Readers, 'next'>>({ name: 'readers', text: READERS, values });
  const { members, ...counts } = rows[0]!;
  const page = members.slice(0, limit);
  return { ...counts, members: page, next: members.length > limit ? page.at(-1)!.user.id : null };
}

const READERS = `
  WITH receipts AS (
    SELECT r.user_id, CASE WHEN r.read_seq >= $2 THEN 'read' WHEN r.delivered_seq >= $2 THEN 'delivered' ELSE 'sent' END AS status
    FROM (
      SELECT m.user_id, CASE WHEN m.user_id = $4 THEN m.read_seq ELSE m.shown_read_seq END AS read_seq,
             CASE WHEN m.user_id = $4 THEN ${trueDeliveredSeq('m')} ELSE ${shownDeliveredSeq('m')} END AS delivered_seq
      FROM members m
      WHERE m.conversation_id = $1 AND m.user_id <> $3 AND ${shownJoinedSeq('m')} < $2
    ) r
  )
  SELECT count(*) FILTER (WHERE status = 'read')::int AS read,
         count(*) FILTER (WHERE status = 'delivered')::int AS delivered,
         count(*) FILTER (WHERE status = 'sent')::int AS sent,
         (SELECT coalesce(json_agg(json_build_object('user', ${PUBLIC_USER_JSON}, 'status', page.status) ORDER BY u.id), '[]')
          FROM (SELECT * FROM receipts WHERE $5::uuid IS NULL OR user_id > $5 ORDER BY user_id LIMIT $6) page
          JOIN users u ON u.id = page.user_id) AS members
  FROM receipts`;
