import { type Locks, platform } from './platform.ts';

/** Nobody is waited for any longer than this, in milliseconds. */
const WAIT_MS = 15_000;

/** Runs some work while no other tab does work of this name; at once, where there are no locks or nobody lets go. */
export async function alone<Value>(
  locks: Locks | undefined,
  name: string,
  work: () => Promise<Value>,
): Promise<Value> {
  if (!locks) return work();
  const patience = new platform.AbortController();
  const timer = platform.setTimeout(() => patience.abort(), WAIT_MS);
  let entered: Promise<Value> | null = null;
  try {
    return await locks.request(name, { signal: patience.signal }, () => {
      platform.clearTimeout(timer);
      entered = work();
      return entered;
    });
  } catch {
    // Its own error, if it has begun.
    return await (entered ?? work());
  } finally {
    platform.clearTimeout(timer);
  }
}

/** Holds the lock of this name until the function it returns is called. */
export function hold(locks: Locks | undefined, name: string): () => void {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Where locks are refused, it is as if there were none.
  locks?.request(name, {}, () => held).catch(() => {});
  return release;
}

/** Runs some work if nobody holds the lock of this name, and holds it meanwhile; without locks, at once. */
export async function ifFree(
  locks: Locks | undefined,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  if (!locks) return work();
  await locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}
