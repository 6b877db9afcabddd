import type { FileInfo, FilePurpose } from '@parley/contract';
import { isParleyError } from '../errors.ts';
import { type Fetch, platform } from '../platform.ts';
import { createStore, type Readable } from '../store.ts';
import { ANSWER_WITHIN_MS, isRefusal, retryAfter } from '../sync/retry.ts';
import { type Content, openContent, type UploadContent } from './content.ts';
import { BucketRefusal, countBytes, type Destination, putBytes } from './put-bytes.ts';

/** Bytes of one request at least … */
const PART = 512 * 1024;
/** … and so many requests at most, since the server counts them. */
const PARTS = 8;
/** A part that has not gone out by then is sent again, from where it broke off. */
const PART_WITHIN_MS = 120_000;
const WHOLE_WITHIN_MS = 900_000;
/** The server looks at what came, and writes an image anew. */
const COMPLETED_WITHIN_MS = 60_000;

/** How far an upload is. `sent` and `size` are bytes; a size is unknown until the file was read. */
export type UploadState = { readonly sent: number; readonly size: number | undefined } & (
  | { readonly status: 'starting' | 'sending' | 'completing' | 'cancelled' }
  | { readonly status: 'done'; readonly file: FileInfo }
  /** Refused, or given up by logging out or closing. `error` is for `isParleyError`. */
  | { readonly status: 'failed'; readonly error: Error }
);

/** A file on its way. */
export interface Upload {
  readonly state: Readable<UploadState>;
  /**
   * Resolves with the file, to be used by its id; rejects when it is refused or cancelled. It waits for as long as there is no
   * connection. Nobody has to look at it.
   */
  readonly done: Promise<FileInfo>;
  /** Gives it up, if it is not done. */
  cancel(): void;
}

export interface UploadOptions {
  /** What it is called. It gets the ending of what is in it. */
  name: string;
  /** What it is for: this decides how large it may be, and of which types. */
  purpose: FilePurpose;
  /** Aborting cancels it. */
  signal?: { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void };
}

/** What uploading needs of the client. */
export interface UploadParts {
  create(
    input: { name: string; purpose: FilePurpose; size: number },
    signal: object,
  ): Promise<{ uploadId: string; url: string }>;
  complete(uploadId: string, signal: object): Promise<FileInfo>;
  fetch: Fetch;
  canSend(): boolean;
}

export interface Uploads {
  upload(content: UploadContent, options: UploadOptions): Upload;
  /** The connection is back: what waited goes on now. */
  resume(): void;
  /** Gives up everything that is under way. */
  clear(reason: Error): void;
}

export function createUploads(parts: UploadParts): Uploads {
  const running = new Set<Run>();
  return {
    upload(content, options) {
      const run = createRun();
      const state = createStore<UploadState>({ status: 'starting', sent: 0, size: undefined });
      const tell = (news: Partial<UploadState>) => state.set({ ...state.get(), ...news } as UploadState);
      running.add(run);
      const done = send(parts, run, content, options, tell).then(
        (file) => {
          running.delete(run);
          tell({ status: 'done', file });
          return file;
        },
        (error: Error) => {
          running.delete(run);
          tell(error === run.cancelled ? { status: 'cancelled' } : { status: 'failed', error });
          throw error;
        },
      );
      done.catch(() => {});
      const cancel = (): void => run.end(run.cancelled);
      options.signal?.addEventListener('abort', cancel);
      if (options.signal?.aborted) cancel();
      return { state: { get: state.get, subscribe: state.subscribe }, done, cancel };
    },
    resume() {
      for (const run of running) run.wake();
    },
    clear(reason) {
      for (const run of running) run.end(reason);
    },
  };
}

