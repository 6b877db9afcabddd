import {
  id,
  type Json,
  LIMITS,
  type MessageContent,
  type MessageExtras,
  mentions,
  seq,
} from '@parley/contract';
import { z } from 'zod';
import { text } from '../text.ts';

/** Whatever the wire brings is JSON. To follow it through a recursive schema cost each message a fifth of its check. */
const anything = z.unknown() as unknown as z.ZodType<Json, Json>;

/** What the application adds for itself. It is kept as Postgres keeps JSON: see `isPlain`. */
const metadata = z
  .record(z.string().max(LIMITS.metadata), anything)
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= LIMITS.metadata, {
    error: `at most ${LIMITS.metadata} bytes`,
    abort: true,
  })
  .refine(isPlain, 'characters that are no text, or numbers that are too large or too small');

/** What Postgres gives back as it was: no NUL, no lone surrogate, and no number that it would write out in full. */
function isPlain(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return value === 0 || (Math.abs(value) < 1e21 && Math.abs(value) >= 1e-6);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isPlain(key) && isPlain(inner));
}

/** Base64 of so many bytes at most. */
const ciphertext = z
  .base64()
  .min(4)
  .max(4 * Math.ceil(LIMITS.ciphertext / 3));

const mentioned = mentions.extend({ userIds: z.array(id).max(LIMITS.mentions) }).strict();

/** A place that a client names: beyond any message, and small enough for Postgres to count on from it. */
export const place = seq.max(2_000_000_000);

/** What a message says: a text, or a ciphertext in its place. */
export const words = {
  text: text(1, LIMITS.messageText).optional(),
  ciphertext: ciphertext.optional(),
  mentions: mentioned.optional(),
};

/** The same, and what it is sent with. */
export const content = {
  ...words,
  replyTo: place.min(1).optional(),
  attachments: z
    .array(id)
    .max(LIMITS.attachments)
    .refine((ids) => new Set(ids).size === ids.length, 'each file once')
    .optional(),
  metadata: metadata.optional(),
};

export type Words = Pick<MessageContent, 'text' | 'ciphertext' | 'mentions'>;

/** Holds when there is a text or a ciphertext, and not both. */
export const saysOneThing = ({ text, ciphertext }: Words): boolean =>
  (text === undefined) !== (ciphertext === undefined);

/** The same for what is sent: with files it may say nothing. */
export const saysSomething = ({
  attachments = [],
  ...said
}: Words & Pick<MessageContent, 'attachments'>): boolean =>
  saysOneThing(said) || (attachments.length > 0 && said.text === undefined && said.ciphertext === undefined);

/** Without what is not there; null when nothing is. The same content gives the same JSON. */
export function extrasOf(extras: MessageExtras): MessageExtras | null {
  const { ciphertext, replyTo, mentions, forwarded, story, attachments, metadata } = extras;
  const calls = mentions && (mentions.userIds.length > 0 || mentions.everyone) ? mentions : undefined;
  const given: Record<string, unknown> = {
    ciphertext,
    replyTo,
    mentions: calls,
    forwarded,
    story,
    attachments,
    metadata,
  };
  let present: Record<string, unknown> | null = null;
  for (const name in given) {
    if (given[name] === undefined) continue;
    present ??= {};
    present[name] = given[name];
  }
  return present;
}
