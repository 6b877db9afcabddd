import { randomBytes } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '../../env.ts';
import { makeCluster } from './cluster.ts';
import { findPlace, type Place } from './place.ts';
import { becomesReady, type Running, start, stop } from './process.ts';
import { whileConnected } from './running.ts';

export interface EmbeddedPostgres {
  url: string;
  /** Where its data lie: elsewhere than asked for, where Postgres could not have reached them. */
  folder: string;
  stop(): Promise<void>;
}

/**
 * Starts a Postgres 18 of this project's own. In `folder` its data last, and each commit is on disk before it is
 * answered; when it ends before it was stopped, it is started again at the same address. Without a folder it is for
 * tests: nothing is flushed, and its data go when it stops.
 *
 * It listens on a free port of 127.0.0.1, with a password. It ends with this process, however that ends. One that
 * was left over all the same is stopped first; one that another server uses is shared, and taken over when that
 * server ends.
 */
export async function startEmbeddedPostgres(folder?: string): Promise<EmbeddedPostgres> {
  const temporary = folder === undefined;
  try {
    const place = findPlace(folder ?? join(scratchFolder(), `parley-${randomBytes(6).toString('hex')}`));
    if (!existsSync(place.folder)) makeCluster(place, temporary);
    const running = await start(place, temporary);
    const end = temporary ? () => stop(running) : keepRunning(place, running);
    return { url: running.url, folder: place.folder, stop: end };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`Embedded Postgres: ${reason.trim().replaceAll(/(?<!\s)\s*\n\s*/g, ' ')}`);
  }
}

/** In memory, where the machine has 4 GiB of it to spare: each database is some hundred files, and costs a disk 200 ms. */
function scratchFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 4 * 2 ** 30 ? memory : tmpdir();
}

/** Starts it again whenever it has ended, or the server that had it. Returns what ends that, and then stops it. */
function keepRunning(place: Place, first: Running): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const port = Number(new URL(first.url).port);

  async function keep(): Promise<void> {
    let running = first;
    for (;;) {
      await whileConnected(running.url, signal);
      if (signal.aborted) return stop(running);
      // One that lost a backend takes connections again by itself.
      const { url, postgres } = running;
      if (!postgres || !(await becomesReady(url, postgres))) running = await startAgain(running);
    }
  }

  /** As often as it takes: a disk may be full for a while. */
  async function startAgain(running: Running): Promise<Running> {
    while (!signal.aborted) {
      try {
        return await start(place, false, port);
      } catch {
        await delay(1_000, null, { signal }).catch(() => {});
      }
    }
    return running;
  }

  const kept = keep();
  return () => {
    stopping.abort();
    return kept;
  };
}
