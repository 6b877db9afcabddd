import { expect, test } from 'vitest';
import { castFrom } from '../src/cast.ts';
import { parseLog } from '../src/parse-log.ts';
import { readLog } from '../src/read-log.ts';
import { BUSY, COMING_AND_GOING } from './logs.ts';

const play = (...rows: string[]) => {
  const script = castFrom(parseLog(rows.join('\n')));
  const nicks = (characters: { nick: string }[]) => characters.map(({ nick }) => nick);
  return {
    first: nicks(script.presentAtFirst),
    last: nicks(script.presentAtLast),
    steps: script.steps.map(({ does, who }) => `${who.nick} ${does}`),
    characters: script.characters,
  };
};

const joins = (nick: string) => `=== ${nick} [n=a@b]  has joined #x`;
const parts = (nick: string) => `=== ${nick} [n=a@b]  has left #x []`;
const says = (nick: string) => `[09:03] <${nick}> hello`;

test('whoever does not join first was there from the beginning', () => {
  const { first, last, steps } = play(says('ann'), joins('bob'), says('bob'), parts('cid'));
  expect(first).toEqual(['ann', 'cid']);
  expect(last).toEqual(['ann', 'bob']);
  expect(steps).toEqual(['ann say', 'bob join', 'bob say', 'cid leave']);
});

test('whoever left and joins again comes back; whoever speaks after leaving has come back unseen', () => {
  const { last, steps } = play(says('ann'), parts('ann'), joins('ann'), parts('ann'), says('ann'));
  expect(steps).toEqual(['ann say', 'ann leave', 'ann join', 'ann leave', 'ann join', 'ann say']);
  expect(last).toEqual(['ann']);
});

test('whoever joins and has not left has lost their connection; whoever leaves twice leaves once', () => {
  const { steps } = play(says('ann'), joins('ann'), parts('ann'), parts('ann'));
  expect(steps).toEqual(['ann say', 'ann reconnect', 'ann leave']);
});

test('nicks that a rename connects are one person, and so are those that differ in case', () => {
  const rows = [
    says('ann'),
    '=== ann is now known as Ann_2',
    says('Ann_2'),
    says('ANN'),
    says('bob_'),
    says('bob'),
  ];
  const { characters, steps } = play(...rows, '=== bob_ is now known as bob');
  expect(steps).toEqual(['ann say', 'ann say', 'ann say', 'bob_ say', 'bob_ say']);
  expect(characters).toEqual([
    { nick: 'ann', nicks: ['ann', 'Ann_2'], username: 'ann' },
    { nick: 'bob_', nicks: ['bob_', 'bob'], username: 'bob_' },
  ]);
});

test('a line calls whom it begins with, if somebody else has that nick and is there', () => {
  const line = (nick: string, text: string) => `[09:03] <${nick}> ${text}`;
  const { steps } = castFrom(
    parseLog(
      [
        line('ann', 'Bob_: hello'),
        line('ann', 'bob, hello'),
        line('ann', 'bob hello'),
        line('ann', 'hello bob: there'),
        line('ann', 'ann: hello'),
        line('ann', 'eve: hello'),
        line('ann', 'http://bob.example.com'),
        line('ann', 'cid: not yet'),
        joins('cid'),
        line('ann', 'cid: welcome'),
        parts('bob'),
        line('ann', 'bob: gone'),
        '=== bob_ is now known as bob',
        '[09:04]  * ann bob: waves',
      ].join('\n'),
    ),
  );
  const said = steps.filter((step) => step.does === 'say');
  expect(said.map(({ to }) => to?.nick)).toEqual([
    ...['bob_', 'bob_', undefined, undefined, undefined, undefined, undefined, undefined],
    ...['cid', undefined, undefined],
  ]);
  expect(said[0]!.text).toBe('Bob_: hello');
});

test('a rename says that somebody is there', () => {
  expect(play('=== ann is now known as bea', says('cid'))).toMatchObject({
    first: ['ann', 'cid'],
    steps: ['cid say'],
  });
});

test.skipIf(!COMING_AND_GOING)(
  '2007-06-04: 417 nicks are 411 people, 57 of them there at the beginning',
  () => {
    const { characters, presentAtFirst, presentAtLast, steps } = castFrom(readLog(COMING_AND_GOING!));
    expect(characters.flatMap(({ nicks }) => nicks)).toHaveLength(417);
    expect(characters).toHaveLength(411);
    expect(presentAtFirst).toHaveLength(57);
    const count = (what: string) => steps.filter(({ does }) => does === what).length;
    expect(count('join') + count('reconnect')).toBe(433);
    expect(count('leave')).toBe(75);
    expect(presentAtLast).toHaveLength(57 + count('join') - count('leave'));
  },
);

test.skipIf(!BUSY)('2008-04-27: everybody was there from the beginning', () => {
  const { characters, presentAtFirst, presentAtLast } = castFrom(readLog(BUSY!));
  expect(characters).toHaveLength(187);
  expect(presentAtFirst).toHaveLength(187);
  expect(presentAtLast).toHaveLength(187);
});
