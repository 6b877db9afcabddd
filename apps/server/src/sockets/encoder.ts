import type { Encoder } from '@trpc/server/adapters/ws';
import { Rendered } from '../rendered.ts';
import { Lane } from './lane.ts';

/** A message of tRPC, after the transformer. */
interface Outgoing {
  id: number | string | null;
  result?: { type: string; data?: { json: unknown } };
}

/** Characters of a request's id: it stands in front of every frame of its subscription. */
const LONGEST_ID = 100;
/** Items of a batch that are answered one by one, to say that they are too many. Nobody means more. */
const LONGEST_BATCH = 1_000;

/**
 * The JSON of tRPC's own encoder, with two things that JSON.stringify cannot do: text that is JSON already is
 * spliced in, and a lane is opened instead of being sent.
 */
export const encoder: Encoder = {
  encode(message: Outgoing): string {
    const value = message.result?.data?.json;
    if (value instanceof Rendered)
      return `{"id":${JSON.stringify(message.id)},"result":{"type":"data","data":{"json":${value.text}}}}`;
    if (value instanceof Lane) {
      value.open(message.id);
      return '';
    }
    return JSON.stringify(message);
  },
  decode(data) {
    if (typeof data !== 'string') throw new TypeError('not a text frame');
    const messages: unknown = JSON.parse(data);
    const batch = Array.isArray(messages) ? messages : [messages];
    if (batch.length > LONGEST_BATCH) throw new RangeError('a batch that long');
    for (const message of batch) {
      const id: unknown = message?.id;
      if (typeof id === 'string' && id.length > LONGEST_ID) throw new RangeError('an id that long');
    }
    return messages;
  },
};
