import type { Socket as TcpSocket } from 'node:net';
import { WebSocket } from 'ws';
import { CLOSE } from './connections.ts';
import { frameText } from './frame.ts';

/** With more than this many bytes waiting for its reader, a socket is closed. */
const CLOSE_ABOVE = 1024 * 1024;
/** A joined write up to this size is copied into one buffer; a larger one is handed over in pieces. */
const COPY_UP_TO = 64 * 1024;
/** With this many calls under way, nothing more of a socket is heard until one is done. */
const CALLS_AT_ONCE = 50;
/** Milliseconds that calls under way have for their answers when their socket is to close. */
const ANSWERED_WITHIN = 1_000;
const NOTHING = Buffer.alloc(0);

/** What a client has sent, and whether it says that it is no text. */
type Message = [data: Buffer, isBinary: boolean];

/** Why nothing of a socket is heard for a while. */
type Hold = 'authenticating' | 'calls' | 'pace';

/** Sockets that have something to write in this turn of the loop. */
let dirty: Socket[] = [];

function flushAll(): void {
  const sockets = dirty;
  dirty = [];
  for (const socket of sockets) socket.flush();
}

/**
 * A WebSocket that writes once per turn of the loop. Whatever it sends, answers and frames of the log
 * alike, goes through one queue, so the order holds; and what waits for a slow reader is bounded here, as is
 * what a fast writer makes us do at once.
 */
export class Socket extends WebSocket {
  #stream: TcpSocket | null = null;
  #gone: Promise<unknown> = Promise.resolve();
  #queue: Buffer[] = [];
  #queued = 0;
  #calls = 0;
  #whenAnswered: (() => void) | null = null;
  readonly #holds = new Set<Hold>();
  /** Messages that had been read when it was held. */
  #unheard: Message[] = [];
  #hear: (...message: Message) => void = () => {};

  /** Binds the TCP stream under this socket: `ws` keeps its own to itself. */
  attach(stream: TcpSocket): void {
    this.#stream = stream;
    this.#gone = new Promise((resolve) => this.once('close', resolve));
  }

  /** Hears what its client says, whenever it is not held. */
  listen(hear: (...message: Message) => void): void {
    this.#hear = hear;
    this.on('message', (data: Buffer, isBinary) => {
      if (this.#holds.size === 0 && this.#unheard.length === 0) hear(data, isBinary);
      else this.#unheard.push([data, isBinary]);
    });
  }

  /** Bytes that wait: in this turn's queue, and in the stream under it. */
  get waiting(): number {
    return this.#queued + (this.#stream?.writableLength ?? 0);
  }

  override send(text: string): void {
    this.enqueue(frameText(text));
  }

  /** Queues a finished frame, or several in one buffer, until the end of this turn. */
  enqueue(frames: Buffer): void {
    if (this.readyState !== WebSocket.OPEN) return;
    if (this.waiting > CLOSE_ABOVE) return this.#giveUp();
    if (this.#queue.length === 0) {
      if (dirty.length === 0) setImmediate(flushAll);
      dirty.push(this);
    }
    this.#queue.push(frames);
    this.#queued += frames.length;
  }

  /** Hands the queue to the stream. */
  flush(): void {
    const queue = this.#queue;
    const stream = this.#stream;
    if (queue.length > 0 && stream?.writable) {
      if (queue.length === 1) stream.write(queue[0]!);
      else if (this.#queued <= COPY_UP_TO) stream.write(Buffer.concat(queue, this.#queued));
      else {
        stream.cork();
        for (const frames of queue) stream.write(frames);
        stream.uncork();
      }
    }
    queue.length = 0;
    this.#queued = 0;
  }

  /** Resolves when all that waits has left the process, and when the socket is gone: not before it is. */
  async drained(): Promise<void> {
    this.flush();
    const stream = this.#stream;
    // What a closing socket holds no longer drains, and who asked would ask again and again.
    if (this.readyState !== WebSocket.OPEN || !stream) await this.#gone;
    // `drain` never fires below the high-water mark; the callback of an empty write always does.
    else if (await new Promise((resolve) => stream.write(NOTHING, resolve))) await this.#gone;
  }

  /** A call begins, whose end is behind its answer. Whoever has too many under way is not heard any further. */
  callBegins(): void {
    if (++this.#calls === CALLS_AT_ONCE) this.hold('calls');
  }

  callEnds(): void {
    if (this.#calls-- === CALLS_AT_ONCE) this.release('calls');
    if (this.#calls === 0) this.#whenAnswered?.();
  }

  /** Stops reading. What was read already waits: at most what TCP handed over at once. */
  hold(why: Hold): void {
    this.#holds.add(why);
    this.pause();
  }

  release(why: Hold): void {
    if (this.#holds.delete(why) && this.#holds.size === 0) this.#hearOn();
  }

  /** Hears what waits, one message a turn of the loop, so that it can be held again; then reads on. */
  #hearOn(): void {
    if (this.#holds.size > 0) return;
    const message = this.#unheard.shift();
    if (!message) return this.resume();
    this.#hear(...message);
    setImmediate(() => this.#hearOn());
  }

  /** Says goodbye after all that was sent before. Nothing that still comes is heard. */
  override close(code?: number, reason?: string): void {
    this.flush();
    this.#hearNothing();
    super.close(code, reason);
  }

  /** The same once the calls under way are answered, among them one that ends the session of its own socket. */
  closeAnswered(code: number, reason: string): void {
    if (this.#whenAnswered) return;
    this.#hearNothing();
    this.#whenAnswered = () => this.close(code, reason);
    if (this.#calls === 0) this.#whenAnswered();
    else setTimeout(this.#whenAnswered, ANSWERED_WITHIN).unref();
  }

  #hearNothing(): void {
    this.removeAllListeners('message');
    this.#unheard = [];
  }

  /** Closes a reader for whom too much waits: it may still read the reason, and has a second for it. */
  #giveUp(): void {
    this.#queue = [];
    this.close(CLOSE.busy, 'too slow');
    setTimeout(() => this.terminate(), 1_000).unref();
  }
}
