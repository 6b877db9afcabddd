import type { Readable } from '@parley/client';

/** Resolves with the value, as soon as it fits. */
export function until<Value>(readable: Readable<Value>, fits: (value: Value) => boolean): Promise<Value> {
  const now = readable.get();
  if (fits(now)) return Promise.resolve(now);
  return new Promise((resolve) => {
    const stop = readable.subscribe((value) => {
      if (!fits(value)) return;
      stop();
      resolve(value);
    });
  });
}

/** Whether something resolves within so many milliseconds. Rejects if it does. */
export async function resolvesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
