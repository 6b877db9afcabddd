import { id } from '@parley/contract';
import { expect, test } from 'vitest';
import { newClientMessageId } from '../src/sync/client-message-id.ts';

test('a new id is a UUID of version 7 that carries the time', () => {
  const now = Date.UTC(2026, 10, 20);
  const made = newClientMessageId(now);
  expect(id.parse(made)).toBe(made);
  expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(made.slice(0, 8) + made.slice(9, 13), 16)).toBe(now);
});

test('ids are new each time, also without a crypto', () => {
  const { crypto } = globalThis;
  const withCrypto = Array.from({ length: 1_000 }, () => newClientMessageId());
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
  const without = Array.from({ length: 1_000 }, () => newClientMessageId());
  Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
  expect(new Set([...withCrypto, ...without]).size).toBe(2_000);
});
