import type { Character, Script } from './cast.ts';
import { between, type Random } from './random.ts';

/** So often everybody's connection is cut; once more where the log itself shows that it broke. */
export const CUTS = 3;

/** Who is cut after which step, and after which one the server is killed. */
export interface CutPlan {
  cuts: Map<number, Character[]>;
  kill: number;
}

/** Cuts everybody between their first joining and their last leaving, and kills the server late in the play. */
export function planCuts({ steps }: Script, everybody: Iterable<Character>, random: Random): CutPlan {
  const cuts = new Map<number, Character[]>();
  const last = steps.length - 1;
  const joins = new Map<Character, number>();
  const leaves = new Map<Character, number>();
  for (const [index, { who, does }] of steps.entries()) {
    if (does === 'join' && !leaves.has(who)) joins.set(who, index);
    if (does === 'leave') leaves.set(who, index);
  }
  for (const who of everybody) {
    const [from, to] = [joins.get(who) ?? 0, leaves.get(who) ?? last];
    for (let count = 0; count < CUTS; count++) {
      const index = between(random, from, to);
      cuts.set(index, [...(cuts.get(index) ?? []), who]);
    }
  }
  return { cuts, kill: between(random, Math.floor(last * 0.7), Math.floor(last * 0.8)) };
}
