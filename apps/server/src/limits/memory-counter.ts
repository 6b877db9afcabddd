import type { Rate } from './rate.ts';

interface Window {
  taken: number;
  /** When it is over, in milliseconds since 1970. */
  until: number;
}

/**
 * Counts one rate in this node's memory, by key, and tells at once: every call of everybody comes by here, and
 * a promise or a timer for each cost as much as to check its input.
 */
export class MemoryCounter {
  readonly #rate: Rate;
  /** What may come on top, if anything may. */
  readonly #reserve: MemoryCounter | null;
  /** In the order in which they are over. */
  readonly #windows = new Map<string, Window>();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#reserve = rate.burst ? new MemoryCounter(rate.burst) : null;
  }

  /** Keys that are remembered. Whose window is over is forgotten when somebody else's begins. */
  get size(): number {
    return this.#windows.size;
  }

  /** Counts one more. Returns 0 when it is within the rate, else the milliseconds until there is room again. */
  consume(key: string): number {
    const wait = this.#take(key);
    return wait === 0 || !this.#reserve ? wait : Math.min(wait, this.#reserve.consume(key));
  }

  #take(key: string): number {
    const now = Date.now();
    const window = this.#windows.get(key);
    if (window && window.until > now) return ++window.taken <= this.#rate.points ? 0 : window.until - now;
    this.#begin(key, now);
    return 0;
  }

  /** Begins a window with the first one, and forgets those that are over. */
  #begin(key: string, now: number): void {
    this.#windows.delete(key);
    this.#windows.set(key, { taken: 1, until: now + this.#rate.seconds * 1_000 });
    for (const [other, { until }] of this.#windows)
      if (until <= now) this.#windows.delete(other);
      else break;
  }

  /** Takes one back. */
  reward(key: string): void {
    const window = this.#windows.get(key);
    if (window) window.taken--;
  }
}
