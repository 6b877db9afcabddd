import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { chatEvent, ephemeralEvent, streamNotice } from '../src/events.ts';
import { WIRE_VERSION } from '../src/version.ts';

/** What the events are at each version of the wire, as a hash of their schemas. */
const EVENTS_AT: Record<number, string> = {
  1: 'e157ef909ae2f08f9d52f0b9db9eb8c91a5e6d787a76a6e15bfe45450d64ee51',
};

/** A text that is the same for schemas that accept the same, in whatever order they were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}

test('the events are those of this version of the wire', () => {
  const schemas = [chatEvent, streamNotice, ephemeralEvent].map((schema) =>
    canonical(z.toJSONSchema(schema)),
  );
  const hash = createHash('sha256').update(schemas.join('\n')).digest('hex');
  // It differs? Clients in the field may read these events wrongly. If something was added, and only added, the
  // version stays: put the new hash in its line. Whatever else changed needs another WIRE_VERSION, with a line.
  expect(hash).toBe(EVENTS_AT[WIRE_VERSION]);
});
