import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';

/**
 * Takes everything of the person out of an account, which stays as "Deleted user" for what they have left behind.
 * The keys of its names are none that a name can have: nobody can take them, or stand in the way. False when the
 * account has changed since it was read.
 */
export async function anonymise(tx: Tx, user: User, now: Date): Promise<boolean> {
  const { id, passwordHash } = user;
  const { count } = await tx.user.updateMany({
    where: { id, passwordHash, deletedAt: null },
    data: {
      username: `deleted_${id.replaceAll('-', '').slice(-12)}`,
      usernameKey: `deleted:${id}`,
      fullName: null,
      bio: null,
      avatarId: null,
      statusText: null,
      statusUntil: null,
      email: `deleted-${id}@invalid`,
      emailKey: `deleted:${id}`,
      emailVerifiedAt: null,
      passwordHash: '',
      externalSubject: null,
      role: 'USER',
      codeFailures: 0,
      deletedAt: now,
    },
  });
  return count > 0;
}
