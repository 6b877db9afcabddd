import type { Message } from '@parley/contract';
import pg from 'pg';
import type { Clock } from '../clock.ts';
import { ParleyError } from '../error.ts';
import type { EventLog } from '../events/log.ts';
import { Rendered } from '../rendered.ts';
import { fingerprint, messageId } from './identity.ts';
import { readMessage } from './read.ts';

/** Sends of one batch at most. */
const BATCH = 500;
/** Sends that may wait; past it the answer is `BUSY`. */
const QUEUE = 20_000;

export interface Send {
  conversationId: string;
  senderId: string;
  clientMessageId: string;
  text: string;
}

interface Waiting extends Send {
  id: string;
  resolve(message: Rendered<Message>): void;
  reject(error: unknown): void;
}

/** Stores messages in batches: while one is on its way to the database, the sends that come wait for the next. */
export interface SendQueue {
  /**
   * Resolves once the message is stored, and committed. Errors: `NOT_FOUND`, `IDEMPOTENCY_CONFLICT`, `BUSY`,
   * and `UNAVAILABLE` when nobody knows whether it was stored.
   */
  push(send: Send): Promise<Rendered<Message>>;
  /** Resolves when nothing is waiting any more. */
  close(): Promise<void>;
}

export interface SendQueueOptions {
  url: string;
  log: EventLog;
  clock: Clock;
}

export function createSendQueue({ url, log, clock }: SendQueueOptions): SendQueue {
  // A connection of its own. The plan of the one statement does not depend on its values: made once, kept.
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    options: '-c plan_cache_mode=force_generic_plan -c statement_timeout=15000 -c lock_timeout=5000',
  });
  pool.on('error', () => {});
  let queue: Waiting[] = [];
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch();
      await store(batch).catch((error: unknown) => salvage(batch, error));
    }
    running = null;
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

  async function store(batch: Waiting[]): Promise<void> {
    const sentAt = clock.now().toISOString();
    const values = [
      batch.map(({ id }) => id),
      batch.map((send) => send.conversationId),
      batch.map((send) => send.senderId),
      batch.map((send) => send.clientMessageId),
      batch.map((send) => send.text),
      batch.map(fingerprint),
      sentAt,
    ];
    const [head, outcomes, seqs] = await insert(values);
    let position = Number(head);
    const entries = [];
    for (const [index, send] of batch.entries()) {
      const seq = seqs[index]!;
      switch (outcomes[index]) {
        case 'stored': {
          const { id, conversationId, senderId, text, clientMessageId } = send;
          const message = { id, conversationId, seq, senderId, text, clientMessageId, createdAt: sentAt };
          const json = JSON.stringify(message);
          entries.push({
            position: ++position,
            topic: send.conversationId,
            event: { type: 'message.created' as const, message },
            json: `{"type":"message.created","message":${json}}`,
          });
          send.resolve(new Rendered(json));
          break;
        }
        case 'exists':
          readMessage(pool, send.conversationId, seq).then(send.resolve, send.reject);
          break;
        case 'conflict':
          send.reject(new ParleyError('IDEMPOTENCY_CONFLICT', { messageId: send.id }));
          break;
        default:
          send.reject(new ParleyError('NOT_FOUND', { what: 'conversation' }));
      }
    }
    log.committed(entries);
  }

  /** A deadlock or a key that another node stored at the same moment: once more, and it is seen. */
  async function insert(
    values: unknown[],
  ): Promise<[head: string, outcomes: string[], seqs: (number | null)[]]> {
    const statement = { name: 'send_messages', text: SEND, values, rowMode: 'array' as const };
    const run = () => pool.query(statement).then(({ rows }) => rows[0] as never);
    return run().catch((error: { code?: string }) =>
      error.code === '40P01' || error.code === '23505' ? run() : Promise.reject(error),
    );
  }

  /** A batch failed as a whole. Where one send's data may be the cause, each is tried alone. */
  async function salvage(batch: Waiting[], error: unknown): Promise<void> {
    const inTheData = /^2[23]/.test((error as { code?: string }).code ?? '');
    for (const send of batch) {
      if (inTheData && batch.length > 1) await store([send]).catch(send.reject);
      else send.reject(error);
    }
  }

  return {
    push: (send) =>
      new Promise((resolve, reject) => {
        if (queue.length >= QUEUE) return reject(new ParleyError('BUSY', { retryAfter: 1 }));
        queue.push({ id: messageId(send), ...send, resolve, reject });
        running ??= new Promise<void>((started) => setImmediate(started)).then(run);
      }),
    async close() {
      while (running) await running;
      await pool.end();
    },
  };
}

const SEND = `SELECT head, outcomes, seqs FROM send_messages($1, $2, $3, $4, $5, $6, $7)`;