/** The whole way of one file. What is not answered is tried again; a refusal ends it. */
async function send(
  { create, complete, fetch, canSend }: UploadParts,
  run: Run,
  given: UploadContent,
  { name, purpose }: UploadOptions,
  tell: (news: Partial<UploadState>) => void,
): Promise<FileInfo> {
  const content = await run.attempt(PART_WITHIN_MS, () => openContent(given, fetch));
  const { size } = content;
  tell({ size });

  async function ask<Answer>(ms: number, call: (signal: object) => Promise<Answer>): Promise<Answer> {
    for (let unanswered = 0; ; unanswered += 1) {
      while (!canSend()) await run.rest(null);
      try {
        return await run.attempt(ms, call);
      } catch (error) {
        if (run.isOver() || isRefusal(error, unanswered)) throw error;
        await run.rest(retryAfter(error, unanswered));
      }
    }
  }

  const { uploadId, url } = await ask(ANSWER_WITHIN_MS, (signal) => create({ name, purpose, size }, signal));
  const to: Destination = { url, takesParts: url.includes(`/uploads/${uploadId}?`) };
  let sent = 0;
  for (;;) {
    tell({ status: 'sending', sent });
    await sendBytes(fetch, run, content, to, sent, (count) => tell({ sent: count }));
    tell({ status: 'completing' });
    try {
      return await ask(COMPLETED_WITHIN_MS, (signal) => complete(uploadId, signal));
    } catch (error) {
      if (!isParleyError(error, 'UPLOAD_INCOMPLETE') || !to.takesParts) throw error;
      sent = error.data.received;
    }
  }
}

/** Sends what is behind an offset, part by part. After a break the server says how much has come. */
async function sendBytes(
  fetch: Fetch,
  run: Run,
  content: Content,
  to: Destination,
  from: number,
  tell: (sent: number) => void,
): Promise<void> {
  const { size } = content;
  const part = to.takesParts ? Math.max(PART, Math.ceil(size / PARTS)) : size;
  let offset = from;
  let isKnown = true;
  for (let failures = 0; !isKnown || offset < size; ) {
    const end = Math.min(offset + part, size);
    try {
      offset = isKnown
        ? await run.attempt(to.takesParts ? PART_WITHIN_MS : WHOLE_WITHIN_MS, (signal) =>
            putBytes(fetch, to, { offset, end, body: content.part(offset, end), signal }),
          )
        : await run.attempt(ANSWER_WITHIN_MS, (signal) => countBytes(fetch, to, signal));
      if (isKnown) failures = 0;
      isKnown = true;
      tell(offset);
    } catch (error) {
      const isElsewhere = isParleyError(error, 'UPLOAD_INCOMPLETE');
      const isFinal = error instanceof BucketRefusal || (!isElsewhere && isRefusal(error, failures));
      if (run.isOver() || isFinal) throw error;
      isKnown = !to.takesParts;
      await run.rest(retryAfter(error, failures));
      failures += 1;
    }
  }
}

/** One upload as long as it goes on: whatever it waits for ends with it. */
interface Run {
  /** The reason of an end that was wanted. */
  readonly cancelled: Error;
  isOver(): boolean;
  end(reason: Error): void;
  /** A try that has to be through within so many milliseconds. The signal aborts with it. */
  attempt<Answer>(ms: number, call: (signal: object) => Promise<Answer>): Promise<Answer>;
  /** Waits so many milliseconds, or until woken; with null, only until woken. */
  rest(ms: number | null): Promise<void>;
  wake(): void;
}

function createRun(): Run {
  let over: Error | null = null;
  let interrupt: (reason: Error) => void = () => {};
  let wake: () => void = () => {};

  return {
    cancelled: new Error('The upload was cancelled'),
    isOver: () => over !== null,
    end(reason) {
      over ??= reason;
      interrupt(over);
    },
    async attempt(ms, call) {
      if (over) throw over;
      const controller = new platform.AbortController();
      let timer: unknown;
      const stopped = new Promise<never>((_, reject) => {
        interrupt = reject;
        timer = platform.setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms);
      });
      try {
        return await Promise.race([call(controller.signal), stopped]);
      } finally {
        platform.clearTimeout(timer);
        // Of no effect on what is through.
        controller.abort();
      }
    },
    async rest(ms) {
      if (over) throw over;
      let timer: unknown;
      try {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          interrupt = reject;
          if (ms !== null) timer = platform.setTimeout(resolve, ms);
        });
      } finally {
        platform.clearTimeout(timer);
      }
    },
    wake: () => wake(),
  };
}
