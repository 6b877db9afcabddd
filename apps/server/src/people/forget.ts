import type { App } from '../context.ts';
import { silenceDirect } from '../conversations/silence-direct.ts';

/**
 * Takes away what is between an account that was deleted and others, who have been told that it is gone: a client
 * that is told so drops these by itself. Nobody adds to it any more, since that needs both accounts.
 */
export async function forgetPerson({ database }: App, userId: string): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.friendship.deleteMany({ where: { OR: [{ userId }, { friendId: userId }] } });
    await tx.friendRequest.deleteMany({ where: { OR: [{ senderId: userId }, { receiverId: userId }] } });
    await tx.contact.deleteMany({ where: { OR: [{ ownerId: userId }, { userId }] } });
  });
  const mine = { OR: [{ blockerId: userId }, { blockedId: userId }] };
  for (const { blockerId, blockedId } of await database.prisma.block.findMany({ where: mine }))
    await database.transaction(async (tx) => {
      await tx.block.deleteMany({ where: { blockerId, blockedId } });
      await silenceDirect(tx, blockerId, blockedId);
    });
}
