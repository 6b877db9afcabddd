import type { ConversationView, Member, PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { atOneMoment } from '../database/snapshot.ts';
import { ParleyError } from '../error.ts';
import type { Cursor } from '../events/cursor.ts';
import { readHead } from '../events/read-log.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { loadViews } from './view.ts';

/** One conversation of the caller, and the cursor of the moment it was read. */
export function getConversation(
  ctx: SignedIn,
  input: { conversationId: string },
): Promise<{ conversation: ConversationView; cursor: Cursor }> {
  return atOneMoment(ctx.app.database, async (client) => {
    const [conversation] = await loadViews(client, ctx.session.userId, { ids: [input.conversationId] });
    if (!conversation) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    return { conversation, cursor: ctx.app.log.cursor(await readHead(client)) };
  });
}

/** Everybody in one of the caller's conversations, the owner first, and the cursor of the moment it was read. */
export function listMembers(
  ctx: SignedIn,
  input: { conversationId: string },
): Promise<{ members: Member[]; cursor: Cursor }> {
  return atOneMoment(ctx.app.database, async (client) => {
    const { rows } = await client.query<MemberRow>({
      name: 'conversation_members',
      text: MEMBERS,
      values: [input.conversationId, ctx.session.userId],
    });
    if (rows.length === 0) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    const members = rows.map(
      (row): Member => ({
        user: row.user,
        role: row.role,
        joinedAt: row.joined_at.toISOString(),
        joinedSeq: row.joined_seq,
        readSeq: row.read_seq,
      }),
    );
    return { members, cursor: ctx.app.log.cursor(await readHead(client)) };
  });
}

interface MemberRow {
  user: PublicUser;
  role: Member['role'];
  joined_at: Date;
  joined_seq: number;
  read_seq: number;
}

const MEMBERS = `
  SELECT ${PUBLIC_USER_JSON} AS "user", m.role, m.joined_at, m.joined_seq,
         CASE WHEN u.id = $2 THEN m.read_seq ELSE m.shown_read_seq END AS read_seq
  FROM members m JOIN users u ON u.id = m.user_id
  WHERE m.conversation_id = $1
    AND EXISTS (SELECT FROM members me WHERE me.conversation_id = $1 AND me.user_id = $2 AND NOT me.hidden)
  ORDER BY m.role, m.joined_at, u.id`;
