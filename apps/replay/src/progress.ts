import type { Person } from './person.ts';
import { count, figure } from './telling.ts';

/** Every so many milliseconds something is said of what goes on. */
const EVERY = 5_000;

/** Tells how far it is, on standard error: standard output belongs to the summary. */
export interface Progress extends Disposable {
  /** What happens from now on. */
  phase(name: string, detail?: () => string): void;
}

export function showProgress(): Progress {
  const began = performance.now();
  let tell = (): string => '';
  const say = () => {
    const seconds = Math.round((performance.now() - began) / 1_000);
    process.stderr.write(`  ${String(seconds).padStart(4)} s  ${tell()}\n`);
  };
  const timer = setInterval(say, EVERY);
  return {
    phase(name, detail = () => '') {
      tell = () => `${name}${detail()}`;
      say();
      timer.refresh();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** How the people on the stage are. */
export function tellPeople(people: Iterable<Person>, lines: number): string {
  const everybody = [...people];
  const said = everybody.reduce((sum, person) => sum + person.said.length, 0);
  const cuts = everybody.reduce((sum, person) => sum + person.cuts, 0);
  const away = everybody.filter(({ upSince }) => upSince === Infinity).length;
  return `: ${figure(said)} of ${count(lines, 'line')} said, ${count(cuts, 'cut')}, ${away} without a connection`;
}
