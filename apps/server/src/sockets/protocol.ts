import { parseConnectionParamsFromUnknown } from '@trpc/server/http';
import { parseTRPCMessage, type TRPCClientOutgoingMessage } from '@trpc/server/rpc';
import { Rendered } from '../rendered.ts';
import { transformer } from '../transformer.ts';

/** Names a request of a client in all that is said about it. */
export type RequestId = number | string;
/** What a client asks: a call, a subscription, or the end of one. */
export type Request = TRPCClientOutgoingMessage;

/** Characters of a request's id: it stands in front of every frame of its subscription. */
const LONGEST_ID = 100;
/** Items of a batch that are answered one by one, to say that they are too many. Nobody means more. */
const LONGEST_BATCH = 1_000;

/** The items of a client's frame: those of a batch, or the only one. Throws when it holds no JSON, or more than anybody means. */
export function readFrame(data: Buffer, isBinary: boolean): unknown[] {
  if (isBinary) throw new TypeError('not a text frame');
  const json: unknown = JSON.parse(data.toString());
  const items: unknown[] = Array.isArray(json) ? json : [json];
  if (items.length > LONGEST_BATCH) throw new RangeError('a batch that long');
  for (const item of items) {
    const id = fieldOf(item, 'id');
    if (typeof id === 'string' && id.length > LONGEST_ID) throw new RangeError('an id that long');
  }
  return items;
}

/** An item as a request. Throws when it is none. */
export const readRequest = (item: unknown): Request => parseTRPCMessage(item, transformer);

/** Who says so: the token of the first frame of a socket that announced it. Throws when it says something else. */
export function readToken([item]: unknown[]): string | undefined {
  if (typeof item !== 'object') throw new TypeError('not a message');
  return parseConnectionParamsFromUnknown(fieldOf(item, 'data'))?.['token'];
}

/** Whose answer an item waits for, whatever else it says; null when for none. */
export function askerOf(item: unknown): RequestId | null {
  const id = fieldOf(item, 'id');
  const waits = fieldOf(item, 'method') !== 'subscription.stop';
  return waits && (typeof id === 'number' || typeof id === 'string') ? id : null;
}

const fieldOf = (item: unknown, name: string): unknown => (item as Record<string, unknown> | null)?.[name];

/** What a call answers. Text that is JSON already is spliced in. */
export function resultText(id: RequestId, output: unknown): string {
  if (output instanceof Rendered)
    return `{"id":${JSON.stringify(id)},"result":{"type":"data","data":{"json":${output.text}}}}`;
  return JSON.stringify({ id, result: { type: 'data', data: { json: output } } });
}

/** Why a request is refused; without an id, a frame that could not be read. */
export const errorText = (id: RequestId | null, shape: object): string =>
  JSON.stringify({ id, error: { json: shape } });

/** Where a subscription stands. */
export const stateText = (id: RequestId, type: 'started' | 'stopped'): string =>
  JSON.stringify({ id, result: { type } });

/** The client opens another connection, with a fresh token, and then closes this one. */
export const RECONNECT = JSON.stringify({ id: null, method: 'reconnect' });
