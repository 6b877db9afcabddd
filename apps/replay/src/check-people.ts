import { CUTS } from './cut-plan.ts';
import type { Person } from './person.ts';
import type { Check } from './proof.ts';
import { count } from './telling.ts';
import type { Truth } from './truth.ts';

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
      claim: `${count(inside.length, 'client')} equal the database: conversation, members, every message with its text from the joining on, unread, read marks`,
      faults: inside.flatMap(tell),
    },
    {
      claim: `${count(outside.length, 'client')} of people who left: none knows of the group any more`,
      faults: outside.flatMap(tell),
    },
  ];
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
