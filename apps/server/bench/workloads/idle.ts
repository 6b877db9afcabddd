import { setTimeout as sleep } from 'node:timers/promises';
import { connectCrowd } from '../crowd.ts';
import { measureUsage, residentKib, type Usage } from '../measure.ts';
import type { Trial } from '../workloads.ts';
import { pairOf } from '../world.ts';

/** Seconds in which a server's memory settles. */
const SETTLING = 6;

/** People who are connected and say nothing: what they cost in memory, and what connecting them costs. */
export async function idle(
  { system, processes }: Trial,
  people: number,
): Promise<{ usage: Usage; kibPerConnection: number }> {
  const users = Array.from({ length: people }, (_, user) => user);
  const first = await connectCrowd(system, users.slice(0, 8), pairOf);
  await sleep(1_500);
  first[Symbol.dispose]();
  await sleep(1_500);

  const before = residentKib(processes.server);
  const stop = measureUsage(processes);
  using crowd = await connectCrowd(system, users, pairOf);
  const usage = stop();
  await sleep(SETTLING * 1000);
  const after = residentKib(processes.server);
  crowd.check();
  return { usage, kibPerConnection: (after - before) / people };
}
