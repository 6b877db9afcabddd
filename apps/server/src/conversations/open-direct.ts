import type { ConversationView } from '@parley/contract';
import type { Acting, SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { refuseUnwanted } from '../people/relations.ts';
import { lockPeople } from '../users/lock.ts';
import { bringIn, newcomer, toConversation } from './bring-in.ts';
import { directKey } from './direct-key.ts';
import { getConversation } from './get.ts';
import { revealDirect } from './reveal-direct.ts';
import { silenceDirect } from './silence-direct.ts';

/** The conversation of the caller and another person, who has not deleted their account. */
export async function openDirect(ctx: SignedIn, input: { userId: string }): Promise<ConversationView> {
  const { id: conversationId, isLeft } = await directWith(ctx, input.userId);
  if (isLeft) throw new ParleyError('NOT_FOUND', { what: 'user' });
  return (await getConversation(ctx, { conversationId })).conversation;
}

/** The conversation of the caller and another person: the one they have, also when the other one has gone, or a new one. */
export async function directWith(ctx: Acting, userId: string): Promise<{ id: string; isLeft: boolean }> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  if (userId === me) throw new ParleyError('NOT_YOURSELF');
  const shown = await findShown(database.prisma, me, userId);
  if (shown) return shown;
  const id = await database.transaction((tx) => begin(tx, me, userId, clock.now()));
  return { id, isLeft: false };
}

/** The one that they have, if the caller sees it. */
async function findShown(
  client: Tx,
  me: string,
  userId: string,
): Promise<{ id: string; isLeft: boolean } | undefined> {
  const [row] = await client.$queryRaw<{ id: string; isLeft: boolean }[]>`
    SELECT c.id, other.deleted_at IS NOT NULL AS "isLeft"
    FROM conversations c JOIN members m ON m.conversation_id = c.id JOIN users other ON other.id = ${userId}::uuid
    WHERE c.direct_key = ${directKey(me, userId)} AND m.user_id = ${me}::uuid AND NOT m.hidden`;
  return row;
}

/** With both locked: whoever comes second waits here for the first, and then finds what they made. */
async function begin(tx: Tx, me: string, userId: string, now: Date): Promise<string> {
  if ((await lockPeople(tx, [me, userId])).size < 2) throw new ParleyError('NOT_FOUND', { what: 'user' });
  const found = await silenceDirect(tx, me, userId);
  if (found) {
    await revealDirect(tx, found, me);
    return found;
  }
  const blocks = await tx.block.findMany({
    where: { blockerId: { in: [me, userId] }, blockedId: { in: [me, userId] } },
  });
  if (blocks.some(({ blockerId }) => blockerId === me)) throw new ParleyError('PERSON_BLOCKED');
  await refuseUnwanted(tx, 'dmPolicy', me, [userId]);
  const conversation = await tx.conversation.create({
    data: {
      id: newId(),
      kind: 'direct',
      directKey: directKey(me, userId),
      createdAt: now,
      lastActivityAt: now,
      memberCount: 2,
    },
  });
  await bringIn(
    tx,
    'conversation.created',
    {
      actorId: me,
      conversation: toConversation(conversation),
      members: [newcomer(me, 'member', conversation, now), newcomer(userId, 'member', conversation, now)],
    },
    blocks.map(({ blockerId }) => blockerId),
  );
  await silenceDirect(tx, me, userId);
  return conversation.id;
}
