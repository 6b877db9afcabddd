import { LIMITS } from '@parley/contract';
import { expect, test } from 'vitest';
import { between, oneOf, type Random, randomFrom } from '../src/random.ts';
import { usernamesFor } from '../src/usernames.ts';

const VALID = new RegExp(`^[A-Za-z0-9_]{${LIMITS.usernameMin},${LIMITS.usernameMax}}$`);

/** Few characters, so that many nicks collide. */
const CHARACTERS = [...'aAbB1_-|`[]^\\é👏'];
const nick = (random: Random): string =>
  Array.from({ length: oneOf(random, [1, 2, 3, 19, 20, 21, 40]) }, () => oneOf(random, CHARACTERS)).join('');

test('every username is valid, and no two are the same in whatever case', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomFrom(seed);
    const nicks = Array.from({ length: between(random, 0, 200) }, () => nick(random));
    const usernames = usernamesFor(nicks);
    expect(usernames).toHaveLength(nicks.length);
    for (const username of usernames) expect(username, `seed ${seed}`).toMatch(VALID);
    expect(new Set(usernames.map((username) => username.toLowerCase())).size, `seed ${seed}`).toBe(
      nicks.length,
    );
  }
});

test('a nick that is a username already stays one, if nobody came first', () => {
  expect(usernamesFor(['Pelo', 'pelo', 'PELO', 'jx', '[B]olinho', 'x'.repeat(25), 'x'.repeat(25)])).toEqual([
    'Pelo',
    'pelo_2',
    'PELO_3',
    'jx_',
    '_B_olinho',
    'x'.repeat(20),
    `${'x'.repeat(18)}_2`,
  ]);
});
