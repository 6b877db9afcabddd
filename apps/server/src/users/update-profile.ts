import type { OwnUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { isUniqueViolation } from '../database/unique.ts';
import { ParleyError } from '../error.ts';
import { usePicture } from '../files/picture.ts';
import { announceUser } from './announce-user.ts';
import { changeUser, type OwnColumns } from './change-user.ts';
import { loadOwnUser } from './me.ts';
import { nameKey } from './names.ts';

/** What is given is changed, null takes away; what is not given stays. */
export interface ProfileChange {
  fullName?: string | null | undefined;
  bio?: string | null | undefined;
  /** A file of the caller's own, uploaded for this. */
  avatar?: string | null | undefined;
  username?: string | undefined;
}

/** Changes the caller's profile, and tells everybody who sees them. What is so already is no change. */
export async function updateProfile(ctx: SignedIn, change: ProfileChange): Promise<OwnUser> {
  const { username, avatar, ...rest } = change;
  const name = username === undefined ? {} : await rename(ctx, username);
  try {
    return await changeProfile(ctx, { ...rest, ...name, avatarId: avatar });
  } catch (error) {
    // Of what is changed here only the username is one that nobody else may have.
    if (isUniqueViolation(error)) throw new ParleyError('USERNAME_TAKEN');
    throw error;
  }
}

/** Another username, counted as a change of it; to write one's own in another case is none. */
async function rename({ app, session }: SignedIn, username: string) {
  const usernameKey = nameKey(username);
  const own = await app.database.prisma.user.findUnique({ where: { usernameKey }, select: { id: true } });
  if (own?.id !== session.userId) await app.limits.take('usernames', session.userId);
  return { username, usernameKey };
}

/** Changes what others see of the caller, and tells them. */
export async function changeProfile(
  { app, session: { userId } }: SignedIn,
  change: OwnColumns,
): Promise<OwnUser> {
  await app.database.transaction(async (tx) => {
    const { before, user, isChanged } = await changeUser(tx, userId, change);
    if (!isChanged) return;
    await usePicture(tx, app, {
      ownerId: userId,
      purpose: 'avatar',
      before: before.avatarId,
      after: user.avatarId,
    });
    await announceUser(tx, userId);
  });
  return loadOwnUser(app.database.pool, userId);
}
