import type { Socket as TcpSocket } from 'node:net';

/** How long bytes may wait without one of them leaving, in milliseconds: ten seconds with the looks at both ends. */
const STALLED_FOR = 8_000;

/** Watches whether the other side of a connection reads what is written to it. */
export class Progress {
  readonly #stream: TcpSocket;
  #gone = 0;
  #since: number | null = null;

  constructor(stream: TcpSocket) {
    this.#stream = stream;
  }

  /** Looks once, at this time of the process's clock: whether it has read nothing for too long. */
  isStalled(now: number): boolean {
    const gone = bytesGone(this.#stream);
    if (this.#stream.writableLength === 0) this.#since = null;
    else if (this.#since === null || gone !== this.#gone) this.#since = now;
    this.#gone = gone;
    return this.#since !== null && now - this.#since > STALLED_FOR;
  }
}

/**
 * Bytes that have left this process. Node tells of a write when it is done, and a large one to a slow reader
 * takes long: only the handle knows how much of it is still there.
 */
export function bytesGone(stream: TcpSocket): number {
  const { _handle: handle } = stream as unknown as {
    _handle: { bytesWritten: number; writeQueueSize: number } | null;
  };
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0;
}
