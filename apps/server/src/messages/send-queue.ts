import { setImmediate } from 'node:timers/promises';
import { type Message, type MessageExtras, messageId } from '@parley/contract';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { createPool } from '../database/pool.ts';
import { ParleyError } from '../error.ts';
import type { LogEntry } from '../events/entry.ts';
import type { EventLog } from '../events/log.ts';
import { firstLink } from '../previews/first-link.ts';
import { Rendered } from '../rendered.ts';
import type { Place } from './find-visible.ts';
import { fingerprint } from './fingerprint.ts';
import { readMessage } from './read.ts';
import { refusalOf } from './send-refusal.ts';

/** Sends of one batch at most. */
const BATCH = 500;
/** Milliseconds for which the first batch after a pause waits for as many sends as the last one had. */
const GATHER_WITHIN = 0.5;
/** Sends that may wait; past it the answer is `BUSY`. */
const QUEUE = 20_000;

export interface Send {
  conversationId: string;
  senderId: string;
  clientMessageId: string;
  text: string;
  extras: MessageExtras | null;
}

interface Waiting extends Send {
  id: string;
  resolve(message: Rendered<Message>): void;
  reject(error: unknown): void;
}

/** Stores messages in batches: while one is on its way to the database, the sends that come wait for the next. */
export interface SendQueue {
  /**
   * Resolves once the message is stored, and committed. Errors: `NOT_FOUND`, `IDEMPOTENCY_CONFLICT`, `PERSON_BLOCKED`,
   * `FORBIDDEN` (to mention everyone), `RATE_LIMITED` (slow mode), `BUSY`, and `UNAVAILABLE` when nobody knows whether it was stored.
   */
  push(send: Send): Promise<Rendered<Message>>;
  /** Resolves when nothing is waiting any more. */
  close(): Promise<void>;
}

/** What the database answers of a batch, in its order. */
interface Stored {
  /** The position before the first message stored. */
  head: number;
  outcomes: string[];
  seqs: (number | null)[];
  /** Whether the log says more behind the messages: how the threads stand that they are in. */
  isNewsOfThreads: boolean;
  sentAt: string;
}
type StoredRow = [head: string, outcomes: string[], seqs: (number | null)[], isNewsOfThreads: boolean];

export interface SendQueueOptions {
  url: string;
  database: Database;
  log: Pick<EventLog, 'committed' | 'wake'>;
  clock: Clock;
  /** Is told where messages with links have been stored, if anybody wants to know. */
  onLinks?: ((places: Place[]) => void) | undefined;
}

