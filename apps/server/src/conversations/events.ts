import type { Conversation, Member } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import { loadPublicUsers } from '../users/public-user.ts';

/** A member as the log keeps them: the person by reference. */
export type MemberRefs = Omit<Member, 'user'> & { userId: string };

/** What `conversation.created` and `member.added` keep in the log. */
export interface ArrivalRefs {
  actorId: string;
  conversation: Conversation;
  members: MemberRefs[];
}

type Rows<Refs> = { topic: string; refs: Refs }[];

/** Members with their profiles; whoever's account is gone is left out. */
async function withUsers(database: Database, rows: Rows<ArrivalRefs>) {
  const ids = rows.flatMap(({ refs }) => refs.members.map(({ userId }) => userId));
  const users = await loadPublicUsers(database, ids);
  return rows.map(({ refs }) => ({
    ...refs,
    members: refs.members.flatMap(({ userId, ...member }): Member[] => {
      const user = users.get(userId);
      return user ? [{ user, ...member }] : [];
    }),
  }));
}

const created: Hydrator<'conversation.created'> = async (database, rows) =>
  (await withUsers(database, rows)).map((event) => ({ type: 'conversation.created', ...event }));

const added: Hydrator<'member.added'> = async (database, rows) =>
  (await withUsers(database, rows)).map((event) => ({ type: 'member.added', ...event }));

const removed: Hydrator<'member.removed'> = async (
  _,
  rows: Rows<{ actorId: string; userId: string; memberCount: number }>,
) => rows.map(({ topic, refs }) => ({ type: 'member.removed', conversationId: topic, ...refs }));

const left: Hydrator<'member.left'> = async (_, rows: Rows<{ userId: string; memberCount: number }>) =>
  rows.map(({ topic, refs }) => ({ type: 'member.left', conversationId: topic, ...refs }));

const roleChanged: Hydrator<'member.roleChanged'> = async (
  _,
  rows: Rows<{ userId: string; role: Member['role'] }>,
) => rows.map(({ topic, refs }) => ({ type: 'member.roleChanged', conversationId: topic, ...refs }));

export const conversationEvents = {
  'conversation.created': created,
  'member.added': added,
  'member.removed': removed,
  'member.left': left,
  'member.roleChanged': roleChanged,
};
