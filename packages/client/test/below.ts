import type { WebSocketConstructor } from '../src/platform.ts';

type Event = { data?: unknown; code?: number; reason?: string };

/** A WebSocket whose other side is the test: it opens, says and closes what the test wants, and nothing else. */
export class Below {
  static made: Below[] = [];
  binaryType = '';
  sent: string[] = [];
  /** The codes with which this side has closed. */
  closed: number[] = [];
  readonly url: string;
  readonly #listeners: [string, (event: Event) => void][] = [];

  constructor(url: string) {
    this.url = url;
    Below.made.push(this);
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.push([type, listener]);
  }

  send(data: string): void {
    this.sent.push(data);
  }

  /** As over a half-open link: the other side's goodbye never comes. */
  close(code?: number): void {
    this.closed.push(code ?? 1005);
  }

  emit(type: 'open' | 'message' | 'error' | 'close', event: Event = {}): void {
    for (const [name, listener] of this.#listeners) if (name === type) listener(event);
  }

  /** The tokens that came with `connectionParams`. */
  get tokens(): string[] {
    const messages = this.sent.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text));
    return messages.flatMap(({ method, data }) => (method === 'connectionParams' ? [data.token] : []));
  }
}

export const BelowSocket = Below as unknown as WebSocketConstructor;
