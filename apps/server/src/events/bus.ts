import pg from 'pg';

/** How often the head of the log is looked at in any case, in milliseconds: a lost hint costs at most this. */
const POLL = 250;
/** At most one NOTIFY in this time, in milliseconds, whatever is committed. */
const NOTIFY_EVERY = 25;
const CHANNEL = 'parley_log';

/** Tells the other nodes that the log has grown, and hears it from them. Only a hint: it may be lost. */
export interface Bus {
  /** This node has committed up to this position. Gathered. */
  announce(position: number): void;
  close(): Promise<void>;
}

/**
 * The bus over Postgres: one connection of its own that listens, notifies and polls. NOTIFY is never part of a
 * transaction that writes: it takes a lock over the whole cluster. A lost connection is made again.
 */
export function createPostgresBus(
  url: string,
  onHint: (position: number) => void,
  onError: (error: unknown) => void,
): Bus {
  let client: pg.Client | null = null;
  let announced = 0;
  let told = 0;
  let busy = false;
  let closed = false;

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: url });
    fresh.on('error', () => {});
    fresh.on('end', () => {
      if (client === fresh) client = null;
    });
    fresh.on('notification', ({ payload }) => {
      // What the bus has said once need not be said again.
      told = Math.max(told, Number(payload));
      onHint(Number(payload));
    });
    await fresh.connect();
    await fresh.query(`LISTEN ${CHANNEL}`);
    client = fresh;
    return fresh;
  }

  /** One turn at a time: a database that does not answer is not asked again and again. */
  async function turn(work: (client: pg.Client) => Promise<void>): Promise<void> {
    if (busy || closed) return;
    busy = true;
    try {
      await work(client ?? (await connect()));
    } catch (error) {
      if (!closed) onError(error);
    } finally {
      busy = false;
    }
  }

  const notify = setInterval(() => {
    if (announced > told)
      void turn(async (connected) => {
        const position = String(announced);
        await connected.query({
          name: 'bus_notify',
          text: `SELECT pg_notify('${CHANNEL}', $1)`,
          values: [position],
        });
      });
  }, NOTIFY_EVERY);
  const poll = setInterval(() => {
    void turn(async (connected) => {
      const { rows } = await connected.query<{ head: string }>({
        name: 'bus_poll',
        text: 'SELECT coalesce(max(position), 0) AS head FROM events',
      });
      onHint(Number(rows[0]!.head));
    });
  }, POLL);

  return {
    announce(position) {
      announced = Math.max(announced, position);
    },
    async close() {
      closed = true;
      clearInterval(notify);
      clearInterval(poll);
      await client?.end().catch(() => {});
    },
  };
}
