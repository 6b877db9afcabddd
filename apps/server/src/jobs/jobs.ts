import type { UpdateQueueOptions } from 'pg-boss';
import type { AccountMailJob } from '../auth/account-mail.ts';
import type { ClearAccountJob } from '../auth/clear-account.ts';
import type { MakeExportJob } from '../export/make.ts';
import type { ClearGroupJob } from '../groups/clear.ts';
import type { QueuedMail } from '../mail/queue-mail.ts';
import type { PreviewJob } from '../previews/make.ts';
import type { SendScheduledJob } from '../scheduled/deliver.ts';

/** What can be left for later, and what each is told. Each domain adds its line, and its handler in job-handlers.ts. */
export interface Jobs {
  'mail.send': QueuedMail;
  'accounts.mail': AccountMailJob;
  'accounts.clear': ClearAccountJob;
  'accounts.clean-up': Record<string, never>;
  'groups.clear': ClearGroupJob;
  'files.sweep': Record<string, never>;
  'stories.sweep': Record<string, never>;
  'scheduled.send': SendScheduledJob;
  'previews.make': PreviewJob;
  'messages.trim': Record<string, never>;
  'exports.make': MakeExportJob;
  'exports.sweep': Record<string, never>;
  'search.index': Record<string, never>;
}

export type JobName = keyof Jobs;

/** How a job is run. */
export interface JobPlan {
  /** How many of it one node runs at a time. */
  workers: number;
  /** Seconds after which it is queued again, once for all nodes; without it, it is queued on demand. */
  every?: number;
  queue: Required<Pick<UpdateQueueOptions, 'retryLimit' | 'retryDelay' | 'expireInSeconds'>>;
}

/**
 * `retryDelay` is seconds before the second try; each further wait is twice the last, up to five minutes. A node
 * that dies with a job in its hands keeps it for `expireInSeconds`: then another one takes it.
 */
export const JOBS: Record<JobName, JobPlan> = {
  // Ten more tries, over a quarter of an hour: longer than the codes in the mails are good for.
  'mail.send': { workers: 4, queue: { retryLimit: 10, retryDelay: 1, expireInSeconds: 60 } },
  'accounts.mail': { workers: 2, queue: { retryLimit: 10, retryDelay: 1, expireInSeconds: 60 } },
  'accounts.clear': { workers: 1, queue: { retryLimit: 100, retryDelay: 5, expireInSeconds: 900 } },
  'accounts.clean-up': {
    workers: 1,
    every: 3_600,
    queue: { retryLimit: 2, retryDelay: 60, expireInSeconds: 900 },
  },
  'groups.clear': { workers: 1, queue: { retryLimit: 100, retryDelay: 5, expireInSeconds: 900 } },
  'files.sweep': {
    workers: 1,
    every: 3_600,
    queue: { retryLimit: 10, retryDelay: 30, expireInSeconds: 900 },
  },
  'stories.sweep': {
    workers: 1,
    every: 600,
    queue: { retryLimit: 2, retryDelay: 60, expireInSeconds: 900 },
  },
  'messages.trim': {
    workers: 1,
    every: 3_600,
    queue: { retryLimit: 10, retryDelay: 30, expireInSeconds: 900 },
  },
  // Long ones are all of somebody's files; what cannot be made in a day is given up.
  'exports.make': { workers: 1, queue: { retryLimit: 50, retryDelay: 10, expireInSeconds: 3_600 } },
  'exports.sweep': {
    workers: 1,
    every: 3_600,
    queue: { retryLimit: 10, retryDelay: 30, expireInSeconds: 900 },
  },
  'search.index': {
    workers: 1,
    every: 60,
    queue: { retryLimit: 0, retryDelay: 1, expireInSeconds: 300 },
  },
  // What is not sent after that is taken again, see scheduled/due.ts.
  'scheduled.send': { workers: 2, queue: { retryLimit: 5, retryDelay: 2, expireInSeconds: 120 } },
  'previews.make': { workers: 3, queue: { retryLimit: 2, retryDelay: 10, expireInSeconds: 60 } },
};

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** Thrown by a handler that knows why it failed. Its message is logged: it says why, and nothing of what was to be done. */
export class JobFailure extends Error {
  /** Whether another try would fail as well. */
  readonly isFinal: boolean;

  constructor(reason: string, { isFinal }: { isFinal: boolean }) {
    super(reason);
    this.isFinal = isFinal;
  }
}
