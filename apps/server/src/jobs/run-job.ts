import type { JobResult, JobWithMetadata } from 'pg-boss';
import type { App } from '../context.ts';
import { JobFailure, type JobName, type Jobs } from './jobs.ts';
import { unseal } from './seal.ts';

/** What a handler may want to know of its job besides what it was told. */
export interface JobRun {
  /** The same for each try: what must not happen twice goes under it. */
  id: string;
}

/** Runs one job. What it throws means that the job is tried again, unless it says that this would be in vain. */
export type JobHandler<Name extends JobName> = (app: App, data: Jobs[Name], run: JobRun) => Promise<void>;
export type JobHandlers = { [Name in JobName]: JobHandler<Name> };

/** Runs a job that was fetched, and says what becomes of it. Never throws. */
export async function runJob<Name extends JobName>(
  { app, handlers, key }: { app: App; handlers: JobHandlers; key: Buffer },
  name: Name,
  job: JobWithMetadata,
): Promise<JobResult> {
  const { id, data, retryCount, retryLimit } = job;
  try {
    await handlers[name](app, open(key, name, data), { id });
    return { id, status: 'completed' };
  } catch (error) {
    const isFinal = retryCount >= retryLimit || (error instanceof JobFailure && error.isFinal);
    const facts = { job: name, jobId: id, tries: retryCount + 1, reason: reasonOf(error) };
    if (isFinal) app.logger.error(facts, 'a job failed for good');
    else app.logger.warn(facts, 'a job failed, and is tried again');
    // pg-boss writes the output beside the job: nothing of the content may be in it.
    return { id, status: isFinal ? 'deadletter' : 'failed', output: { reason: facts.reason } };
  }
}

/** What a job was told; a repeated one is told nothing. */
function open<Name extends JobName>(key: Buffer, name: Name, data: { sealed?: string } | null): Jobs[Name] {
  if (data?.sealed === undefined) return {} as Jobs[Name];
  try {
    return unseal(key, name, data.sealed) as Jobs[Name];
  } catch {
    throw new JobFailure('it was not sealed with this APP_SECRET', { isFinal: true });
  }
}

/** Why something was thrown, without its message: that may quote an address. */
function reasonOf(error: unknown): string {
  if (error instanceof JobFailure) return error.message;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return [name, code].filter((part) => typeof part === 'string').join(' ') || 'unknown';
}
