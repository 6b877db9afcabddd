import type { StreamNotice } from '@parley/contract';
import type { Cursor } from '../events/cursor.ts';
import { type Run, trackedFrame } from '../events/entry.ts';
import type { Ephemeral } from '../events/ephemeral.ts';
import type { Sink } from '../events/stream.ts';
import type { RequestId } from './protocol.ts';
import type { Socket } from './socket.ts';

/**
 * One subscription's own way to its socket. Start, input, errors and stop are those of any procedure; its
 * generator yields the lane once, which is opened with the request's id, and from then on the stream
 * writes shared frames. See docs/decisions/0002-transformer-and-encoder.md.
 */
export class Lane implements Sink {
  readonly #socket: Socket;
  /** The request id as JSON: the front of every frame of this subscription. */
  #requestId = 'null';
  /** Set when the client was asked to connect again, or its socket closes: from there it goes on with another one. */
  retired = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  open(requestId: RequestId): void {
    this.#requestId = JSON.stringify(requestId);
  }

  get buffered(): number {
    return this.#socket.waiting;
  }

  write(run: Run): void {
    const frames = this.retired ? null : run.frames(this.#requestId);
    if (frames?.length) this.#socket.enqueue(frames);
  }

  notice(notice: StreamNotice, cursor: Cursor): void {
    if (!this.retired) this.#socket.enqueue(trackedFrame(this.#requestId, cursor, JSON.stringify(notice)));
  }

  ephemeral(news: Ephemeral, cursor: Cursor): void {
    if (!this.retired) this.#socket.enqueue(news.frame(this.#requestId, cursor));
  }

  drained(): Promise<void> {
    return this.#socket.drained();
  }
}
