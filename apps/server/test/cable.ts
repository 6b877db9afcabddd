import type { ClientOptions, Fetch } from '@parley/client';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';

/** Where a client believes its server to be. */
const ADDRESS = 'http://chat.test';

/**
 * What lies between a client and its node: it can be pulled and plugged in again, to another node too. While it
 * is out, nothing connects; what was connected breaks at once.
 */
export class Cable {
  #node: { url: string };
  #plugged = true;
  readonly #ends = new Set<() => void>();
  /** How often somebody tried to connect, over a socket or for a stream. */
  attempts = 0;
  /** Paths of the requests over HTTP, in order. */
  readonly requests: string[] = [];

  constructor(node: { url: string }) {
    this.#node = node;
  }

  pull(): void {
    this.#plugged = false;
    this.cut();
  }

  plug(node = this.#node): void {
    this.#node = node;
    this.#plugged = true;
  }

  /** Breaks what is connected now; whoever connects again succeeds. */
  cut(): void {
    for (const end of [...this.#ends]) end();
  }

  /** A client's options to be at the end of this cable. */
  options(
    transport: 'ws' | 'sse',
  ): Pick<ClientOptions, 'url' | 'transport' | 'WebSocket' | 'fetch' | 'EventSource'> {
    return { url: ADDRESS, transport, WebSocket: this.#socketClass(), fetch: this.#fetch, EventSource };
  }

  #socketClass(): NonNullable<ClientOptions['WebSocket']> {
    const cable = this;
    class CabledSocket extends WebSocket {
      constructor(address: string) {
        super(cable.#route(address).replace('http', 'ws'));
        cable.attempts += 1;
        const end = (): void => this.terminate();
        cable.#ends.add(end);
        this.on('close', () => cable.#ends.delete(end));
      }
    }
    return CabledSocket;
  }

  /** The address on the wire; while the cable is out, one where nobody listens. */
  #route(address: string): string {
    const path = address.replace(/^(http|ws):\/\/chat\.test/, '');
    return `${this.#plugged ? this.#node.url : 'http://127.0.0.1:1'}${path}`;
  }

  readonly #fetch: Fetch = async (url, init) => {
    const address = String(url);
    const { pathname } = new URL(address);
    this.requests.push(pathname);
    if (pathname.endsWith('/events.stream')) this.attempts += 1;
    if (!this.#plugged) throw new TypeError('the cable is out');
    const response = await fetch(this.#route(address), init as RequestInit);
    if (!response.body) return response;
    const { status, ok, headers, redirected } = response;
    const cable = new TransformStream({
      start: (controller) => {
        this.#ends.add(() => controller.error(new TypeError('the cable was pulled')));
      },
    });
    const body = response.body.pipeThrough(cable);
    return {
      url: address,
      status,
      ok,
      headers,
      redirected,
      body,
      json: () => new Response(body).json(),
    } as Response;
  };
}
