/**
 * Compares Parley with the least that a chat server can do, and with a stock one, side by side on this machine.
 *
 *   npm run bench -- --systems limit,stock,parley --workloads w1c,w4 --rounds 3 --secs 5 --warm 3
 *
 * Every message is stored durably before it is acknowledged. The database is an embedded Postgres, or the one of
 * BENCH_DATABASE_URL, where databases named bench_… are made anew. The systems take turns within each workload and
 * round, so that drift of the machine hits all alike.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../src/env.ts';
import { type BenchDatabases, openDatabases } from './databases.ts';
import { limit } from './limit/limit.ts';
import type { Timing } from './measure.ts';
import { parley } from './parley/parley.ts';
import { stock } from './stock/stock.ts';
import type { System } from './system.ts';
import { type Row, tables } from './table.ts';
import { DEFAULT_WORKLOADS, type Figures, type Workload, workloadNamed } from './workloads.ts';

const SYSTEMS = { limit, stock, parley };

async function main(): Promise<void> {
  const { systemNames, workloads, rounds, timing } = readArguments();
  await using databases = await openDatabases(process.env['BENCH_DATABASE_URL']);
  const systems = systemNames.map((name) => SYSTEMS[name](databases));
  console.log(
    `${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}, Postgres ${databases.version}\n`,
  );
  for (const system of systems) await system.provision();

  const rows: Row[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const workload of workloads)
      for (const system of systems) {
        const figures = await attempt(workload, system, databases, timing);
        if (figures) rows.push({ workload: workload.name, system: system.name, figures });
        await sleep(500);
      }
  console.log(`\n${tables(rows)}`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      systems: { type: 'string', default: Object.keys(SYSTEMS).join(',') },
      workloads: { type: 'string', default: DEFAULT_WORKLOADS },
      rounds: { type: 'string', default: '3' },
      secs: { type: 'string', default: '5' },
      warm: { type: 'string', default: '3' },
    },
  });
  return {
    systemNames: values.systems.split(',').map(systemNamed),
    workloads: values.workloads.split(',').map(workloadNamed),
    rounds: positive('rounds', values.rounds),
    timing: { secs: positive('secs', values.secs), warm: positive('warm', values.warm) },
  };
}

function systemNamed(name: string): keyof typeof SYSTEMS {
  if (!Object.hasOwn(SYSTEMS, name))
    throw new ConfigurationError(`No system ${name}: take ${Object.keys(SYSTEMS).join(', ')}`);
  return name as keyof typeof SYSTEMS;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new ConfigurationError(`--${flag} takes a positive number`);
  return value;
}

/** One workload on one system, from its start to its end. A failure is shown, and the others go on. */
async function attempt(
  workload: Workload,
  system: System,
  databases: BenchDatabases,
  timing: Timing,
): Promise<Figures | null> {
  try {
    await using server = await system.start();
    const processes = { server: server.pid, postgres: databases.pid };
    const figures = await workload.run({ system: server, processes, timing });
    const [name, value] = Object.entries(figures)[0]!;
    console.log(`${workload.name} ${system.name}: ${value.toFixed(1)} ${name}`);
    return figures;
  } catch (error) {
    console.error(
      `${workload.name} ${system.name} failed: ${error instanceof Error ? error.message : error}`,
    );
    process.exitCode = 1;
    return null;
  }
}

/** Whoever calls it can put this right: one line is enough. */
const isUsage = (error: unknown): error is Error =>
  error instanceof ConfigurationError ||
  (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  await main();
} catch (error) {
  if (!isUsage(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