export function createSendQueue({ url, database, log, clock, onLinks }: SendQueueOptions): SendQueue {
  // A connection of its own: a batch never waits for one.
  const pool = createPool({
    connectionString: url,
    max: 1,
    options: '-c statement_timeout=15000 -c lock_timeout=5000',
  });
  let queue: Waiting[] = [];
  let running: Promise<void> | null = null;
  let sizeOfLast = 1;

  /**
   * Ends a pause. Whoever was answered together comes back together, but for a few that are a little late; and each
   * batch has a fan-out of its own, which for a group of 200 costs as much with two messages as with ten. In real
   * time: a clock that is injected may stand still, and they would wait for ever.
   */
  async function gather(): Promise<void> {
    const until = performance.now() + GATHER_WITHIN;
    do await setImmediate();
    while (queue.length < sizeOfLast && performance.now() < until);
  }

  /** Batch after batch. The next one is on its way before the answers of the last are given out. */
  async function run(): Promise<void> {
    let underWay = begin();
    while (underWay) {
      const { batch, storing } = underWay;
      const stored = await storing;
      underWay = begin();
      if (stored instanceof Error) await salvage(batch, stored);
      else giveOut(batch, stored);
      // While those of a failed batch were tried alone, others may have come.
      underWay ??= begin();
    }
    running = null;
  }

  function begin(): { batch: Waiting[]; storing: Promise<Stored | Error> } | null {
    const batch = takeBatch();
    if (batch.length === 0) return null;
    sizeOfLast = batch.length;
    return { batch, storing: store(batch).catch((error: Error) => error) };
  }

  /** The next sends. An id that is in the batch already waits for the next one, and finds what it made. */
  function takeBatch(): Waiting[] {
    const ids = new Set<string>();
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    for (const send of queue) {
      if (batch.length === BATCH || ids.has(send.id)) later.push(send);
      else batch.push(send);
      ids.add(send.id);
    }
    queue = later;
    return batch;
  }

  /** A deadlock, or an id that another node stored at the same moment: once more, and it is seen. */
  async function store(batch: Waiting[]): Promise<Stored> {
    const sentAt = clock.now().toISOString();
    const values = [
      batch.map(({ id }) => id),
      batch.map(({ conversationId }) => conversationId),
      batch.map(({ senderId }) => senderId),
      batch.map(({ text }) => text),
      batch.map(({ extras }) => extras),
      batch.map(fingerprint),
      sentAt,
    ];
    const query = () =>
      pool.query<StoredRow>({ name: 'send_messages', text: SEND, values, rowMode: 'array' });
    const { rows } = await query().catch((error: { code?: string }) => {
      if (error.code !== '40P01' && error.code !== '23505') throw error;
      return query();
    });
    const [head, outcomes, seqs, isNewsOfThreads] = rows[0]!;
    return { head: Number(head), outcomes, seqs, isNewsOfThreads, sentAt };
  }

  /** Tells each sender, and the log. */
  function giveOut(batch: Waiting[], { head, outcomes, seqs, isNewsOfThreads, sentAt }: Stored): void {
    const entries: LogEntry[] = [];
    const linked: Place[] = [];
    for (const [index, send] of batch.entries()) {
      const { id, conversationId, senderId, text, extras } = send;
      const seq = seqs[index]!;
      switch (outcomes[index]) {
        case 'stored':
        case 'withheld': {
          const message = { id, conversationId, seq, senderId, text, createdAt: sentAt, ...extras };
          const json = JSON.stringify(message);
          entries.push({
            position: head + entries.length + 1,
            // What is withheld from the other one is news of its sender alone.
            topic: outcomes[index] === 'withheld' ? senderId : conversationId,
            event: { type: 'message.created', message },
            json: `{"type":"message.created","message":${json}}`,
          });
          if (onLinks && firstLink(text) !== null) linked.push({ conversationId, seq });
          send.resolve(new Rendered(json));
          break;
        }
        case 'exists':
          readMessage(database, senderId, { conversationId, seq }).then(send.resolve, send.reject);
          break;
        default:
          send.reject(refusalOf(outcomes[index]!, seq, id));
      }
    }
    log.committed(entries);
    if (isNewsOfThreads) log.wake();
    if (linked.length > 0) onLinks?.(linked);
  }

  /** A batch failed as a whole. Where one send's data may be the cause, each is tried alone. */
  async function salvage(batch: Waiting[], error: Error & { code?: string }): Promise<void> {
    const inTheData = /^2[23]/.test(error.code ?? '');
    for (const send of batch) {
      if (!inTheData || batch.length === 1) send.reject(error);
      else await store([send]).then((stored) => giveOut([send], stored), send.reject);
    }
  }

  return {
    push: (send) =>
      new Promise((resolve, reject) => {
        if (queue.length >= QUEUE) return reject(new ParleyError('BUSY', { retryAfter: 1 }));
        queue.push({ id: messageId(send.senderId, send.clientMessageId), ...send, resolve, reject });
        running ??= gather().then(run);
      }),
    async close() {
      while (running) await running;
      await pool.end();
    },
  };
}

const SEND = `SELECT head, outcomes, seqs, is_news_of_threads FROM send_messages($1, $2, $3, $4, $5, $6, $7)`;
