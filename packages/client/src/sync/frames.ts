/** Calls in one request or frame: well within what a server takes. */
export const CALLS_PER_BATCH = 10;

/**
 * What goes out at once, in frames of so many calls. tRPC puts what it sends in one turn of the loop into one frame: behind
 * a reconnect that is everything that waits for an answer, and a server refuses a batch that long.
 */
export function framesOf(data: string): string[] {
  if (!data.startsWith('[')) return [data];
  const calls: unknown[] = JSON.parse(data);
  if (calls.length <= CALLS_PER_BATCH) return [data];
  const frames: string[] = [];
  for (let first = 0; first < calls.length; first += CALLS_PER_BATCH)
    frames.push(JSON.stringify(calls.slice(first, first + CALLS_PER_BATCH)));
  return frames;
}
