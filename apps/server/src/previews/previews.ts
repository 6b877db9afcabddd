import type { LinkPreview } from '@parley/contract';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Place } from '../messages/find-visible.ts';
import { fetchPage } from './fetch-page.ts';
import { wantPreview } from './make.ts';
import type { Network } from './network.ts';
import { summarise } from './summarise.ts';

/** How long what was found, or not found, under a link is good. Milliseconds. */
const KEPT_FOR = 3_600_000;
/** Links that a node remembers. */
const REMEMBERED = 1_000;
/** Pages that it fetches from one host at a time. */
const AT_ONCE = 2;

export interface PreviewsOptions {
  network: Network;
  clock: Clock;
  database: Database;
  jobs: JobQueue;
  logger: Logger;
}

/** What is under links, as far as a node knows and can find out. */
export interface Previews {
  /** What is shown of a link; null for nothing, `busy` while its host is asked enough already. */
  get(url: string): Promise<LinkPreview | null | 'busy'>;
  /** Leaves a job for each of these messages. One that is lost, since this node dies, is a message without a preview. */
  want(places: Place[]): void;
  /** Resolves when no job is being left any more. */
  close(): Promise<void>;
}

export function createPreviews({ network, clock, database, jobs, logger }: PreviewsOptions): Previews {
  const known = new Map<string, { until: number; preview: Promise<LinkPreview | null> }>();
  const asked = new Map<string, number>();
  const leaving = new Set<Promise<void>>();

  async function find(url: string, host: string): Promise<LinkPreview | null> {
    asked.set(host, (asked.get(host) ?? 0) + 1);
    try {
      const page = await fetchPage(network, url);
      return page && summarise(url, page);
    } finally {
      const left = asked.get(host)! - 1;
      if (left > 0) asked.set(host, left);
      else asked.delete(host);
    }
  }

  const leaveJobs = (places: Place[]): Promise<void> =>
    database.transaction(async (tx) => {
      for (const place of places) await wantPreview(tx, { jobs }, place);
    });

  return {
    async get(url) {
      const now = clock.elapsed();
      const found = known.get(url);
      if (found && found.until > now) return found.preview;
      const { host } = new URL(url);
      if ((asked.get(host) ?? 0) >= AT_ONCE) return 'busy';
      const preview = find(url, host);
      known.delete(url);
      known.set(url, { until: now + KEPT_FOR, preview });
      if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
      return preview;
    },
    want(places) {
      const left = leaveJobs(places)
        .catch((error: unknown) => logger.warn({ err: error }, 'links are not looked at'))
        .finally(() => leaving.delete(left));
      leaving.add(left);
    },
    async close() {
      await Promise.all(leaving);
    },
  };
}
