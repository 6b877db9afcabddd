import type { Locks } from '../src/platform.ts';

/** Web Locks as tabs of one origin share them. */
export function createLocks(): Locks & { held(): string[] } {
  const holders = new Map<string, Promise<unknown>>();
  return {
    held: () => [...holders.keys()],
    async request(name, { ifAvailable, signal }, work) {
      const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
      const gone = new Promise<never>((_, reject) => {
        addEventListener?.call(signal, 'abort', () => reject(new Error('aborted')));
      });
      gone.catch(() => {});
      while (holders.has(name)) {
        if (ifAvailable) return work(null);
        if (aborted) throw new Error('aborted');
        await Promise.race([holders.get(name)?.catch(() => {}), gone]);
      }
      const working = work({});
      holders.set(name, working);
      try {
        return await working;
      } finally {
        holders.delete(name);
      }
    },
  };
}
