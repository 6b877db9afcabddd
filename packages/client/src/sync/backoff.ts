/** Every wait is longer than this, the first one too: a server that comes back is not met by all at once. */
const FLOOR_MS = 100;
/** The first wait is up to this much longer; each further one up to twice the one before. */
const FIRST_MS = 400;
const MOST_MS = 15_000;
/** Only what held this long is a success. A server that accepts and closes at once does not start us over. */
const STABLE_MS = 5_000;

/** How long to wait before the next try: with jitter, a floor, and a memory of what came before. */
export interface Backoff {
  /** The wait before the next try, in milliseconds. */
  next(): number;
  /** It works now. */
  succeeded(): void;
}

export function createBackoff(now: () => number = Date.now, random: () => number = Math.random): Backoff {
  let failures = 0;
  let worksSince: number | null = null;
  return {
    next() {
      if (worksSince !== null && now() - worksSince >= STABLE_MS) failures = 0;
      worksSince = null;
      const spread = Math.min(MOST_MS, FIRST_MS * 2 ** failures);
      failures += 1;
      return FLOOR_MS + random() * spread;
    },
    succeeded() {
      worksSince ??= now();
    },
  };
}
