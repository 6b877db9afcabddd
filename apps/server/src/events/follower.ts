import type { LogEntry } from './entry.ts';

/** What a follower needs of the log and of the node. */
export interface FollowerPorts {
  /** Reads the next entries after a position and before another, in order. */
  next(after: number, before: number): Promise<{ entries: LogEntry[]; more: boolean }>;
  /** Takes entries, dense and right after what was taken before. */
  apply(entries: LogEntry[]): void;
  onError(error: unknown): void;
}

/**
 * Applies the log on this node, in dense order. What this node committed itself is offered from memory; of
 * everything else it only hears that there is more. Whatever is missing in between is read from the database,
 * so a lost hint costs time and never an event.
 */
export class Follower {
  readonly #ports: FollowerPorts;
  #applied: number;
  /** Offered batches that wait for what lies before them, by their first position. */
  #waiting: LogEntry[][] = [];
  #reading = false;
  #askedAgain = false;
  #closed = false;

  constructor(applied: number, ports: FollowerPorts) {
    this.#applied = applied;
    this.#ports = ports;
  }

  /** Entries that this node has just committed, dense among themselves. */
  offer(entries: LogEntry[]): void {
    const first = entries[0];
    if (!first) return;
    const later = this.#waiting.findIndex((batch) => batch[0]!.position > first.position);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, entries);
    this.hint(entries.at(-1)!.position);
  }

  /** The log reaches at least to this position. */
  hint(position: number): void {
    this.#applyWaiting();
    if (this.#applied < position) void this.#read();
  }

  /** This node committed something, at a position that it was not told: look for it. */
  wake(): void {
    void this.#read();
  }

  close(): void {
    this.#closed = true;
  }

  #applyWaiting(): void {
    for (let batch = this.#waiting[0]; batch; batch = this.#waiting[0]) {
      if (batch[0]!.position > this.#applied + 1) return;
      this.#waiting.shift();
      // Some of it may have been read from the database meanwhile.
      this.#apply(batch.filter(({ position }) => position > this.#applied));
    }
  }

  #apply(entries: LogEntry[]): void {
    if (entries.length === 0) return;
    this.#applied = entries.at(-1)!.position;
    this.#ports.apply(entries);
  }

  /** Reads what is missing. One at a time: who asks meanwhile makes it look once more. */
  async #read(): Promise<void> {
    this.#askedAgain = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#askedAgain && !this.#closed) {
        this.#askedAgain = false;
        const before = this.#waiting[0]?.[0]?.position ?? Number.MAX_SAFE_INTEGER;
        const { entries, more } = await this.#ports.next(this.#applied, before);
        if (this.#closed) return;
        this.#apply(denseAfter(this.#applied, entries));
        this.#applyWaiting();
        if (more) this.#askedAgain = true;
      }
    } catch (error) {
      // The next hint or poll asks again.
      this.#ports.onError(error);
    } finally {
      this.#reading = false;
    }
  }
}

/** What of these entries is new. A hole in them would be a loss, so it is an error and never skipped. */
function denseAfter(applied: number, entries: LogEntry[]): LogEntry[] {
  const fresh = entries.filter(({ position }) => position > applied);
  const hole = fresh.find(({ position }, index) => position !== applied + 1 + index);
  if (hole) throw new Error(`The log has a hole before position ${hole.position}`);
  return fresh;
}
