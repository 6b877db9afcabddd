import { setTimeout as delay } from 'node:timers/promises';
import type { Script, Step } from './cast.ts';
import { planCuts } from './cut-plan.ts';
import { deliverAll, join, leave, readAll, say } from './group.ts';
import type { Options } from './options.ts';
import type { Person } from './person.ts';
import { oneOf, type Random } from './random.ts';
import type { ServerProcess } from './server-process.ts';
import type { Stage } from './stage.ts';
import { resolvesWithin, until } from './until.ts';

/** What became of it. Times are milliseconds. */
export interface Outcome {
  outage: Outage | undefined;
  /** Whether all was answered, done and cut in time after the last line. */
  settled: boolean;
  talkTook: number;
  settlingTook: number;
}

/** The time in which the server was dead. */
export interface Outage {
  /** The line after which it was killed. */
  line: number;
  /** Until it listened again, and until everybody was connected and had caught up. */
  serverBackAfter: number;
  everybodyBackAfter: number;
}

/** So long everything may take after the last line. */
const SETTLE_WITHIN = 60_000;
/** At full speed, so much may be under way. */
const AT_ONCE = 50;

/**
 * Plays the script: everybody does what the log says they did, while connections are cut, people read, and the
 * server is killed once. Resolves when every line has its answer and everybody is back. Errors: when the server
 * ends by itself.
 */
export async function perform(
  script: Script,
  stage: Stage,
  options: Options,
  random: Random,
): Promise<Outcome> {
  const { group, people, server } = stage;
  const everybody = [...people.values()];
  const plan = planCuts(script, people.keys(), random);
  const steps = new Set<Promise<void>>();
  const asides: Promise<unknown>[] = [];
  let outage: Outage | undefined;

  async function talk(began: number): Promise<void> {
    for (const [index, step] of script.steps.entries()) {
      if (options.speed !== 'max') await moment(began + (step.at * 1_000) / options.speed);
      else while (steps.size >= AT_ONCE) await Promise.race(steps);
      const done = act(step, stage).finally(() => steps.delete(done));
      steps.add(done);
      for (const who of plan.cuts.get(index) ?? []) asides.push(people.get(who)!.cut());
      if (index === plan.kill) {
        const back = killAndRestart(server, everybody, step.line).then((told) => {
          outage = told;
        });
        // Should it fail, `server.failure` tells.
        asides.push(back.catch(() => {}));
      }
      asides.push(readAll(group, oneOf(random, everybody)), deliverAll(group, oneOf(random, everybody)));
    }
  }

  const began = performance.now();
  await Promise.race([talk(began), server.failure]);
  const spoken = performance.now();
  const rest = Promise.all([...steps, ...asides]).then(() => Promise.all(everybody.map(isBack)));
  const settled = await Promise.race([resolvesWithin(SETTLE_WITHIN, rest), server.failure]);
  return {
    outage,
    settled,
    talkTook: spoken - began,
    settlingTook: performance.now() - spoken,
  };
}

const moment = (at: number): Promise<void> => delay(Math.max(0, at - performance.now()));

/** Does one step, after all that its person does before. Resolves when the server has it. */
async function act(step: Step, { group, people, deliveries }: Stage): Promise<void> {
  const person = people.get(step.who)!;
  switch (step.does) {
    case 'say': {
      const called = step.to && people.get(step.to)!;
      // Whoever is called is there by then, and stays until the line has its answer.
      const there = called?.next(async () => {});
      const answered = person
        .next(async () => {
          await there;
          say(group, person, { ...step, called }, deliveries);
        })
        .then(() => person.said.find(({ line }) => line === step.line)?.answered);
      called?.calls.push(answered);
      return answered;
    }
    case 'join':
      return person.next(() => join(group, person));
    case 'leave': {
      const calls = [...person.calls];
      return person.next(() => leave(group, person, calls));
    }
    case 'reconnect':
      return person.cut();
  }
}

const isBack = ({ chat }: Person) => until(chat.connection, (status) => status === 'live');

async function killAndRestart(server: ServerProcess, everybody: Person[], line: number): Promise<Outage> {
  const killedAt = performance.now();
  const since = () => performance.now() - killedAt;
  await server.kill();
  const back = Promise.all(
    everybody.map(async (person) => {
      await until(person.chat.connection, (status) => status !== 'live');
      await isBack(person);
    }),
  );
  await server.restart();
  const serverBackAfter = since();
  await back;
  return { line, serverBackAfter, everybodyBackAfter: since() };
}
