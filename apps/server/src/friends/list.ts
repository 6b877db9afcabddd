import type { Friend, FriendRequest } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { searchKey, wordsOf } from '../users/search.ts';
import { findFriends, loadFriendRequests, loadFriends } from './view.ts';

/** The caller's friends: all, or those whom `users.search` would find by the query if they were everybody. */
export async function listFriends(
  { app, session }: SignedIn,
  { query }: { query?: string | undefined },
): Promise<Friend[]> {
  const { pool } = app.database;
  if (query === undefined) return loadFriends(pool, session.userId);
  const key = await searchKey(pool, query);
  // Of what has nothing but accents, nothing is left.
  return key === '' ? [] : findFriends(pool, session.userId, { key, words: wordsOf(key) });
}

/** The requests of the caller that wait, in both directions or in one. */
export async function listFriendRequests(
  { app, session }: SignedIn,
  { direction }: { direction?: FriendRequest['direction'] | undefined },
): Promise<FriendRequest[]> {
  const requests = await loadFriendRequests(app.database.pool, session.userId);
  return requests.filter((request) => direction === undefined || request.direction === direction);
}
