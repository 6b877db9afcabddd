import type { Database } from '../database/database.ts';

/** The conversations that somebody is in, and the groups and threads that they were in before. */
export interface Whereabouts {
  directs: string[];
  groups: string[];
  threads: string[];
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
    threads: ofKind('thread'),
    former: before.map(({ conversationId }) => conversationId),
  };
}
