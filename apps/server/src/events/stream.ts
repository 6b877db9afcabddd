import type { StreamNotice } from '@parley/contract';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { type LogEntry, Run } from './entry.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Hub, Listener, Person } from './hub.ts';
import type { LogReader, Skipped } from './read-log.ts';

/** Where a stream writes to: a socket's subscription, or the answer of an SSE request. */
export interface Sink {
  write(run: Run): void;
  notice(notice: StreamNotice, cursor: Cursor): void;
  ephemeral(news: Ephemeral, cursor: Cursor): void;
  /** Bytes that wait for a slow reader. */
  readonly buffered: number;
  /** Resolves when all that waited has been handed on, and when the reader is gone. */
  drained(): Promise<void>;
}

/** With more than this many bytes waiting, a stream stops, and later goes on from the log. */
const PAUSE_ABOVE = 256 * 1024;
/** With more than this many bytes waiting, it is told nothing of what is true only now. */
const EPHEMERAL_BELOW = 64 * 1024;
/** Entries that go out between two looks at what waits: of the longest messages, half of what may wait. */
const SLICE = 8;

type ResetReason = Extract<StreamNotice, { type: 'stream.reset' }>['reason'];

/**
 * One subscription to the log. First load, resume, recovery of a slow reader and live are one path:
 *
 *   1. join the hub, so that entitlement follows the log from here on
 *   2. start at the cursor, or now; or `reset`, and end
 *   3. catch up: from the database while far behind, from memory when near; of a topic of which too much was
 *      missed, `gapped` instead
 *   4. `caught-up`, and go live, in the same turn of the loop as the last look at the log
 *   5. when the reader falls behind, wait until it has drained, and go on at 3
 *
 * What is true only now comes between the events of a live stream, with the cursor as it stands: an item without one
 * would erase the client's.
 *
 * `sent` is the one truth about what went out: whatever writes drops positions up to it. It may lie ahead of
 * this node, when a client comes from one that is further; nothing is sent until the node has passed it.
 */
export class Stream implements Listener {
  readonly #hub: Hub;
  readonly #reader: LogReader;
  readonly #sink: Sink;
  #sent = 0;
  #live = false;
  #skipped: Skipped = { topics: [], upTo: 0 };
  #fellBehind: (() => void) | null = null;

  constructor(hub: Hub, reader: LogReader, sink: Sink) {
    this.#hub = hub;
    this.#reader = reader;
    this.#sink = sink;
  }

  /** Serves one person until the signal aborts, or until a reset. */
  async run(userId: string, cursor: Cursor | null, signal: AbortSignal): Promise<void> {
    const person = await this.#hub.join(userId, this);
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    try {
      const reason = await (cursor === null ? this.#startNow() : this.#startAt(cursor));
      if (reason)
        return this.#sink.notice({ type: 'stream.reset', reason }, this.#cursorAt(this.#hub.applied));
      for (let first = true; !signal.aborted; first = false) {
        await this.#catchUp(person, signal);
        if (signal.aborted) return;
        // No await from the last look at the log to here.
        this.#sent = Math.max(this.#sent, this.#hub.applied);
        if (first) {
          this.#sink.notice({ type: 'stream.caught-up' }, this.#cursorAt(this.#sent));
          this.#hub.caughtUp(person, this);
        }
        await Promise.race([this.#goLive(), aborted]);
        if (!signal.aborted) await this.#sink.drained();
      }
    } finally {
      this.#live = false;
      this.#hub.leave(person, this);
    }
  }

  /** What the hub has for us while we are live. */
  deliver(run: Run): void {
    if (!this.#live || run.last <= this.#sent) return;
    if (this.#sink.buffered > PAUSE_ABOVE) {
      this.#live = false;
      this.#fellBehind?.();
      return;
    }
    this.#sink.write(run.after(this.#sent));
    this.#sent = run.last;
  }

  /** What is true only now, while we are live and the reader is not behind; says whether it went out. */
  tell(news: Ephemeral): boolean {
    if (!this.#live || this.#sink.buffered > EPHEMERAL_BELOW) return false;
    this.#sink.ephemeral(news, this.#cursorAt(this.#sent));
    return true;
  }

  /** Now is the end of the log in the database: what the caller has just done lies before it, on any node. */
  async #startNow(): Promise<null> {
    this.#sent = await this.#reader.head();
    return null;
  }

  /** Takes a client's cursor, or says why it cannot be honoured. */
  async #startAt(cursor: Cursor): Promise<ResetReason | null> {
    const parsed = parseCursor(cursor);
    if (!parsed) return 'malformed';
    const { epoch, position } = parsed;
    if (epoch !== this.#reader.epoch) return 'epoch';
    // Ahead of this node is not the future: the client may come from a node that is further.
    if (position > this.#hub.applied && position > (await this.#reader.head())) return 'future';
    if (position < this.#hub.recent.floor && position + 1 < (await this.#reader.oldest())) return 'pruned';
    this.#sent = position;
    return null;
  }

  /** Sends what lies between `sent` and the node's position. Returns in the turn in which nothing is left. */
  async #catchUp(person: Person, signal: AbortSignal): Promise<void> {
    await this.#skipGaps(person, signal);
    while (this.#sent < this.#hub.applied && !signal.aborted) {
      if (this.#sink.buffered > PAUSE_ABOVE) {
        await this.#sink.drained();
        continue;
      }
      const { recent, applied } = this.#hub;
      if (this.#sent >= recent.floor) {
        const heard = ({ topic, position }: LogEntry) =>
          person.entitlement.covers(topic, position) && !this.#skips(topic, position);
        this.#send(recent.after(this.#sent).filter(heard), applied);
      } else {
        const page = await this.#reader.page(person.userId, this.#sent, applied, this.#skipped);
        if (!signal.aborted) this.#send(page.entries, page.upTo);
      }
    }
  }

  /**
   * Tells of topics of which too much was missed, and leaves it out. The cursor stays: whoever is cut off now is told
   * again, or gets the rest one by one; both are news that may come twice, since they say how things stand.
   */
  async #skipGaps({ userId }: Person, signal: AbortSignal): Promise<void> {
    const upTo = this.#hub.applied;
    if (this.#sent >= upTo) return;
    const { topics, notices } = await this.#reader.gaps(userId, this.#sent, upTo);
    if (signal.aborted) return;
    this.#skipped = { topics, upTo };
    for (const notice of notices) this.#sink.notice(notice, this.#cursorAt(this.#sent));
  }

  #skips(topic: string, position: number): boolean {
    return position <= this.#skipped.upTo && this.#skipped.topics.includes(topic);
  }

  /** Sends entries, and stands at `upTo` then; at the last entry sent if the reader falls behind. */
  #send(entries: LogEntry[], upTo: number): void {
    for (let start = 0; start < entries.length; start += SLICE) {
      if (this.#sink.buffered > PAUSE_ABOVE) return;
      const run = new Run(this.#reader.epoch, entries.slice(start, start + SLICE));
      this.#sink.write(run);
      this.#sent = run.last;
    }
    this.#sent = upTo;
  }

  /** Resolves when the reader falls behind. */
  #goLive(): Promise<void> {
    this.#live = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#fellBehind = resolve;
    return promise;
  }

  #cursorAt(position: number): Cursor {
    return formatCursor(this.#reader.epoch, position);
  }
}
