import type { Database } from '../database/database.ts';
import { appendAll } from '../events/append.ts';

/** The conversations that somebody is in, and the groups that they were in before. */
export interface Whereabouts {
  directs: string[];
  groups: string[];
  former: string[];
}

export async function whereabouts({ prisma }: Database, userId: string): Promise<Whereabouts> {
  const memberships = await prisma.member.findMany({ where: { userId }, select: { conversationId: true } });
  const ids = memberships.map(({ conversationId }) => conversationId);
  const present = await prisma.conversation.findMany({
    where: { id: { in: ids } },
    select: { id: true, kind: true },
  });
  const before = await prisma.formerMember.findMany({ where: { userId, conversationId: { notIn: ids } } });
  const ofKind = (wanted: string) => present.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  return {
    directs: ofKind('direct'),
    groups: ofKind('group'),
    former: before.map(({ conversationId }) => conversationId),
  };
}

/** Events of one transaction. */
const BATCH = 100;

/** Tells conversations that the profile of somebody in them has changed. */
export async function tellOfUser(database: Database, userId: string, conversations: string[]): Promise<void> {
  for (let start = 0; start < conversations.length; start += BATCH)
    await database.transaction((tx) =>
      appendAll(
        tx,
        conversations
          .slice(start, start + BATCH)
          .map((topic) => ({ topic, type: 'user.updated', refs: { userId } })),
      ),
    );
}
