import { platform } from './platform.ts';

/** Runs a call that has to answer within so many milliseconds. After that it rejects, and the signal aborts. */
export async function timed<Answer>(ms: number, call: (signal: object) => Promise<Answer>): Promise<Answer> {
  const controller = new platform.AbortController();
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = platform.setTimeout(() => {
      reject(new Error(`No answer within ${ms} ms`));
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([call(controller.signal), late]);
  } finally {
    platform.clearTimeout(timer);
  }
}
