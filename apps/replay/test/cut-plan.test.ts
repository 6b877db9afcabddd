import { expect, test } from 'vitest';
import { castFrom } from '../src/cast.ts';
import { CUTS, planCuts } from '../src/cut-plan.ts';
import { randomFrom } from '../src/random.ts';
import { readLog } from '../src/read-log.ts';
import { SAMPLE } from './logs.ts';

const script = castFrom(readLog(SAMPLE));
const plan = (seed: number) => planCuts(script, script.characters, randomFrom(seed));

test('everybody is cut as often as promised, while they are in the group', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const cuts = [...plan(seed).cuts].flatMap(([index, people]) => people.map((who) => ({ index, who })));
    for (const who of script.characters) {
      const own = cuts.filter((cut) => cut.who === who);
      expect(own).toHaveLength(CUTS);
      const joined = script.presentAtFirst.includes(who)
        ? 0
        : script.steps.findIndex((step) => step.who === who);
      for (const { index } of own) expect(index).toBeGreaterThanOrEqual(joined);
    }
  }
});

test('the same seed is the same plan, another one another', () => {
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
});
