import { expect, test } from 'vitest';
import { nameFromUserAgent } from '../src/auth/device-name.ts';

test('a device is called by its browser and system, else by its program', () => {
  const names: [string | null, string][] = [
    [null, 'Unknown device'],
    ['', 'Unknown device'],
    ['(^_^)', 'Unknown device'],
    ['node', 'node'],
    ['okhttp/4.12.0', 'okhttp'],
    ['x'.repeat(50_000), 'x'.repeat(40)],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 15.6; rv:144.0) Gecko/20100101 Firefox/144.0',
      'Firefox on macOS',
    ],
    ['Parley/7 CFNetwork/3826 Darwin/24.6.0', 'Parley'],
  ];
  for (const [userAgent, name] of names) expect(nameFromUserAgent(userAgent)).toBe(name);
});
