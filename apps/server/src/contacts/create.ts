import { type Contact, LIMITS } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { withStoriesBetween } from '../stories/between.ts';
import { lockPeople } from '../users/lock.ts';
import { getContact } from './get.ts';

/** Puts somebody into the caller's address book. Nobody else hears of it. */
export async function createContact(
  ctx: SignedIn,
  input: { userId: string; alias?: string | undefined },
): Promise<Contact> {
  const { database, clock } = ctx.app;
  const ownerId = ctx.session.userId;
  const { userId, alias = null } = input;
  if (userId === ownerId) throw new ParleyError('NOT_YOURSELF');
  await database.transaction(async (tx) => {
    if ((await lockPeople(tx, [ownerId, userId])).size < 2)
      throw new ParleyError('NOT_FOUND', { what: 'user' });
    if (await tx.contact.findUnique({ where: { ownerId_userId: { ownerId, userId } } }))
      throw new ParleyError('ALREADY_A_CONTACT');
    if ((await tx.contact.count({ where: { ownerId } })) >= LIMITS.contacts)
      throw new ParleyError('TOO_MANY', { what: 'contacts', limit: LIMITS.contacts });
    await withStoriesBetween(tx, [ownerId, userId], async () => {
      await tx.contact.create({ data: { ownerId, userId, alias, createdAt: clock.now() } });
      await append(tx, { topic: ownerId, type: 'contact.added', refs: { userId } });
    });
  });
  return getContact(ctx, { userId });
}
