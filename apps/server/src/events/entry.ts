import type { ChatEvent } from '@parley/contract';
import { frameText } from '../sockets/frame.ts';
import type { Cursor } from './cursor.ts';

/** One event of the log as this node holds it. */
export interface LogEntry {
  position: number;
  topic: string;
  /** Null when what it told of no longer exists: its position counts, and nothing is sent. */
  event: ChatEvent | null;
  /** `event` as JSON, where whoever made the entry had it at hand. */
  json?: string;
  opens?: readonly string[];
  closes?: readonly string[];
}

/** tRPC's tracked data message as the frame of one subscription. The request id is JSON, too. */
export const trackedFrame = (requestId: string, cursor: Cursor, json: string): Buffer =>
  frameText(
    `{"id":${requestId},"result":{"type":"data","id":"${cursor}","data":{"json":{"id":"${cursor}","data":${json}}}}}`,
  );

/**
 * Entries that go out together. Their frames are made once for each request id (most clients use the same
 * few) and shared by all sockets: a fan-out to a thousand members is one buffer, written a thousand times.
 */
export class Run {
  readonly entries: readonly LogEntry[];
  readonly #epoch: string;
  readonly #frames = new Map<string, Buffer>();

  constructor(epoch: string, entries: readonly LogEntry[]) {
    this.#epoch = epoch;
    this.entries = entries;
  }

  get first(): number {
    return this.entries[0]!.position;
  }

  get last(): number {
    return this.entries.at(-1)!.position;
  }

  /** The run without what lies at or before `position`. */
  after(position: number): Run {
    if (this.first > position) return this;
    return new Run(
      this.#epoch,
      this.entries.filter((entry) => entry.position > position),
    );
  }

  /** All frames of the run in one buffer, for the subscription with this request id (as JSON). */
  frames(requestId: string): Buffer {
    let frames = this.#frames.get(requestId);
    if (!frames) {
      frames = this.#render(requestId);
      this.#frames.set(requestId, frames);
    }
    return frames;
  }

  #render(requestId: string): Buffer {
    const frames: Buffer[] = [];
    for (const entry of this.entries) {
      if (!entry.event) continue;
      entry.json ??= JSON.stringify(entry.event);
      frames.push(trackedFrame(requestId, `${this.#epoch}.${entry.position}`, entry.json));
    }
    return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
  }
}
