import { delayOf, heldFor, type Weather } from './weather.ts';

/**
 * What may happen to something, beside being late or lost. `fixed` keeps its place; so does an `event` of a stream, which may come
 * a second time; and a `call` or its answer may be overtaken as well.
 */
export type Freedom = 'fixed' | 'event' | 'call';

/** One way of one connection. What goes in comes out, in the order that the weather makes of it. */
export interface Lane<Item> {
  push(item: Item, freedom: Freedom): void;
  /** Runs after all that was pushed has come out. */
  whenEmpty(run: () => void): void;
  close(): void;
}

interface Waiting {
  due: number;
  run: () => void;
}

export function createLane<Item>(
  weather: Weather,
  chance: () => number,
  deliver: (item: Item) => void,
  lose: () => void,
): Lane<Item> {
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  /** When the last of those comes out that keep their order. */
  let lastDue = 0;

  function at(due: number, run: () => void): void {
    const place = waiting.findLastIndex((each) => each.due <= due) + 1;
    waiting.splice(place, 0, { due, run });
  }

  function letOut(): void {
    clearTimeout(timer);
    while (!closed && waiting[0] && waiting[0].due <= Date.now()) waiting.shift()!.run();
    if (!closed && waiting[0]) timer = setTimeout(letOut, waiting[0].due - Date.now());
  }

  return {
    push(item, freedom) {
      if (closed) return;
      // Each time the same numbers are drawn: what happens to one says nothing of what happens to the next.
      const [lost, repeated, overtaken] = [chance(), chance(), chance()];
      const [delay, held, heldCopy] = [delayOf(weather, chance), heldFor(chance), heldFor(chance)];
      if (lost < weather.drop) return lose();
      const due = Math.max(lastDue, Date.now() + delay);
      const isOvertaken = freedom === 'call' && overtaken < weather.reorder;
      if (!isOvertaken) lastDue = due;
      const run = () => deliver(item);
      at(isOvertaken ? due + held : due, run);
      if (freedom !== 'fixed' && repeated < weather.duplicate) at(due + held + heldCopy, run);
      letOut();
    },
    whenEmpty(run) {
      at(Math.max(lastDue, waiting.at(-1)?.due ?? 0), run);
      letOut();
    },
    close() {
      closed = true;
      waiting = [];
      clearTimeout(timer);
    },
  };
}
