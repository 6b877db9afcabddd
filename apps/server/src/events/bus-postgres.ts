import pg from 'pg';
import type { BusDriver } from './bus.ts';

/** A connection that says nothing for this long is given up for another, in milliseconds: not every end is told. */
const ANSWERS_WITHIN = 2_000;
/** What NOTIFY takes, in bytes. */
const LONGEST = 7_999;
const CHANNEL = 'parley_log';

/**
 * The bus over Postgres: one connection of its own that listens, notifies and polls. NOTIFY is never part of a
 * transaction that writes: it takes a lock over the whole cluster. A lost connection is made again.
 */
export function overPostgres(url: string, hear: (text: string) => void): BusDriver {
  let current: Promise<pg.Client> | null = null;

  async function connect(onEnd: () => void): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWERS_WITHIN,
      query_timeout: ANSWERS_WITHIN,
    });
    client.on('error', () => {});
    client.on('end', onEnd);
    client.on('notification', ({ payload }) => hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      return client;
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
  }

  /** The connection that there is, or else another. */
  function connection(): Promise<pg.Client> {
    const there = current ?? connect(() => forget(there));
    current = there;
    return there;
  }

  async function ask<Row extends object>(statement: pg.QueryConfig): Promise<Row[]> {
    const asked = connection();
    try {
      return (await (await asked).query<Row>(statement)).rows;
    } catch (error) {
      forget(asked);
      void asked.then((client) => client.end()).catch(() => {});
      throw error;
    }
  }

  function forget(ended: Promise<pg.Client>): void {
    if (current === ended) current = null;
  }

  // It listens from the beginning. Who asks later is told what went wrong.
  connection().catch(() => {});

  return {
    longest: LONGEST,
    async send(text) {
      await ask({ name: 'bus_notify', text: `SELECT pg_notify('${CHANNEL}', $1)`, values: [text] });
    },
    async head() {
      const rows = await ask<{ head: string }>({ name: 'bus_poll', text: HEAD });
      return Number(rows[0]!.head);
    },
    async close() {
      await current?.then((client) => client.end()).catch(() => {});
    },
  };
}

const HEAD = 'SELECT coalesce(max(position), 0) AS head FROM events';
