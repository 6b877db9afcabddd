import type { Encoder } from '@trpc/server/adapters/ws';
import { Rendered } from '../rendered.ts';
import { Lane } from './lane.ts';

/** A message of tRPC, after the transformer. */
interface Outgoing {
  id: number | string | null;
  result?: { type: string; data?: { json: unknown } };
}

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
  decode: (data) => JSON.parse(String(data)),
};
