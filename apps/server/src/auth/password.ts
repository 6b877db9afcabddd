import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createPasswordPool } from './password-pool.ts';

export interface PasswordHasher {
  /** What is stored of a password. Refuses with `BUSY` when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Whether this is the password of this hash. Without a hash the answer is no, and takes as long: so that
   * nobody learns from the time which users exist. Refuses with `BUSY` when too many wait.
   */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** Ends the threads. What still waits is refused with `UNAVAILABLE`. */
  close(): Promise<void>;
}

/** One thread stays free for everything else. */
const DEFAULT_THREADS = Math.max(1, availableParallelism() - 1);
/** Whoever would wait longer than this is told to come back. */
const LONGEST_WAIT_SECONDS = 10;

/**
 * Hashes passwords with bcrypt, away from the event loop. bcrypt reads 72 bytes and no more, so it is given an
 * HMAC of the password instead: all of it counts, and a stolen database is useless without the pepper. NFKC
 * first, since keyboards differ in how they write the same character.
 */
export function createPasswordHasher(options: {
  pepper: string;
  cost: number;
  threads?: number;
  queue?: number;
}): PasswordHasher {
  const { pepper, cost, threads = DEFAULT_THREADS } = options;
  // About 0.4 s at cost 12; each step of the cost doubles it.
  const secondsPerJob = 0.4 * 2 ** (cost - 12);
  const { queue = Math.ceil((threads * LONGEST_WAIT_SECONDS) / secondsPerJob) } = options;
  const pool = createPasswordPool(threads, queue, secondsPerJob);
  const nobodysHash = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  const peppered = (password: string) =>
    createHmac('sha256', pepper).update(password.normalize('NFKC')).digest('base64');

  return {
    async hash(password) {
      return (await pool.run({ kind: 'hash', secret: peppered(password), cost })) as string;
    },
    async verify(password, hash) {
      const same = await pool.run({
        kind: 'compare',
        secret: peppered(password),
        hash: hash ?? nobodysHash,
      });
      return hash !== null && same === true;
    },
    close: pool.close,
  };
}
