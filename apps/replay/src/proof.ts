import { setTimeout as delay } from 'node:timers/promises';
import type { Script } from './cast.ts';
import {
  linesAreStored,
  nothingElseIsStored,
  numbersAreDense,
  speakersKeepTheirOrder,
} from './check-lines.ts';
import {
  clientsEqual,
  connectionsWereCut,
  countsEqual,
  everyoneHeardOnce,
  membersAreThoseOfTheLog,
} from './check-people.ts';
import { differences } from './compare.ts';
import type { Outcome } from './perform.ts';
import type { Person } from './person.ts';
import type { Stage } from './stage.ts';
import type { Truth } from './truth.ts';

/** One claim, and what speaks against it: nothing, if it is proved. */
export interface Check {
  claim: string;
  faults: string[];
}

/** So long the clients may take to hear of the last event. */
const CONVERGE_WITHIN = 10_000;

/** Holds what happened, and what every client knows, against the database. */
export async function prove(
  script: Script,
  { people, server, group }: Stage,
  outcome: Outcome,
  truth: Truth,
): Promise<Check[]> {
  const everybody = [...people.values()];
  const said = everybody.flatMap((person) => person.said);
  const stayed = new Set(script.presentAtLast.map((who) => people.get(who)!)).add(group.keeper);
  const states = await convergence(everybody, truth);
  return [
    linesAreStored(script, said, truth),
    nothingElseIsStored(said, truth),
    speakersKeepTheirOrder(everybody),
    numbersAreDense(truth),
    membersAreThoseOfTheLog(everybody, stayed, truth),
    ...clientsEqual(states, truth),
    await countsEqual(everybody, truth),
    everyoneHeardOnce(everybody, truth),
    connectionsWereCut(everybody),
    serverWasKilled(outcome),
    nothingWentWrong(outcome, everybody, server.errors),
  ];
}

/** The differences of each client from the database, once they have had time to disappear. */
async function convergence(everybody: Person[], truth: Truth): Promise<Map<Person, string[]>> {
  const deadline = performance.now() + CONVERGE_WITHIN;
  const found = new Map<Person, string[]>();
  for (;;) {
    for (const person of everybody)
      if (found.get(person)?.length !== 0)
        found.set(person, differences(person.chat.state.get(), person.id, truth));
    const converged = [...found.values()].every((each) => each.length === 0);
    if (converged || performance.now() > deadline) return found;
    await delay(200);
  }
}

const serverWasKilled = ({ outage }: Outcome): Check => ({
  claim: 'the server was killed with kill -9 once, and came back with everybody',
  faults: outage ? [] : ['the kill or the return is missing'],
});

const nothingWentWrong = ({ settled }: Outcome, everybody: Person[], serverErrors: string[]): Check => ({
  claim: 'nothing was left undone, no call was refused without a reason, and the server logged no error',
  faults: [
    ...(settled ? [] : ['not all was answered in time after the last line']),
    ...everybody.flatMap(({ character, troubles }) => troubles.map((what) => `${character.nick}: ${what}`)),
    ...serverErrors.map((line) => `the server logged ${line}`),
  ],
});
