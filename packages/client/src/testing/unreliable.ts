import type { ClientOptions, Fetch, WebSocketConstructor } from '@parley/client';
import { createChance } from './chance.ts';
import { unreliableFetch } from './unreliable-fetch.ts';
import { unreliableSocket } from './unreliable-socket.ts';
import { FAIR, type Weather } from './weather.ts';

/**
 * What lies between a client and its server. At first it does nothing; each of these lasts until it is set again, or until
 * `heal`. Probabilities are from 0 to 1, of every frame of a socket, every request, every answer and every event of a stream.
 */
export interface UnreliableLink<Options extends ClientOptions = ClientOptions> {
  /** For `createClient`. */
  readonly options: Options & Required<Pick<ClientOptions, 'WebSocket' | 'fetch'>>;
  /** Breaks what is connected now, and whatever is under way on it is lost. Whoever connects again succeeds. */
  cut(): void;
  /** As `cut`, and nothing connects until `heal`. */
  down(): void;
  /** What is lost takes its connection with it, as over TCP: who sent it cannot tell whether it came. */
  drop(probability: number): void;
  /** How long everything takes, in milliseconds each way: from, to. What goes over one connection stays in order. */
  delay(from: number, to?: number): void;
  /** Calls are made twice, as by a proxy that tries again, and events come a second time, later. */
  duplicate(probability: number): void;
  /** Calls and answers are overtaken by others. The events of a stream stay in order, as they do over any connection. */
  reorder(probability: number): void;
  /** Everything is well from now on. What has been lost stays lost. */
  heal(): void;
}

/** The line as those see it that connect over it. */
export interface Line {
  readonly weather: Weather;
  /** The numbers by which one connection's luck is decided. */
  chance(): () => number;
  /** Keeps what breaks a connection, until the function it returns is called. */
  add(breakIt: () => void): () => void;
}

/**
 * A client's options with a `WebSocket` and a `fetch` that are unreliable, and what makes them so. With the same seed, what becomes
 * of the n-th thing on the n-th connection is the same.
 */
export function unreliable<Options extends ClientOptions>(
  options: Options,
  { seed }: { seed: number },
): UnreliableLink<Options> {
  const weather: Weather = { ...FAIR };
  const breaks = new Set<() => void>();
  let connections = 0;
  const line: Line = {
    weather,
    chance() {
      connections += 1;
      return createChance(seed + Math.imul(connections, 0x9e3779b9));
    },
    add(breakIt) {
      breaks.add(breakIt);
      return () => breaks.delete(breakIt);
    },
  };
  const cut = (): void => {
    for (const breakIt of [...breaks]) breakIt();
  };
  const ownFetch: Fetch = (address, init) => fetch(address, init);
  const ownSocket = () => WebSocket as unknown as WebSocketConstructor;
  return {
    options: {
      ...options,
      WebSocket: unreliableSocket(() => options.WebSocket ?? ownSocket(), line),
      fetch: unreliableFetch(() => options.fetch ?? ownFetch, line),
    },
    cut,
    down() {
      weather.isDown = true;
      cut();
    },
    drop(probability) {
      weather.drop = probability;
    },
    delay(from, to = from) {
      weather.delay = [from, to];
    },
    duplicate(probability) {
      weather.duplicate = probability;
    },
    reorder(probability) {
      weather.reorder = probability;
    },
    heal: () => void Object.assign(weather, FAIR),
  };
}
