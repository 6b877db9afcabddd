import type { Fetch } from '@parley/client';
import { createLane, type Freedom } from './lane.ts';
import type { Line } from './unreliable.ts';
import { delayOf, heldFor } from './weather.ts';

const broken = (): TypeError => new TypeError('The connection was lost');

/** `fetch` over another one, as the line is: requests overtake each other, and an event stream comes event by event. */
export function unreliableFetch(baseOf: () => Fetch, line: Line): Fetch {
  return async (url, init) => {
    const chance = line.chance();
    const [lost, where, repeated, overtaken] = [chance(), chance(), chance(), chance()];
    const ended = new AbortController();
    const off = line.add(() => ended.abort(broken()));
    const given = (init as { signal?: AbortSignal } | undefined)?.signal;
    const signal = given ? AbortSignal.any([given, ended.signal]) : ended.signal;
    const request = () => baseOf()(url, { ...init, signal } as never) as unknown as Promise<Response>;
    const later = (ms: number) => passed(ms, signal);
    try {
      if (line.weather.isDown) throw broken();
      const { drop, reorder, duplicate } = line.weather;
      await later(delayOf(line.weather, chance) + (overtaken < reorder ? heldFor(chance) : 0));
      // Lost on its way, or the answer is: who asked cannot tell which.
      const isLost = lost < drop;
      if (isLost && where < 0.5) throw broken();
      if (repeated < duplicate && isCall(url)) void repeat(request);
      const response = await request();
      if (isLost) throw broken();
      await later(delayOf(line.weather, chance));
      if (!response.body) {
        off();
        return response;
      }
      return withBody(response, url, weathered(response, line, chance, ended.signal, off));
    } catch (error) {
      off();
      throw signal.aborted ? signal.reason : error;
    }
  };
}

/** A call of a procedure, and not a stream of events: those alone come twice, as from a proxy that tries again. */
const isCall = (url: string): boolean => url.includes('/trpc/') && !url.includes('/trpc/events.stream');

/** What is answered to the second one goes nowhere. */
async function repeat(request: () => Promise<Response>): Promise<void> {
  await request()
    .then((response) => response.body?.cancel())
    .catch(() => {});
}

function passed(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** The body of an answer as it comes through. What is lost of it is its end. */
function weathered(
  response: Response,
  line: Line,
  chance: () => number,
  ended: AbortSignal,
  off: () => void,
): ReadableStream<Uint8Array> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  const reader = response.body!.getReader();
  return new ReadableStream({
    start(controller) {
      const fail = () => {
        lane.close();
        off();
        controller.error(broken());
        reader.cancel().catch(() => {});
      };
      const lane = createLane<Uint8Array>(line.weather, chance, (part) => controller.enqueue(part), fail);
      ended.addEventListener('abort', fail, { once: true });
      const parts = isStream ? eventsOf(reader) : chunksOf(reader);
      void (async () => {
        for await (const { part, freedom } of parts) lane.push(part, freedom);
        lane.whenEmpty(() => {
          off();
          controller.close();
        });
      })().catch(fail);
    },
    cancel: (reason) => {
      off();
      return reader.cancel(reason);
    },
  });
}

interface Part {
  part: Uint8Array;
  freedom: Freedom;
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Part> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield { part: value, freedom: 'fixed' };
  }
}

/** One event after the other, of however many chunks it is. Those with an id may come twice. */
async function* eventsOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Part> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + decoder.decode(value, { stream: true })).split(/(?<=\n\n)/);
    rest = events.at(-1)!.endsWith('\n\n') ? '' : events.pop()!;
    for (const event of events)
      yield { part: encoder.encode(event), freedom: /^id:/m.test(event) ? 'event' : 'fixed' };
  }
}

/** The same answer with another body. */
function withBody(response: Response, url: string, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, redirected } = response;
  const answer = new Response(status === 204 || status === 304 ? null : body, {
    status,
    statusText,
    headers,
  });
  Object.defineProperties(answer, { url: { value: response.url || url }, redirected: { value: redirected } });
  return answer;
}
