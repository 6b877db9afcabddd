import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { nameKey } from './names.ts';

/** Makes an account. Refuses with `USERNAME_TAKEN` or `EMAIL_TAKEN`; the database's unique keys decide races. */
export async function createUser(
  tx: Tx,
  input: {
    username: string;
    email: string;
    fullName: string | null;
    passwordHash: string;
    /** Whether somebody else has seen to it that the address is theirs. */
    isEmailVerified: boolean;
    now: Date;
  },
): Promise<User> {
  const { now, isEmailVerified, ...given } = input;
  const keys = { usernameKey: nameKey(given.username), emailKey: nameKey(given.email) };
  const user = {
    id: newId(),
    ...given,
    ...keys,
    emailVerifiedAt: isEmailVerified ? now : null,
    createdAt: now,
  };
  // Whoever meets a conflict has waited for the other's commit, so the next statement sees what is taken.
  const [created] = await tx.user.createManyAndReturn({ data: user, skipDuplicates: true });
  // Asked also when there is no conflict: the time must not tell whether the address is known.
  const sameName = await tx.user.findUnique({
    where: { usernameKey: keys.usernameKey },
    select: { id: true },
  });
  if (created) return created;
  throw new ParleyError(sameName ? 'USERNAME_TAKEN' : 'EMAIL_TAKEN');
}
