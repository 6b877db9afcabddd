import type { Contact } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { lockPeople } from '../users/lock.ts';
import { getContact } from './get.ts';

/** Calls one of the caller's contacts otherwise; null takes the alias away. What is so already is no change. */
export async function updateContact(
  ctx: SignedIn,
  input: { userId: string; alias: string | null },
): Promise<Contact> {
  const ownerId = ctx.session.userId;
  const { userId, alias } = input;
  await ctx.app.database.transaction(async (tx) => {
    const where = { ownerId_userId: { ownerId, userId } };
    const living = await lockPeople(tx, [ownerId, userId]);
    const contact = living.has(userId) && (await tx.contact.findUnique({ where }));
    if (!contact) throw new ParleyError('NOT_FOUND', { what: 'contact' });
    if (contact.alias === alias) return;
    await tx.contact.update({ where, data: { alias } });
    await append(tx, { topic: ownerId, type: 'contact.updated', refs: { userId } });
  });
  return getContact(ctx, { userId });
}
