import { createHash } from 'node:crypto';

/**
 * What every system holds before a run. People are numbers: 2k and 2k+1 are a pair with a conversation of
 * their own, and the first 200 and the first 1,000 are a group each. The last pair has a long history.
 */
export const WORLD = { users: 10_000, pairs: 5_000, groups: [200, 1_000], history: 100_000 } as const;

/** A conversation: `pair` names the pair, `group` the number of its members. */
export type Room = { kind: 'pair'; pair: number } | { kind: 'group'; members: number };

export const pairOf = (user: number): Room => ({ kind: 'pair', pair: user >> 1 });
export const groupOf = (members: number): Room => ({ kind: 'group', members });

/** The two whose conversation has the history. */
export const HISTORY_USERS = [WORLD.users - 2, WORLD.users - 1] as const;
export const HISTORY_ROOM = pairOf(HISTORY_USERS[0]);

/** A place in the history with a full page of `size` messages before it. */
export const placeInHistory = (size: number): number =>
  size + 1 + Math.floor(Math.random() * (WORLD.history - size));

/** The id of message number `n` of the history: like the ids of new messages, but earlier. */
export const historyId = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const historyIdSql = (n: string): string =>
  `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** SQL: the text of message number `n` of the history. */
export const historyTextSql = (n: string): string =>
  `'history message number ' || ${n} || ' ' || repeat('lorem ipsum ', 6)`;

/** SQL: when message number `n` of the history was sent. */
export const historyTimeSql = (n: string): string =>
  `now() - interval '30 days' + ${n} * interval '1 second'`;

/** The UUID that stands for a key such as `u17`: the same in every run, and in SQL. */
export function uuidOf(key: string): string {
  const hash = createHash('md5').update(key).digest('hex');
  const [a, b, c, d, e] = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20),
  ];
  return `${a}-${b}-${c}-${d}-${e}`;
}

/** SQL: `uuidOf` of a text expression. */
export const uuidSql = (key: string): string =>
  `(SELECT (substr(h, 1, 12) || '4' || substr(h, 14, 3) || '8' || substr(h, 18))::uuid FROM (SELECT md5(${key}) AS h) AS hashed)`;

/** The key of a room, for `uuidOf`. In SQL, pair `n` is `'c' || n`. */
export const roomKey = (room: Room): string => (room.kind === 'pair' ? `c${room.pair}` : `g${room.members}`);
