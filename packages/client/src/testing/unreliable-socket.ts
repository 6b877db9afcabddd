import type { WebSocketConstructor } from '@parley/client';
import { createLane, type Freedom, type Lane } from './lane.ts';
import type { Line } from './unreliable.ts';

type WebSocketLike = InstanceType<WebSocketConstructor>;
type Listener = Parameters<WebSocketLike['addEventListener']>[1];
type EventName = Parameters<WebSocketLike['addEventListener']>[0];

/** What is said over a socket of tRPC's: one, or several in one frame. */
interface Said {
  id?: number | string | null;
  method?: string;
}

/** A WebSocket class over another one, as the line is. What is lost breaks the connection, as it does over TCP. */
export function unreliableSocket(baseOf: () => WebSocketConstructor, line: Line): WebSocketConstructor {
  return class UnreliableSocket implements WebSocketLike {
    readonly #below: WebSocketLike | undefined;
    readonly #listeners: [EventName, Listener][] = [];
    readonly #out: Lane<string>;
    readonly #in: Lane<{ data?: unknown }>;
    readonly #subscriptions = new Set<Said['id']>();
    readonly #off: () => void;
    #isOver = false;

    constructor(url: string) {
      const lose = () => this.#break();
      const chance = line.chance();
      this.#out = createLane(line.weather, chance, (frame) => this.#below?.send(frame), lose);
      this.#in = createLane(
        line.weather,
        chance,
        (event) => this.#dispatch('message', { type: 'message', ...event }),
        lose,
      );
      this.#off = line.add(lose);
      if (line.weather.isDown) {
        setTimeout(lose, 0);
        return;
      }
      const Base = baseOf();
      const below = new Base(url);
      this.#below = below;
      below.addEventListener('open', (event) => this.#dispatch('open', event));
      below.addEventListener('message', ({ data }) => this.#in.push({ data }, this.#freedomOfAnswer(data)));
      below.addEventListener('error', (event) => this.#dispatch('error', event));
      below.addEventListener('close', (event) => this.#in.whenEmpty(() => this.#end(event)));
    }

    set binaryType(type: string) {
      if (this.#below) this.#below.binaryType = type;
    }

    send(data: string): void {
      this.#out.push(data, this.#freedomOfRequest(data));
    }

    close(code?: number, reason?: string): void {
      this.#out.whenEmpty(() => this.#below?.close(code, reason));
    }

    addEventListener(type: EventName, listener: Listener): void {
      this.#listeners.push([type, listener]);
    }

    #freedomOfRequest(data: string): Freedom {
      const said = read(data);
      for (const { id, method } of said) if (method === 'subscription') this.#subscriptions.add(id);
      const isCalls = said.every(({ method }) => method === 'query' || method === 'mutation');
      return said.length > 0 && isCalls ? 'call' : 'fixed';
    }

    #freedomOfAnswer(data: unknown): Freedom {
      const said = read(data);
      // The server's own words have no id: they keep their place.
      if (said.length === 0 || said.some(({ id }) => id === null || id === undefined)) return 'fixed';
      return said.some(({ id }) => this.#subscriptions.has(id)) ? 'event' : 'call';
    }

    /** At once, for both sides: nothing that is under way arrives any more. */
    #break(): void {
      if (this.#isOver) return;
      const below = this.#below as (WebSocketLike & { terminate?(): void }) | undefined;
      if (below?.terminate) below.terminate();
      else below?.close();
      this.#dispatch('error', { type: 'error' });
      this.#end({ type: 'close', code: 1006, reason: '' });
    }

    #end(event: Parameters<Listener>[0]): void {
      if (this.#isOver) return;
      this.#out.close();
      this.#in.close();
      this.#off();
      this.#dispatch('close', event);
      this.#isOver = true;
    }

    #dispatch(type: EventName, event: Parameters<Listener>[0]): void {
      if (this.#isOver) return;
      for (const [name, listener] of [...this.#listeners]) if (name === type) listener(event);
    }
  };
}

/** What is said in a frame; nothing in those that are not JSON, such as signs of life. */
function read(data: unknown): Said[] {
  try {
    return [JSON.parse(String(data))].flat() as Said[];
  } catch {
    return [];
  }
}
