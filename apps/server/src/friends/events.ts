import type { Friend, FriendRequest, PublicUser } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import { loadPublicUsers } from '../users/public-user.ts';

/** A friend or a request as the log keeps it: the other person by reference. */
type Refs<Entity> = Omit<Entity, 'user'> & { userId: string };
type Rows<Kept> = { refs: Kept }[];

const created: Hydrator<'friendRequest.created'> = async (database, rows: Rows<Refs<FriendRequest>>) =>
  (await withUsers(database, rows)).map((request) => request && { type: 'friendRequest.created', request });

const accepted: Hydrator<'friendRequest.accepted'> = async (database, rows: Rows<Refs<Friend>>) =>
  (await withUsers(database, rows)).map((friend) => friend && { type: 'friendRequest.accepted', friend });

/** With the people as they are now; nothing where the account has been deleted since. */
async function withUsers<Kept extends { userId: string }>(
  database: Database,
  rows: Rows<Kept>,
): Promise<((Omit<Kept, 'userId'> & { user: PublicUser }) | null)[]> {
  const ids = rows.map(({ refs }) => refs.userId);
  const users = await loadPublicUsers(database, ids);
  return rows.map(({ refs: { userId, ...rest } }) => {
    const user = users.get(userId);
    return user && !user.isDeleted ? { user, ...rest } : null;
  });
}

type Person = { userId: string };

const rejected: Hydrator<'friendRequest.rejected'> = async (_, rows: Rows<Person>) =>
  rows.map(({ refs }) => ({ type: 'friendRequest.rejected', ...refs }));

const cancelled: Hydrator<'friendRequest.cancelled'> = async (_, rows: Rows<Person>) =>
  rows.map(({ refs }) => ({ type: 'friendRequest.cancelled', ...refs }));

const removed: Hydrator<'friend.removed'> = async (_, rows: Rows<Person>) =>
  rows.map(({ refs }) => ({ type: 'friend.removed', ...refs }));

export const friendEvents = {
  'friendRequest.created': created,
  'friendRequest.accepted': accepted,
  'friendRequest.rejected': rejected,
  'friendRequest.cancelled': cancelled,
  'friend.removed': removed,
};
