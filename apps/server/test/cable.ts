import type { ClientOptions, Fetch } from '@parley/client';
import { type UnreliableLink, unreliable } from '@parley/client/testing';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';

/** Where a client believes its server to be. */
const ADDRESS = 'http://chat.test';

/**
 * What lies between a client and its node: it can be pulled and plugged in again, to another node too, and it can be as unreliable
 * as one wants.
 */
export class Cable {
  #node: { url: string };
  readonly link: UnreliableLink;
  /** How often somebody tried to connect, over a socket or for a stream. */
  attempts = 0;
  /** Paths of the requests over HTTP, in order. */
  readonly requests: string[] = [];

  constructor(node: { url: string }, seed = 1) {
    this.#node = node;
    const route = (address: string) => address.replace(/^(http|ws):\/\/chat\.test/, `$1${this.#host}`);
    class Routed extends WebSocket {
      constructor(address: string) {
        super(route(address));
      }
    }
    const options = {
      url: ADDRESS,
      WebSocket: Routed as unknown as NonNullable<ClientOptions['WebSocket']>,
      fetch: ((address, init) => fetch(route(address), init as RequestInit)) as Fetch,
    };
    this.link = unreliable(options, { seed });
  }

  /** While it is out, nothing connects; what was connected breaks at once. */
  pull(): void {
    this.link.down();
  }

  /** Whatever was wrong with it is well again. */
  plug(node = this.#node): void {
    this.#node = node;
    this.link.heal();
  }

  /** Breaks what is connected now; whoever connects again succeeds. */
  cut(): void {
    this.link.cut();
  }

  /** A client's options to be at the end of this cable. */
  options(
    transport: 'ws' | 'sse',
  ): Pick<ClientOptions, 'url' | 'transport' | 'EventSource'> &
    Required<Pick<ClientOptions, 'WebSocket' | 'fetch'>> {
    return { url: ADDRESS, transport, WebSocket: this.#socketClass(), fetch: this.#fetch, EventSource };
  }

  #socketClass(): NonNullable<ClientOptions['WebSocket']> {
    const cable = this;
    return class extends cable.link.options.WebSocket {
      constructor(address: string) {
        super(address);
        cable.attempts += 1;
      }
    };
  }

  readonly #fetch: Fetch = (url, init) => {
    const { pathname } = new URL(url);
    this.requests.push(pathname);
    if (pathname.endsWith('/events.stream')) this.attempts += 1;
    return this.link.options.fetch(url, init);
  };

  get #host(): string {
    return this.#node.url.replace('http', '');
  }
}
