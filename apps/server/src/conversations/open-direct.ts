import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { refuseUnwanted } from '../people/relations.ts';
import { keepLiving } from '../users/living.ts';
import { bringIn, newcomer, toConversation } from './bring-in.ts';
import { getConversation } from './get.ts';

/** One key a pair, whoever begins. */
const directKey = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`);

/** The conversation of the caller and another person: the one they have, or a new one. */
export async function openDirect(ctx: SignedIn, input: { userId: string }): Promise<ConversationView> {
  const { database, clock } = ctx.app;
  const me = ctx.session.userId;
  const { userId } = input;
  if (userId === me) throw new ParleyError('SELF_CONVERSATION');

  const conversationId = await database.transaction(async (tx) => {
    if ((await keepLiving(tx, [me, userId])).size < 2) throw new ParleyError('NOT_FOUND', { what: 'user' });
    const now = clock.now();
    const key = directKey(me, userId);
    // Whoever comes second waits here for the first, and then finds what they made.
    const made = await tx.conversation.createManyAndReturn({
      data: {
        id: newId(),
        kind: 'direct',
        directKey: key,
        createdAt: now,
        lastActivityAt: now,
        memberCount: 2,
      },
      skipDuplicates: true,
    });
    const conversation = made[0];
    if (!conversation) return (await tx.conversation.findUniqueOrThrow({ where: { directKey: key } })).id;
    await refuseUnwanted(tx, 'dmPolicy', [userId]);
    await bringIn(tx, 'conversation.created', {
      actorId: me,
      conversation: toConversation(conversation),
      members: [newcomer(me, 'member', 0, now), newcomer(userId, 'member', 0, now)],
    });
    return conversation.id;
  });
  return (await getConversation(ctx, { conversationId })).conversation;
}
