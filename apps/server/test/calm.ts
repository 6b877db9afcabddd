import { expect } from 'vitest';
import { rawSocket } from './raw-peer.ts';

/** What would have ended the process: the test runner catches it. */
const faults: unknown[] = [];
process.on('uncaughtException', (error) => faults.push(error));
process.on('unhandledRejection', (error) => faults.push(error));

/** Holds that a node goes on as if nothing had happened: it answers over HTTP and over a socket, and threw nothing. */
export async function expectCalm({ url }: { url: string }): Promise<void> {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  using peer = await rawSocket(url);
  expect((await peer.call('users.me', undefined, 'query')).error?.data.code).toBe('UNAUTHENTICATED');
  expect(faults.splice(0)).toEqual([]);
}
