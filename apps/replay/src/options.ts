import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { between } from './random.ts';

export interface Options {
  /** The log, as an absolute path. */
  file: string;
  /** So many times as fast as it really was; `max` is as fast as the server answers. */
  speed: number | 'max';
  /** Only the first lines of the file. */
  lines: number | undefined;
  /** The same seed cuts the same connections at the same lines. */
  seed: number;
}

/** What the command was called with is not what it takes. */
export class UsageError extends Error {}

/** Two hours of talk take a minute and a half. */
const USUAL_SPEED = 80;

export const USAGE = `npm run replay -- FILE [--speed N|max] [--lines N] [--seed N]
  FILE     an IRC log
  --speed  N times real pace, or max: as fast as the server answers (${USUAL_SPEED} if not given)
  --lines  only the first N lines of the file
  --seed   makes the same cuts again`;

/** Reads the command line. A relative FILE is one of the folder in which npm was called. */
export function readOptions(args: string[], folder: string): Options {
  const { values, positionals } = parse(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('expected one FILE');
  return {
    file: resolve(folder, file),
    speed: values.speed === 'max' ? 'max' : (positive('--speed', values.speed) ?? USUAL_SPEED),
    lines: whole('--lines', values.lines, 1),
    seed: whole('--seed', values.seed, 0) ?? between(Math.random, 1, 999_999),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { speed: { type: 'string' }, lines: { type: 'string' }, seed: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new UsageError(`${name} takes a number above 0`);
  return number;
}

function whole(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > 2 ** 32 - 1)
    throw new UsageError(`${name} takes a whole number of ${least} or more`);
  return number;
}
