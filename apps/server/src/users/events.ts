import type { Hydrator } from '../events/hydrate.ts';
import { loadOwnUsers } from './me.ts';
import { loadPublicUsers } from './public-user.ts';

/** Both tell of the account as it is when they are read: whoever comes late is not told of what has passed. */
const updated: Hydrator<'user.updated'> = async (database, rows: { refs: { userId: string } }[]) => {
  const users = await loadPublicUsers(
    database,
    rows.map(({ refs }) => refs.userId),
  );
  return rows.map(({ refs }) => {
    const user = users.get(refs.userId);
    return user ? { type: 'user.updated', user } : null;
  });
};

const accountUpdated: Hydrator<'account.updated'> = async (database, rows: { topic: string }[]) => {
  const users = await loadOwnUsers(
    database.pool,
    rows.map(({ topic }) => topic),
  );
  return rows.map(({ topic }) => {
    const user = users.get(topic);
    return user ? { type: 'account.updated', user } : null;
  });
};

export const userEvents = { 'user.updated': updated, 'account.updated': accountUpdated };
