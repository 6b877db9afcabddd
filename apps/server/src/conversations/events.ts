import type { Conversation, Member } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import { messagesReadAt } from '../messages/events.ts';
import { loadPublicUsers } from '../users/public-user.ts';
import { toSettings } from './settings.ts';

/** A member as the log keeps them: the person by reference. */
export type MemberRefs = Omit<Member, 'user'> & { userId: string };

/** Who comes into which conversation, and by whom. */
export interface Arrival {
  actorId: string;
  conversation: Conversation;
  members: MemberRefs[];
}

/** What `conversation.created` and `member.added` keep in the log. */
interface ArrivalRefs extends Arrival {
  /** Where the newest message is, if it goes with the event. */
  lastMessageSeq?: number | null;
}

type Rows<Refs> = { topic: string; refs: Refs }[];

/** Members with their profiles; whoever's account is gone is left out. */
async function withUsers(database: Database, rows: Rows<ArrivalRefs>) {
  const ids = rows.flatMap(({ refs }) => refs.members.map(({ userId }) => userId));
  const users = await loadPublicUsers(database, ids);
  return rows.map(({ refs: { actorId, conversation, members } }) => ({
    actorId,
    conversation,
    members: members.flatMap(({ userId, ...member }): Member[] => {
      const user = users.get(userId);
      return user ? [{ user, ...member }] : [];
    }),
  }));
}

const created: Hydrator<'conversation.created'> = async (database, rows) =>
  (await withUsers(database, rows)).map((event) => ({ type: 'conversation.created', ...event }));

const added: Hydrator<'member.added'> = async (database, rows: Rows<ArrivalRefs>) => {
  const places = rows.map(({ topic, refs }) => ({
    userId: null,
    conversationId: topic,
    seq: refs.lastMessageSeq ?? 0,
  }));
  const [arrivals, messages] = await Promise.all([
    withUsers(database, rows),
    messagesReadAt(database, places),
  ]);
  return arrivals.map((event, index) => ({
    type: 'member.added',
    ...event,
    lastMessage: messages[index]!,
  }));
};

const changed: Hydrator<'conversation.updated'> = async (
  _,
  rows: Rows<{ actorId: string; conversation: Conversation }>,
) => rows.map(({ refs }) => ({ type: 'conversation.updated', ...refs }));

const deleted: Hydrator<'conversation.deleted'> = async (_, rows: Rows<{ actorId: string }>) =>
  rows.map(({ topic, refs }) => ({ type: 'conversation.deleted', conversationId: topic, ...refs }));

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

/** As it is kept when it is told: some of it ends with what is said and read in the conversation, too. */
const configured: Hydrator<'membership.updated'> = async (
  { prisma },
  rows: Rows<{ conversationId: string; joinedAt: string }>,
) => {
  const asked = rows.map(({ topic, refs }) => ({ userId: topic, ...refs }));
  const members = await prisma.member.findMany({ where: { OR: asked } });
  const kept = new Map(members.map((member) => [`${member.userId} ${member.conversationId}`, member]));
  return asked.map(({ userId, conversationId, joinedAt }) => {
    const member = kept.get(`${userId} ${conversationId}`);
    return member
      ? { type: 'membership.updated', conversationId, joinedAt, settings: toSettings(member) }
      : null;
  });
};

const cleared: Hydrator<'conversation.cleared'> = async (
  _,
  rows: Rows<{ conversationId: string; joinedAt: string; seq: number }>,
) => rows.map(({ refs }) => ({ type: 'conversation.cleared', ...refs }));

export const conversationEvents = {
  'conversation.created': created,
  'conversation.updated': changed,
  'conversation.deleted': deleted,
  'member.added': added,
  'member.removed': removed,
  'member.left': left,
  'member.roleChanged': roleChanged,
  'membership.updated': configured,
  'conversation.cleared': cleared,
};
