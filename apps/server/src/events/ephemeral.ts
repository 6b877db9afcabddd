import type { EphemeralEvent } from '@parley/contract';
import type { Cursor } from './cursor.ts';
import { trackedFrame } from './entry.ts';

/**
 * What is true only now, on its way to streams. As in a `Run`, its frame is made once for all who have the same
 * cursor and the same request id.
 */
export class Ephemeral {
  readonly event: EphemeralEvent;
  readonly #json: string;
  readonly #frames = new Map<string, Buffer>();

  /** `json` is the event as JSON, where whoever made it had it at hand. */
  constructor(event: EphemeralEvent, json = JSON.stringify(event)) {
    this.event = event;
    this.#json = json;
  }

  /** The frame for the subscription with this request id (as JSON), which stands at this cursor. */
  frame(requestId: string, cursor: Cursor): Buffer {
    const key = `${cursor} ${requestId}`;
    let frame = this.#frames.get(key);
    if (!frame) {
      frame = trackedFrame(requestId, cursor, this.#json);
      this.#frames.set(key, frame);
    }
    return frame;
  }
}
