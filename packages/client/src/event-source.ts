import type { LiveEventSource } from './event-stream.ts';
import type { Fetch } from './platform.ts';

/**
 * An `EventSource` class whose requests go through the `fetch` in its second argument, as that of the package
 * `eventsource` does. A browser's own one cannot send the token.
 */
export type EventSourceConstructor = new (url: string, init: never) => object;

/** What tells that the other side is there: the server says `ping` every 15 seconds, if there is nothing else to say. */
const SIGNS = ['open', 'connected', 'message', 'ping'];

/** What streams are made with, which has to be loaded before the first one. */
export interface WatchedEventSource {
  load(): Promise<void>;
  open(address: string, fetch: Fetch): LiveEventSource;
}

/**
 * The given class, or else that of the package `eventsource`, which is loaded with the first stream: most clients
 * never need it. `heard` is called at each sign of life.
 */
export function watchEventSource(
  given: EventSourceConstructor | undefined,
  heard: () => void,
): WatchedEventSource {
  let Base = given;
  return {
    async load() {
      Base ??= (await import('eventsource')).EventSource as unknown as EventSourceConstructor;
    },
    open(address, fetch) {
      const source = new Base!(address, { fetch } as never) as LiveEventSource;
      for (const sign of SIGNS) source.addEventListener(sign, heard);
      return source;
    },
  };
}
