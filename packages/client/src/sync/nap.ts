import { platform } from '../platform.ts';

/** A wait that can be cut short. */
export interface Nap {
  /** Resolves after so many milliseconds, or when it is woken. */
  sleep(ms: number): Promise<void>;
  wake(): void;
}

export function createNap(): Nap {
  const sleepers = new Set<() => void>();
  return {
    sleep: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          platform.clearTimeout(timer);
          sleepers.delete(done);
          resolve();
        };
        const timer = platform.setTimeout(done, ms);
        sleepers.add(done);
      }),
    wake() {
      for (const done of [...sleepers]) done();
    },
  };
}
