import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';
import { lockPeople } from '../users/lock.ts';

/** Takes somebody out of the caller's address book. */
export async function removeContact(ctx: SignedIn, input: { userId: string }): Promise<{ userId: string }> {
  const ownerId = ctx.session.userId;
  const { userId } = input;
  await ctx.app.database.transaction(async (tx) => {
    await lockPeople(tx, [ownerId, userId]);
    await withStoriesBetween(tx, [ownerId, userId], async () => {
      const { count } = await tx.contact.deleteMany({ where: { ownerId, userId } });
      if (count === 0) throw new ParleyError('NOT_FOUND', { what: 'contact' });
      await append(tx, { topic: ownerId, type: 'contact.removed', refs: { userId } });
    });
  });
  return { userId };
}
