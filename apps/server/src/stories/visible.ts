/**
 * SQL: all who may be close to somebody, and others: what is found quickly, to be looked at one by one. `person` is a
 * user id as SQL.
 */
export const nearTo = (person: string): string => `
  SELECT friend_id FROM friendships WHERE user_id = ${person} UNION SELECT user_id FROM contacts WHERE owner_id = ${person}`;

/** SQL: whether there is a row, by its key. With EXISTS Postgres might make a table of all rows, to look for a few. */
const has = (table: string, key: string): string => `(SELECT true FROM ${table} WHERE ${key}) IS NOT NULL`;

/**
 * SQL: whether two people see each other's stories: they are friends, or in each other's address book, and neither has
 * blocked the other. Both are user ids as SQL. It is the same from both sides.
 */
const areClose = (one: string, other: string): string => `
  (${has('friendships', `user_id = ${one} AND friend_id = ${other}`)}
   OR (${has('contacts', `owner_id = ${one} AND user_id = ${other}`)}
       AND ${has('contacts', `owner_id = ${other} AND user_id = ${one}`)}))
  AND NOT ${has('blocks', `blocker_id = ${one} AND blocked_id = ${other}`)}
  AND NOT ${has('blocks', `blocker_id = ${other} AND blocked_id = ${one}`)}`;

/** SQL: of a story whose author is close to somebody, whether it is for them; `s` is its row. */
const isFor = (person: string): string => `
  (NOT s.chosen OR ${has('story_audience', `story_id = s.id AND user_id = ${person}`)})`;

/** SQL: whether somebody sees the story of another person at a time; `s` is its row. */
export const seesOthers = (me: string, now: string): string => `
  (s.expires_at > ${now} AND ${areClose(me, 's.author_id')} AND ${isFor(me)}
   AND EXISTS (SELECT FROM users author WHERE author.id = s.author_id AND author.deleted_at IS NULL))`;

/** The same, and of their own. */
export const seesStory = (me: string, now: string): string =>
  `(${seesOthers(me, now)} OR (s.author_id = ${me} AND s.expires_at > ${now}))`;

/** SQL: everybody else who may see a story before it is over; `s` is its row. */
export const AUDIENCE = `
  SELECT near.id FROM stories s CROSS JOIN LATERAL (${nearTo('s.author_id')}) near (id)
  WHERE s.id = $1::uuid AND ${areClose('s.author_id', 'near.id')} AND ${isFor('near.id')}`;
