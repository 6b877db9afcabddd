import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';
import { createPool } from './pool.ts';

/** Inside a transaction. A function that takes it cannot be called outside one. */
export type Tx = Prisma.TransactionClient;

/** One Postgres: Prisma for what is not hot, the same pool for what is. */
export interface Database {
  prisma: PrismaClient;
  pool: pg.Pool;
  /**
   * Runs `work` in a transaction, and tells those who listen after the commit. No mail, HTTP or hashing
   * inside: others may wait for its locks.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Called after each commit of `transaction`, with what it was. */
  onCommit(listener: (tx: Tx) => void): void;
  close(): Promise<void>;
}

/** What a statement may take before Postgres gives up on it, in milliseconds. */
const TIMEOUTS =
  '-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=5000';

export function connectDatabase(url: string, poolSize: number): Database {
  const pool = createPool({ connectionString: url, max: poolSize, options: TIMEOUTS });
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: statementName }),
  });
  const listeners: ((tx: Tx) => void)[] = [];
  return {
    prisma,
    pool,
    async transaction(work) {
      const run = async (tx: Tx) => ({ tx, result: await work(tx) });
      const { tx, result } = await prisma.$transaction(run, { maxWait: 5_000, timeout: 10_000 });
      for (const listener of listeners) listener(tx);
      return result;
    },
    onCommit: (listener) => void listeners.push(listener),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const names = new Map<string, string>();

/** One prepared statement for each text. Lists of many lengths make many texts: past 500 they stay unnamed. */
function statementName({ sql }: { sql: string }): string {
  const known = names.get(sql);
  if (known !== undefined || names.size >= 500) return known ?? '';
  const name = `prisma_${names.size}`;
  names.set(sql, name);
  return name;
}
