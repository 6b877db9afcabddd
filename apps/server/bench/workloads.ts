import { ConfigurationError } from '../src/env.ts';
import type { Processes, Timing, Usage } from './measure.ts';
import type { RunningSystem } from './system.ts';
import { chat } from './workloads/chat.ts';
import { history } from './workloads/history.ts';
import { idle } from './workloads/idle.ts';
import { groupOf, pairOf, WORLD } from './world.ts';

/** One workload on one system. */
export interface Trial {
  system: RunningSystem;
  processes: Processes;
  timing: Timing;
}

/** What a trial gave, by its name in the table. By the first one the systems are compared. */
export type Figures = Record<string, number>;

/** The figure by which the cost of the systems is compared: of a thousand messages, deliveries, connections or pages. */
export const SERVER_CPU = 'server CPU ms/1,000';

export interface Workload {
  name: string;
  run(trial: Trial): Promise<Figures>;
}

export const DEFAULT_WORKLOADS = 'w1c,w2:1000:10,w2:200:10,w2:1000:1,w4,w3:2000';

/** People who chat in pairs. */
const PAIRED = 200;

/**
 * The workload of this name:
 *
 *   w1c                  100 pairs chat, each person's next message follows the end of the last
 *   w1o:RATE             the same with RATE messages a second, whatever becomes of the earlier ones
 *   w2:MEMBERS:SENDERS   one group of 200 or 1,000, all connected, of whom some send
 *   w3:N                 N people are connected and idle
 *   w4                   50 clients page through a history of 100,000 messages
 */
export function workloadNamed(name: string): Workload {
  const [kind, ...parameters] = name.split(':');
  const [first, second] = parameters.map(positiveInteger);
  if (kind === 'w1c' && parameters.length === 0) return { name, run: (trial) => pairs(trial) };
  if (kind === 'w1o' && first) return { name, run: (trial) => pairs(trial, first) };
  if (kind === 'w2' && first && second && WORLD.groups.some((members) => members === first))
    return { name, run: (trial) => group(trial, first, second) };
  if (kind === 'w3' && first && first <= WORLD.users)
    return { name, run: (trial) => connections(trial, first) };
  if (kind === 'w4' && parameters.length === 0) return { name, run: pages };
  throw new ConfigurationError(
    `No workload ${name}: take w1c, w1o:RATE, w2:200:SENDERS, w2:1000:SENDERS, w3:N or w4`,
  );
}

const positiveInteger = (text: string): number => (/^[1-9]\d*$/.test(text) ? Number(text) : 0);

async function pairs(trial: Trial, rate?: number): Promise<Figures> {
  const plan = { people: PAIRED, roomOf: pairOf, senders: PAIRED, recipients: 1, rate };
  const { usage, messages, ack, delivery } = await chat(trial, plan);
  return {
    'messages/s': messages / usage.seconds,
    'ack p50 ms': ack.quantile(0.5),
    'ack p99 ms': ack.quantile(0.99),
    'delivery p50 ms': delivery.quantile(0.5),
    'delivery p99 ms': delivery.quantile(0.99),
    ...costs(usage, messages),
  };
}

async function group(trial: Trial, members: number, senders: number): Promise<Figures> {
  const plan = { people: members, roomOf: () => groupOf(members), senders, recipients: members - 1 };
  const { usage, messages, deliveries, delivery } = await chat(trial, plan);
  return {
    'deliveries/s': deliveries / usage.seconds,
    'messages/s': messages / usage.seconds,
    'last delivery p50 ms': delivery.quantile(0.5),
    'last delivery p99 ms': delivery.quantile(0.99),
    ...costs(usage, deliveries),
  };
}

async function connections(trial: Trial, people: number): Promise<Figures> {
  const { usage, kibPerConnection } = await idle(trial, people);
  return { 'KiB/connection': kibPerConnection, 'connecting s': usage.seconds, ...costs(usage, people) };
}

async function pages(trial: Trial): Promise<Figures> {
  const { usage, pages, bytes, latency } = await history(trial);
  return {
    'pages/s': pages / usage.seconds,
    'p50 ms': latency.quantile(0.5),
    'p99 ms': latency.quantile(0.99),
    'KiB/page': bytes / pages / 1024,
    ...costs(usage, pages),
  };
}

const costs = ({ seconds, server, database, others }: Usage, count: number): Figures => ({
  [SERVER_CPU]: (server / count) * 1e6,
  'database CPU ms/1,000': (database / count) * 1e6,
  'cores taken by others': others / seconds,
});
