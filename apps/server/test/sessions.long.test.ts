import { afterEach, expect, test, vi } from 'vitest';
import { loseNotifications } from './lost-notifications.ts';
import { rawSocket } from './raw-peer.ts';
import { testServer } from './server.ts';

afterEach(() => vi.restoreAllMocks());

const SESSIONS = 300;

/** The time, in milliseconds, within which 99 of 100 sockets of sessions that end on the other node are closed. */
async function p99ToClose(): Promise<number> {
  await using server = await testServer({ nodes: 2, env: { MAX_CONNECTIONS_PER_USER: `${SESSIONS}` } });
  const alice = await server.people.join('alice');
  const took: number[] = [];
  for (let n = 0; n < SESSIONS; n++) {
    const device = await alice.anotherDevice();
    using peer = await rawSocket(server.nodes[1]!.url, device.tokens.accessToken);
    peer.send({ id: 'stream', method: 'subscription', params: { path: 'events.stream' } });
    await peer.when(() => peer.texts.some((text) => text.includes('stream.caught-up')));
    const start = performance.now();
    if (n % 2) await device.on(0).auth.logout.mutate();
    else await alice.on(0).sessions.revoke.mutate({ sessionId: device.tokens.sessionId });
    expect(await peer.closed()).toBe(4401);
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[Math.floor(SESSIONS * 0.99)]!;
}

test('S28, S29 the sockets of a session that ends on another node are closed within 2 s, 99 of 100', async () => {
  expect(await p99ToClose()).toBeLessThan(2_000);
});

test('S28, S29 and within 5 s by the poll alone', async () => {
  loseNotifications();
  expect(await p99ToClose()).toBeLessThan(5_000);
});
