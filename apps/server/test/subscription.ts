import type { ChatEvent, StreamItem } from '@parley/contract';

/** One item as the stock client got it. */
export interface Received {
  id: string;
  data: StreamItem;
}

/** What is true only now, and is no fact of the log. */
export const isEphemeral = ({ type }: StreamItem): boolean =>
  type === 'presence.changed' || type === 'typing';

/** Everything that one subscription got, in order, and ways to wait for it. */
export class Subscription {
  readonly received: Received[] = [];
  /** Set when the subscription ended: by the server's word, or by an error. */
  end: 'complete' | Error | null = null;
  /** How often it went looking for a connection, the first time included. */
  connects = 0;
  /** Breaks the connection under it, as a pulled cable does. */
  cut: () => void = () => {};
  /** Stops reading, over a socket, until what it returns is called. */
  pause: () => () => void = () => () => {};
  onClose: () => void = () => {};
  onItem: (item: StreamItem) => void = () => {};
  #waiting: (() => void)[] = [];

  readonly callbacks = {
    onData: (item: unknown) => {
      this.received.push(item as Received);
      this.onItem((item as Received).data);
      this.#wake();
    },
    onComplete: () => {
      this.end = 'complete';
      this.#wake();
    },
    onConnectionStateChange: ({ state }: { state: string }) => {
      if (state === 'connecting') this.connects++;
      this.#wake();
    },
    onError: (error: Error) => {
      this.end = error;
      this.#wake();
    },
  };

  /** Resolves with the first item, past or to come, that fits. */
  async until(fits: (item: StreamItem) => boolean): Promise<Received> {
    await this.when(() => this.received.some(({ data }) => fits(data)));
    return this.received.find(({ data }) => fits(data))!;
  }

  /** Resolves when a condition holds; it is looked at after each item. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The durable events, without the stream's own notices. */
  get events(): ChatEvent[] {
    return this.received
      .map(({ data }) => data)
      .filter((item): item is ChatEvent => !item.type.startsWith('stream.') && !isEphemeral(item));
  }

  /** The texts of the messages, in the order in which they came. */
  get texts(): string[] {
    return this.events.flatMap((event) => (event.type === 'message.created' ? [event.message.text] : []));
  }

  /** The cursor of the last item. */
  get cursor(): string {
    return this.received.at(-1)!.id;
  }

  close(): void {
    this.onClose();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
