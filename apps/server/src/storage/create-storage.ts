import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Env } from '../env.ts';
import { ParleyError } from '../error.ts';
import { createLocalStorage } from './local.ts';
import { createS3Storage } from './s3.ts';
import type { Storage } from './storage.ts';

/** The storage that the configuration names. */
export function createStorage(env: Env, clock: Clock, logger: Logger): Storage {
  const storage = env.STORAGE_DRIVER === 's3' ? createS3Storage(env, clock) : createLocalStorage(env);

  /** Whatever fails there is not the fault of whoever asks, and may work again in a moment. */
  const attempt =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      work(...args).catch((error: unknown) => {
        logger.error({ err: error }, 'the storage of files failed');
        throw new ParleyError('UNAVAILABLE');
      });

  return {
    put: attempt(storage.put),
    get: attempt(storage.get),
    remove: attempt(storage.remove),
    removeAll: attempt(storage.removeAll),
    hasRoom: attempt(storage.hasRoom),
    direct: storage.direct,
  };
}
