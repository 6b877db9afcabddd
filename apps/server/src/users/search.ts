import { id, LIMITS, type PublicUser } from '@parley/contract';
import type pg from 'pg';
import { z } from 'zod';
import type { SignedIn } from '../context.ts';
import { invalidInput } from '../error.ts';
import { FINDABLE, findableBy } from './findable.ts';
import { endOfPrefix } from './names.ts';
import { PUBLIC_USER_JSON } from './public-user.ts';

export interface SearchInput {
  query: string;
  limit: number;
  cursor?: string | undefined;
}

export interface FoundUsers {
  users: PublicUser[];
  /** Where the next page begins; null when there is none. */
  next: string | null;
}

/** Where a page ended: at a username, or behind all of those, at somebody's word. */
const place = z.union([
  z.strictObject({ usernameKey: z.string().regex(/^[a-z0-9_]+$/) }),
  z.strictObject({
    word: z
      .string()
      .max(LIMITS.searchMax)
      .regex(/^[^\0]*$/),
    userId: id,
  }),
]);
type Place = z.infer<typeof place>;

type Found = { user: PublicUser; place: Place };

/**
 * People by how their username begins, the one who is called just so first; then by how words of their full name
 * begin. Nothing else is looked at: an e-mail address finds nobody by it. Both are read along an index, as far as the
 * page goes, however many there are.
 */
export async function searchUsers(ctx: SignedIn, input: SearchInput): Promise<FoundUsers> {
  const { pool } = ctx.app.database;
  const after = input.cursor === undefined ? { usernameKey: '' } : parsePlace(input.cursor);
  const key = await searchKey(pool, input.query);
  // Of what has nothing but accents, nothing is left, and everybody's name begins with that.
  if ([...key].length < LIMITS.searchMin) return { users: [], next: null };
  const wanted = input.limit + 1;
  const found = 'word' in after ? [] : await byUsername(ctx, key, after, wanted);
  if (found.length < wanted) {
    const place = 'word' in after ? after : FIRST_WORD;
    found.push(...(await byName(ctx, key, place, wanted - found.length)));
  }
  const page = found.slice(0, input.limit);
  const last = found.length > input.limit ? page.at(-1) : undefined;
  return { users: page.map(({ user }) => user), next: last ? formatPlace(last.place) : null };
}

/** As the database writes the words of names. */
export async function searchKey(pool: pg.Pool, query: string): Promise<string> {
  const { rows } = await pool.query<{ key: string }>('SELECT name_key($1) AS key', [query]);
  return rows[0]!.key.trim();
}

/** Planned anew for each search, as what is looked for needs it: so it has no name. */
async function byUsername(
  ctx: SignedIn,
  key: string,
  after: { usernameKey: string },
  limit: number,
): Promise<Found[]> {
  const { rows } = await ctx.app.database.pool.query<{ user: PublicUser; usernameKey: string }>(
    `SELECT ${PUBLIC_USER_JSON} AS "user", u.username_key AS "usernameKey" FROM users u
     WHERE u.username_key >= $4 AND u.username_key < $5 AND u.username_key > $6 AND ${FINDABLE}
     ORDER BY u.username_key LIMIT $7`,
    [...findableBy(ctx), key, endOfPrefix(key), after.usernameKey, limit],
  );
  return rows.map(({ user, usernameKey }) => ({ user, place: { usernameKey } }));
}

const FIRST_WORD = { word: '', userId: '00000000-0000-0000-0000-000000000000' };

/** Words of one query that are looked at. */
const MOST_WORDS = 4;

/** The words of a key that are looked at, the longest first. */
export const wordsOf = (key: string): string[] =>
  [...new Set(key.split(/[ \t\n\v\f\r]+/))].sort((a, b) => b.length - a.length).slice(0, MOST_WORDS);

/**
 * Those of whose names a word begins with each word of the query. The longest, of which there are fewest, is followed
 * in the index; each person comes with the first of their words that fits it. Whoever comes by username is left out.
 */
async function byName(
  ctx: SignedIn,
  key: string,
  after: { word: string; userId: string },
  limit: number,
): Promise<Found[]> {
  const [longest = '', ...others] = wordsOf(key);
  const values = [
    ...[
      ...findableBy(ctx),
      longest,
      endOfPrefix(longest),
      after.word,
      after.userId,
      key,
      endOfPrefix(key),
      limit,
    ],
    ...others.flatMap((word) => [word, endOfPrefix(word)]),
  ];
  const alsoHas = others.map((_, index) => {
    const [from, to] = [11 + 2 * index, 12 + 2 * index];
    return `AND EXISTS (SELECT 1 FROM name_words o WHERE o.user_id = u.id AND o.word >= $${from} AND o.word < $${to})`;
  });
  const { rows } = await ctx.app.database.pool.query<{ user: PublicUser; word: string }>(
    `SELECT ${PUBLIC_USER_JSON} AS "user", w.word FROM name_words w JOIN users u ON u.id = w.user_id
     WHERE w.word >= $4 AND w.word < $5 AND (w.word, w.user_id) > ($6, $7)
       AND NOT EXISTS (SELECT 1 FROM name_words e WHERE e.user_id = u.id AND e.word >= $4 AND e.word < w.word)
       AND NOT (u.username_key >= $8 AND u.username_key < $9) ${alsoHas.join(' ')} AND ${FINDABLE}
     ORDER BY w.word, w.user_id LIMIT $10`,
    values,
  );
  return rows.map(({ user, word }) => ({ user, place: { word, userId: user.id } }));
}

const formatPlace = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function parsePlace(cursor: string): Place {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw invalidInput('cursor', 'none of a search');
  }
}
