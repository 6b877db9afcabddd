import { isDeepStrictEqual } from 'node:util';
import { totalsOf } from '@parley/client';
import { CUTS } from './cut-plan.ts';
import { insist } from './insist.ts';
import type { Person } from './person.ts';
import type { Check } from './proof.ts';
import { count, figure } from './telling.ts';
import { type Truth, unreadBy } from './truth.ts';

export function membersAreThoseOfTheLog(
  everybody: Person[],
  expected: ReadonlySet<Person>,
  { members }: Truth,
): Check {
  const wrong = everybody.filter((person) => members.has(person.id) !== expected.has(person));
  return {
    claim: `the group has the ${members.size} members that the file leaves in it`,
    faults: wrong.map(
      (person) => `${person.character.nick} ${members.has(person.id) ? 'is in it' : 'is not in it'}`,
    ),
  };
}

/** What the clients say otherwise than the database: of those who are in the group, and of those who left. */
export function clientsEqual(states: ReadonlyMap<Person, string[]>, { members }: Truth): Check[] {
  const tell = ([person, differences]: [Person, string[]]) =>
    differences.map((what) => `${person.character.nick}: ${what}`);
  const inside = [...states].filter(([{ id }]) => members.has(id));
  const outside = [...states].filter(([{ id }]) => !members.has(id));
  return [
    {
      claim: `${count(inside.length, 'client')} equal the database: conversation, members, every message with its text from the joining on, unread, mentions, delivered and read marks`,
      faults: inside.flatMap(tell),
    },
    {
      claim: `${count(outside.length, 'client')} of people who left: none knows of the group any more`,
      faults: outside.flatMap(tell),
    },
  ];
}

/** Whether the server counts for each member what the database has, and what their client counts. */
export async function countsEqual(everybody: Person[], truth: Truth): Promise<Check> {
  const inside = everybody.flatMap((person) => {
    const member = truth.members.get(person.id);
    return member ? [{ person, ...unreadBy(truth, member) }] : [];
  });
  const faults = await Promise.all(
    inside.map(async ({ person: { character, chat }, unread, mentions }) => {
      const conversations =
        unread > 0 ? [{ conversationId: truth.conversation.id, unread, mentions: mentions.length }] : [];
      const expected = { total: unread, mentions: mentions.length, conversations, threads: [] };
      const counted = await insist(chat, () => chat.api.sync.unread.query());
      const all = [counted, totalsOf(chat.state.get())];
      return all.every((each) => isDeepStrictEqual(each, expected))
        ? []
        : [`${character.nick}'s counts differ`];
    }),
  );
  const sum = (of: (one: (typeof inside)[number]) => number) =>
    inside.reduce((total, one) => total + of(one), 0);
  const [unread, mentions] = [sum((one) => one.unread), sum((one) => one.mentions.length)];
  return {
    claim: `the server and each client count what the database has: ${figure(unread)} unread, and ${figure(mentions)} mentions among them`,
    faults: faults.flat(),
  };
}

/** Whether each client told its person of what they were entitled to, as the log has it, and of nothing else. */
export function everyoneHeardOnce(everybody: Person[], { entitled }: Truth): Check {
  const total = everybody.reduce((sum, { heard }) => sum + heard.length, 0);
  const faults = everybody.flatMap(({ character, id, heard }) => {
    const expected = entitled.get(id) ?? [];
    const place = expected.findIndex((seq, index) => heard[index] !== seq);
    if (place === -1 && heard.length === expected.length) return [];
    if (place === -1)
      return [`${character.nick} was told of message ${heard[expected.length]}, which was not for them`];
    return [
      `${character.nick} was told of message ${heard[place] ?? 'none'} where ${expected[place]} was next`,
    ];
  });
  return {
    claim: `${count(total, 'delivery', 'deliveries')}: everybody was told of each message of their time in the group once, in order, and of no other`,
    faults,
  };
}

export function connectionsWereCut(everybody: Person[]): Check {
  const few = everybody.filter(({ cuts }) => cuts < CUTS);
  const total = everybody.reduce((sum, { cuts }) => sum + cuts, 0);
  return {
    claim: `${count(total, 'connection')} cut, ${CUTS} or more of each client`,
    faults: few.map(({ character, cuts }) => `${character.nick}'s connection was cut ${cuts} times`),
  };
}
