import { randomBytes } from 'node:crypto';
import { News } from './news.ts';

/** How often the head of the log is looked at in any case, in milliseconds: a lost hint costs at most this. */
const POLL = 250;
/** At most one text goes to the other nodes in this time, in milliseconds, whatever happens. */
const SEND_EVERY = 25;
/** Bytes of news that wait to be sent. What is older is dropped: it is true only now. */
const MOST_WAITING = 256 * 1024;

/**
 * Tells the other nodes that the log has grown, and what is true only now; and hears both from them. Whatever it
 * carries may be lost: of the log it is only a hint, and the rest is told again or over soon.
 */
export interface Bus {
  /** This node has committed up to this position. Gathered. */
  announce(position: number): void;
  /** Tells the other nodes some news of a kind: plain JSON no longer than the driver takes. Gathered. */
  tell(kind: string, news: unknown): void;
  /** Calls back with what other nodes tell of a kind, in the order in which each has told it. */
  hear(kind: string, listener: (news: never) => void): void;
  close(): Promise<void>;
}

/** What a bus goes over. Where it cannot be reached its calls reject, and reach it again when it is back. */
export interface BusDriver {
  /** Bytes of one text at most. */
  readonly longest: number;
  /** Passes a text on to all nodes, this one included. */
  send(text: string): Promise<void>;
  /** The highest position of the log. */
  head(): Promise<number>;
  close(): Promise<void>;
}

export interface BusOptions {
  connect: (hear: (text: string) => void) => BusDriver;
  /** The log reaches at least to this position. */
  onHint: (position: number) => void;
  onError: (error: unknown) => void;
}

/** A text of the bus: the head of the log, who says it, and a JSON array of [kind, news], with spaces between. */
const TEXT = /^(\d+) ([0-9a-f]+) (\[.*\])$/s;

/** A bus over a driver. */
export function createBus({ connect, onHint, onError }: BusOptions): Bus {
  const self = randomBytes(8).toString('hex');
  const listeners = new Map<string, (news: never) => void>();
  const driver = connect(hear);
  const longest = driver.longest - `${Number.MAX_SAFE_INTEGER} ${self} []`.length;
  const waiting = new News(MOST_WAITING);
  let announced = 0;
  let told = 0;
  let closed = false;

  function hear(text: string): void {
    const [, position, from, news] = TEXT.exec(text) ?? [];
    if (position === undefined || news === undefined) return;
    // What the bus has said once need not be said again.
    told = Math.max(told, Number(position));
    onHint(Number(position));
    if (from === self) return;
    for (const [kind, value] of JSON.parse(news) as [string, never][]) {
      try {
        listeners.get(kind)?.(value);
      } catch (error) {
        onError(error);
      }
    }
  }

  /** One turn of each work at a time: who does not answer is not asked again and again. */
  function every(milliseconds: number, work: () => Promise<void>): NodeJS.Timeout {
    let busy = false;
    return setInterval(async () => {
      if (busy) return;
      busy = true;
      try {
        await work();
      } catch (error) {
        if (!closed) onError(error);
      } finally {
        busy = false;
      }
    }, milliseconds);
  }

  const sending = every(SEND_EVERY, async () => {
    if (announced <= told && waiting.isEmpty) return;
    const position = announced;
    await driver.send(`${position} ${self} [${waiting.take(longest)}]`);
    told = Math.max(told, position);
  });
  const polling = every(POLL, async () => onHint(await driver.head()));

  return {
    announce(position) {
      announced = Math.max(announced, position);
    },
    tell(kind, news) {
      const item = JSON.stringify([kind, news]);
      if (Buffer.byteLength(item) > longest) throw new RangeError(`news of ${kind} that long`);
      waiting.add(item);
    },
    hear: (kind, listener) => void listeners.set(kind, listener),
    async close() {
      closed = true;
      clearInterval(sending);
      clearInterval(polling);
      await driver.close();
    },
  };
}
