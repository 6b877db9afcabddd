import type { Member, PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { atOneMoment } from '../database/snapshot.ts';
import { ParleyError } from '../error.ts';
import type { Cursor } from '../events/cursor.ts';
import { readHead } from '../events/read-log.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';
import { shownDeliveredSeq, shownJoinedSeq, trueDeliveredSeq } from './member-marks.ts';

export interface MembersPage {
  members: Member[];
  /** What the next page comes `after`; null behind the last. */
  next: string | null;
  cursor: Cursor;
}

/** Where a page ends: who is first of all, and up to when and whom of the others the page goes. */
export const memberPlace = placePattern('[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}');

function placePattern(id: string): RegExp {
  return new RegExp(`^${id}(?:\\.\\d{1,13}\\.${id})?$`);
}

/**
 * The members of one of the caller's conversations, and the cursor of the moment they were read. First the owner, then
 * all others as they came: an order that nothing changes for somebody who stays, so that whoever is there from the first
 * page to the last is on one of them. Who was the owner at the first page is first in all of them.
 */
export function listMembers(
  ctx: SignedIn,
  { conversationId, limit, after }: { conversationId: string; limit: number; after?: string | undefined },
): Promise<MembersPage> {
  const { userId } = ctx.session;
  const [first = null, joinedAt = null, lastId = null] = after?.split('.') ?? [];
  return atOneMoment(ctx.app.database, async (client) => {
    const me = await client.query({ name: 'is_member', text: IS_MEMBER, values: [conversationId, userId] });
    if (me.rowCount === 0) throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    const values = [conversationId, userId, first, joinedAt && new Date(Number(joinedAt)), lastId, limit + 1];
    const { rows } = await client.query<MemberRow>({ name: 'members_page', text: PAGE, values });
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? placeOf(page, first) : null;
    return { members: page.map(toMember), next, cursor: ctx.app.log.cursor(await readHead(client)) };
  });
}

/** A first page of one has nobody but the owner, who comes before everybody. */
function placeOf(page: MemberRow[], first: string | null): string {
  const last = page.at(-1)!;
  const leader = first ?? page[0]!.user.id;
  return last.user.id === leader ? leader : `${leader}.${last.joined_at.getTime()}.${last.user.id}`;
}

interface MemberRow {
  user: PublicUser;
  role: Member['role'];
  joined_at: Date;
  joined_seq: number;
  read_seq: number;
  delivered_seq: number;
}

const toMember = (row: MemberRow): Member => ({
  user: row.user,
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
  joinedSeq: row.joined_seq,
  readSeq: row.read_seq,
  deliveredSeq: row.delivered_seq,
});

const IS_MEMBER = 'SELECT FROM members WHERE conversation_id = $1 AND user_id = $2 AND NOT hidden';

const PAGE = `
  SELECT ${PUBLIC_USER_JSON} AS "user", m.role, m.joined_at,
         CASE WHEN u.id = $2 THEN m.joined_seq ELSE ${shownJoinedSeq('m')} END AS joined_seq,
         CASE WHEN u.id = $2 THEN m.read_seq ELSE m.shown_read_seq END AS read_seq,
         CASE WHEN u.id = $2 THEN ${trueDeliveredSeq('m')} ELSE ${shownDeliveredSeq('m')} END AS delivered_seq
  FROM (
    SELECT *, $3::uuid IS NULL AND role = 'owner' AS is_first FROM members
    WHERE conversation_id = $1 AND ($3 IS NULL OR user_id <> $3)
      AND ($4::timestamptz IS NULL OR (joined_at, user_id) > ($4, $5::uuid))
    ORDER BY is_first DESC, joined_at, user_id
    LIMIT $6
  ) m JOIN users u ON u.id = m.user_id
  ORDER BY m.is_first DESC, m.joined_at, m.user_id`;
