import { platform } from '../platform.ts';

/**
 * A new `clientMessageId`: UUID version 7. It has to be unique among one sender's messages and is no secret, so
 * a runtime without `crypto` gets by with `Math.random`.
 */
export function newClientMessageId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (40 - 8 * i)) % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (platform.crypto) return platform.crypto.getRandomValues(bytes);
  return bytes.map(() => Math.floor(Math.random() * 256));
}
