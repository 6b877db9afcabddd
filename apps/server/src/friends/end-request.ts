import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { lockPeople } from '../users/lock.ts';

type Person = { userId: string };

/** Declines somebody's request. Of one that is withheld the caller knows nothing: it is as if there were none. */
export const rejectFriendRequest = (ctx: SignedIn, { userId }: Person): Promise<Person> =>
  endRequest(ctx, userId, 'friendRequest.rejected');

/** Takes the caller's own request back. */
export const cancelFriendRequest = (ctx: SignedIn, { userId }: Person): Promise<Person> =>
  endRequest(ctx, userId, 'friendRequest.cancelled');

/** Ends a request that waits, and tells whoever knows of it. Without one, or when somebody is gone, `NOT_FOUND`. */
async function endRequest(
  ctx: SignedIn,
  userId: string,
  type: 'friendRequest.rejected' | 'friendRequest.cancelled',
): Promise<Person> {
  const me = ctx.session.userId;
  const isMine = type === 'friendRequest.cancelled';
  const pair = isMine ? { senderId: me, receiverId: userId } : { senderId: userId, receiverId: me };
  const where = { senderId_receiverId: pair };
  await ctx.app.database.transaction(async (tx) => {
    const notFound = new ParleyError('NOT_FOUND', { what: 'friendRequest' });
    if ((await lockPeople(tx, [me, userId])).size < 2) throw notFound;
    const request = await tx.friendRequest.findUnique({ where });
    if (!request || (request.withheld && !isMine)) throw notFound;
    await tx.friendRequest.delete({ where });
    await append(tx, { topic: me, type, refs: { userId } });
    if (!request.withheld) await append(tx, { topic: userId, type, refs: { userId: me } });
  });
  return { userId };
}
