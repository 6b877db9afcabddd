import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Linux counts CPU time in hundredths of a second. Other systems have no /proc, and no figures of CPU or memory. */
const TICKS_PER_SECOND = 100;

/** The processes that share the machine with the generator. */
export interface Processes {
  server: number;
  /** Postgres's first process; null if it runs on another machine. */
  postgres: number | null;
}

/** CPU seconds that were used between two moments. NaN is what cannot be known here. */
export interface Usage {
  seconds: number;
  server: number;
  database: number;
  generator: number;
  /** By processes that have no part in this. */
  others: number;
}

/** How long a workload runs before it is measured, and how long it is. In seconds. */
export interface Timing {
  warm: number;
  secs: number;
}

/** Lets a workload warm up, measures it, and tells it when measuring begins and ends. */
export async function measureWindow(
  processes: Processes,
  timing: Timing,
  onMeasuring: (measuring: boolean) => void,
): Promise<Usage> {
  await sleep(timing.warm * 1000);
  const stop = measureUsage(processes);
  onMeasuring(true);
  await sleep(timing.secs * 1000);
  onMeasuring(false);
  return stop();
}

/** Begins to measure; the answer ends it. */
export function measureUsage(processes: Processes): () => Usage {
  const before = sample(processes);
  return () => {
    const after = sample(processes);
    const server = after.server - before.server;
    const database = after.database - before.database;
    const generator = after.generator - before.generator;
    const others = Math.max(0, after.machine - before.machine - server - database - generator);
    return { seconds: (after.at - before.at) / 1000, server, database, generator, others };
  };
}

function sample({ server, postgres }: Processes) {
  const own = process.cpuUsage();
  return {
    at: performance.now(),
    server: processCpu(server),
    database: postgres === null ? Number.NaN : familyCpu(postgres),
    generator: (own.user + own.system) / 1e6,
    machine: machineCpu(),
  };
}

/** The fields of /proc/<pid>/stat after the name of the command, or null if there is none. */
function processStat(pid: number | string): string[] | null {
  const text = readProc(`${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

const ticks = (fields: (string | undefined)[]): number =>
  fields.reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_SECOND;

const processCpu = (pid: number): number => ticks(processStat(pid)?.slice(11, 13) ?? [undefined]);

/** A process, its children, and those of its children that have ended. */
function familyCpu(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processStat)
    .filter((stat) => Number(stat?.[1]) === pid);
  return [processStat(pid), ...children].reduce((sum, stat) => sum + ticks(stat?.slice(11, 15) ?? []), 0);
}

/** All that the machine has done: user, nice, system, and both kinds of interrupts. */
function machineCpu(): number {
  const fields = readProc('stat')?.split('\n')[0]?.trim().split(/\s+/) ?? [];
  return ticks([1, 2, 3, 6, 7].map((column) => fields[column]));
}

/** The memory of a process that is in use now, in KiB. */
export const residentKib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}/status`) ?? '')?.[1]);

/** The process that started another, if that is a Postgres of this machine. */
export function postmasterOf(backend: number): number | null {
  const isPostgres = readProc(`${backend}/comm`)?.trim() === 'postgres';
  return isPostgres ? Number(processStat(backend)?.[1]) : null;
}

function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return null;
  }
}

/** Gathers durations in milliseconds. */
export function latencies() {
  const all: number[] = [];
  return {
    add: (milliseconds: number): void => void all.push(milliseconds),
    /** The duration that the part `p` of them did not exceed; NaN if there were none. */
    quantile(p: number): number {
      const sorted = Float64Array.from(all).sort();
      return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
    },
  };
}

export function median(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}
