import type { PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { isoOf } from '../database/iso.ts';
import { findStanding, type Place } from '../messages/find-visible.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';

/** One person's reaction. */
export interface Reacted {
  user: PublicUser;
  emoji: string;
  at: string;
}

/** Where a page ends: when, who, and in what way; one person may do so in several at a time. */
export const reactionPlace = /^\d{1,13}\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.[^\p{Cc}\s]{1,64}$/u;

/** Who has reacted to a message, and how; the oldest first. */
export async function listReactions(
  ctx: SignedIn,
  input: Place & { emoji?: string | undefined; limit: number; after?: string | undefined },
): Promise<{ reactions: Reacted[]; next: string | null }> {
  const { prisma, pool } = ctx.app.database;
  const { userId } = ctx.session;
  const { conversationId, seq, emoji = null, limit, after } = input;
  await findStanding(prisma, userId, { conversationId, seq });
  const [at = null, who = null, how = null] = after?.split('.') ?? [];
  const since = at && new Date(Number(at));
  const values = [userId, conversationId, seq, emoji, since, who, how, limit + 1];
  const { rows } = await pool.query<Reacted>({ name: 'reactions_page', text: PAGE, values });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const next = last ? `${Date.parse(last.at)}.${last.user.id}.${last.emoji}` : null;
  return { reactions: page, next };
}

const PAGE = `
  SELECT ${PUBLIC_USER_JSON} AS "user", r.emoji, ${isoOf('r.created_at')} AS at
  FROM reactions r JOIN users u ON u.id = r.user_id
  WHERE r.conversation_id = $2 AND r.seq = $3 AND (NOT r.withheld OR r.user_id = $1)
    AND ($4::text IS NULL OR r.emoji = $4)
    AND ($5::timestamptz IS NULL OR (r.created_at, r.user_id, r.emoji) > ($5, $6::uuid, $7::text))
  ORDER BY r.created_at, r.user_id, r.emoji
  LIMIT $8`;
