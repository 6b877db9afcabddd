import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { lockAccount } from './lock.ts';

/** Columns of a person's row that they change themselves. */
export type OwnColumns = {
  [Name in keyof Omit<User, 'id' | 'role' | 'createdAt'>]?: User[Name] | undefined;
};

/**
 * Writes what is given and differs into a person's own row, which stays locked: of two changes at once the second is
 * made to what the first has left. Refuses with `UNAUTHENTICATED` when the account has been deleted meanwhile.
 */
export async function changeUser(
  tx: Tx,
  userId: string,
  change: OwnColumns,
): Promise<{ before: User; user: User; isChanged: boolean }> {
  await lockAccount(tx, userId);
  const before = await tx.user.findUnique({ where: { id: userId, deletedAt: null } });
  if (!before) throw new ParleyError('UNAUTHENTICATED');
  const isOther = ([name, value]: [string, unknown]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name as keyof User]);
  const data = Object.fromEntries(Object.entries(change).filter(isOther));
  if (Object.keys(data).length === 0) return { before, user: before, isChanged: false };
  return { before, user: await tx.user.update({ where: { id: userId }, data }), isChanged: true };
}
