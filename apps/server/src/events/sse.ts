import type { StreamItem, StreamNotice } from '@parley/contract';
import { tracked } from '@trpc/server';
import { type Cursor, formatCursor } from './cursor.ts';
import type { Run } from './entry.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Sink } from './stream.ts';

/** What an item weighs while it waits, in bytes: near enough for a bound. */
function weigh(item: StreamItem): number {
  if (item.type === 'message.created') return 200 + item.message.text.length;
  return item.type === 'presence.changed' ? 200 + 85 * item.people.length : 200;
}

/** A stream's way into an SSE answer: a queue that tRPC takes from as fast as the reader reads. */
export class SseQueue implements Sink {
  readonly #epoch: string;
  #items: { cursor: Cursor; item: StreamItem }[] = [];
  #arrived: (() => void) | null = null;
  #emptied: (() => void)[] = [];
  #ended = false;
  buffered = 0;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  write(run: Run): void {
    for (const { position, event } of run.entries)
      if (event) this.#push(formatCursor(this.#epoch, position), event);
  }

  notice(notice: StreamNotice, cursor: Cursor): void {
    this.#push(cursor, notice);
  }

  ephemeral(news: Ephemeral, cursor: Cursor): void {
    this.#push(cursor, news.event);
  }

  drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.buffered === 0 || this.#ended) resolve();
    else this.#emptied.push(resolve);
    return promise;
  }

  /** Nothing comes any more: what waits is still taken. */
  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#release();
  }

  /** The items, each tracked with its cursor. */
  async *items() {
    for (;;) {
      const next = this.#items.shift();
      if (next) {
        this.buffered -= weigh(next.item);
        yield tracked(next.cursor, next.item);
      } else {
        this.#release();
        if (this.#ended) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#arrived = resolve;
        await promise;
      }
    }
  }

  #push(cursor: Cursor, item: StreamItem): void {
    this.#items.push({ cursor, item });
    this.buffered += weigh(item);
    this.#arrived?.();
  }

  #release(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
  }
}
