import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Real logs that may lie beside the project. */
const real = (name: string): string | undefined => {
  const path = fileURLToPath(new URL(`../../../../shared/data/irc/${name}`, import.meta.url));
  return existsSync(path) ? path : undefined;
};

/** A small log with every form of line. */
export const SAMPLE = fileURLToPath(new URL('sample.txt', import.meta.url));
/** A channel into which many come, and which some leave. */
export const COMING_AND_GOING = real('2007-06-04.txt');
/** A channel with many speakers, who all stay. */
export const BUSY = real('2008-04-27.txt');
