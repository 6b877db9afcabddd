import type { Hydrator } from '../events/hydrate.ts';
import { loadPublicUsers } from '../users/public-user.ts';

const added: Hydrator<'block.added'> = async (
  database,
  rows: { refs: { userId: string; createdAt: string } }[],
) => {
  const ids = rows.map(({ refs }) => refs.userId);
  const users = await loadPublicUsers(database, ids);
  return rows.map(({ refs: { userId, createdAt } }) => {
    const user = users.get(userId);
    return user ? { type: 'block.added', block: { user, createdAt } } : null;
  });
};

const removed: Hydrator<'block.removed'> = async (_, rows: { refs: { userId: string } }[]) =>
  rows.map(({ refs }) => ({ type: 'block.removed', ...refs }));

export const blockEvents = { 'block.added': added, 'block.removed': removed };
