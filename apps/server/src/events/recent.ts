import type { LogEntry } from './entry.ts';

/** How many of the newest entries a node keeps at hand. */
const CAPACITY = 2_048;

/**
 * The newest entries of the log, in memory. A stream that is at most this far behind catches up from here, in
 * the same turn of the loop in which it goes live: nothing can come between, and no query is made.
 */
export class RecentEntries {
  #entries: LogEntry[] = [];
  /** The position before the oldest entry. */
  #floor: number;

  constructor(applied: number) {
    this.#floor = applied;
  }

  /** Streams at or above this position need nothing from the database. */
  get floor(): number {
    return this.#floor;
  }

  push(entries: readonly LogEntry[]): void {
    this.#entries.push(...entries);
    // Dropped in halves: a copy for each entry would cost more than the memory is worth.
    if (this.#entries.length < 2 * CAPACITY) return;
    this.#entries = this.#entries.slice(-CAPACITY);
    this.#floor = this.#entries[0]!.position - 1;
  }

  /** All entries after a position that is not below the floor. */
  after(position: number): LogEntry[] {
    return this.#entries.slice(position - this.#floor);
  }
}
