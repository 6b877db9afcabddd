import type { Character, Script } from './cast.ts';
import { type Deliveries, measureDeliveries } from './deliveries.ts';
import { type Group, makeGroup } from './group.ts';
import { createPerson, type Person } from './person.ts';
import type { ServerProcess } from './server-process.ts';
import { usernamesFor } from './usernames.ts';

/** Everything that is there when the play begins. */
export interface Stage {
  server: ServerProcess;
  group: Group;
  /** Everybody, the keeper of the group included. */
  people: ReadonlyMap<Character, Person>;
  deliveries: Deliveries;
}

/** Accounts that are made at the same time. */
const AT_ONCE = 8;

/**
 * Makes an account for everybody in the script, and the group with those who are there when it begins. Its keeper
 * plays no part: a channel belongs to nobody who comes and goes. `people` fills while it works.
 */
export async function setStage(
  script: Script,
  title: string,
  server: ServerProcess,
  people: Map<Character, Person>,
): Promise<Stage> {
  const deliveries = measureDeliveries();
  const keeper = channelKeeper(script);
  const waiting = [keeper, ...script.characters];
  const enterOneByOne = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      people.set(next, await createPerson(server.url, next, deliveries));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, enterOneByOne));
  const present = script.presentAtFirst.map((who) => people.get(who)!);
  return { server, people, deliveries, group: await makeGroup(title, people.get(keeper)!, present) };
}

function channelKeeper({ characters }: Script): Character {
  const nick = 'ChanServ';
  const taken = characters.map(({ username }) => username);
  return { nick, nicks: [nick], username: usernamesFor([...taken, nick]).at(-1)! };
}
