import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process of the embedded Postgres that runs in a folder, and its port. */
export function postmasterOf(folder: string): { pid: number; port: number } {
  const lines = readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}
