import { expect, test } from 'vitest';
import { clientFrame, RawPeer, rawSocket, upgradeRequest } from './raw-peer.ts';
import { serverForAll } from './server.ts';

/** tRPC's protocol over a socket, as its own client never uses it. */
const server = serverForAll();

const subscribe = (id: number, more: object = {}) => ({
  id,
  method: 'subscription',
  params: { path: 'events.stream', ...more },
});
const stop = (id: number) => ({ id, method: 'subscription.stop' });
const me = (id: number | string | null) => ({ id, method: 'query', params: { path: 'users.me' } });

/** What was said of a request, in order: the kind of a result, or the code of an error. */
const saidOf = ({ messages }: RawPeer, of: number | string | null) =>
  messages
    .filter(({ id }) => id === of)
    .map(({ result, error }) => error?.json.data.code ?? (result?.type === 'data' ? 'data' : result?.type));

async function signedIn() {
  const alice = await server.people.join('alice');
  const peer = await rawSocket(server.nodes[0].url, alice.tokens.accessToken);
  const caughtUp = (id: number) =>
    peer.when(() => peer.texts.some((text) => text.startsWith(`{"id":${id},`) && text.includes('caught-up')));
  return Object.assign(peer, { alice, caughtUp });
}

test('a second subscription under one id is refused, and the first goes on', async () => {
  using peer = await signedIn();
  peer.send(subscribe(1));
  await peer.caughtUp(1);
  peer.send(subscribe(1));
  await peer.when(() => saidOf(peer, 1).includes('INVALID_INPUT'));
  await peer.alice.startGroup('tea');
  await peer.when(() => peer.texts.some((text) => text.includes('"conversation.created"')));
  expect(saidOf(peer, 1)).toEqual(['started', 'data', 'INVALID_INPUT', 'data']);
});

test('an id is free again when its subscription has stopped', async () => {
  using peer = await signedIn();
  peer.send(subscribe(1));
  await peer.caughtUp(1);
  peer.send(stop(1));
  await peer.when(() => saidOf(peer, 1).includes('stopped'));
  peer.send(subscribe(1));
  await peer.when(() => saidOf(peer, 1).length === 5);
  expect(saidOf(peer, 1)).toEqual(['started', 'data', 'stopped', 'started', 'data']);
});

test('a subscription that is stopped before it has begun does not begin', async () => {
  using peer = await signedIn();
  peer.send([subscribe(1), stop(1), me(2)]);
  await peer.when(() => saidOf(peer, 1).length > 0 && saidOf(peer, 2).length > 0);
  expect([saidOf(peer, 1), saidOf(peer, 2)]).toEqual([['stopped'], ['data']]);
});

test.each(['breaks off', 'closes'])('nobody is told by a node whose socket %s', async (how) => {
  using peer = await signedIn();
  const { hub } = server.nodes[0].app.log;
  peer.send([subscribe(1), subscribe(2)]);
  await Promise.all([peer.caughtUp(1), peer.caughtUp(2)]);
  expect(hub.audience(peer.alice.id).size).toBe(1);
  if (how === 'closes') peer.write(clientFrame(Buffer.from([0x03, 0xe8]), { opcode: 8 }));
  else peer.tcp.resetAndDestroy();
  await expect.poll(() => hub.audience(peer.alice.id).size).toBe(0);
});

test.each([
  ['no JSON', 'tea'],
  ['nothing', ''],
  ['null', 'null'],
  ['a call', JSON.stringify(me(1))],
  ['a token that is no text', '{"method":"connectionParams","data":{"token":1}}'],
  ['a list of tokens', '{"method":"connectionParams","data":[]}'],
])('one that announced who it is and says %s is told so, and closed', async (_, text) => {
  using peer = new RawPeer(server.nodes[0].url);
  await peer.ask(upgradeRequest('/trpc?connectionParams=1'));
  peer.write(clientFrame(text)).send(me(1));
  await peer.closed();
  expect([saidOf(peer, null), saidOf(peer, 1)]).toEqual([['INVALID_INPUT'], []]);
});

test('a request without an id is answered without one', async () => {
  using peer = await signedIn();
  peer.send(me(null));
  await peer.when(() => saidOf(peer, null).length > 0);
  expect(saidOf(peer, null)).toEqual(['INVALID_INPUT']);
});

test('a heartbeat of the client is answered, also before it has said who it is; its answer to ours is not', async () => {
  using peer = new RawPeer(server.nodes[0].url);
  await peer.ask(upgradeRequest('/trpc?connectionParams=1'));
  for (const text of ['PONG', 'PING']) peer.write(clientFrame(text));
  await peer.when(() => peer.texts.length > 0);
  peer.authenticate((await server.people.join('alice')).tokens.accessToken).send(me(1));
  await peer.answerTo(1);
  expect([peer.texts[0], peer.texts.length, saidOf(peer, 1)]).toEqual(['PONG', 2, ['data']]);
});

test.each([undefined, null, {}, { lastEventId: 'other' }, 'tea', ['tea']])(
  'a cursor beside the input %j goes into it, or the input is refused',
  async (input) => {
    using peer = await signedIn();
    peer.send(subscribe(1, { input: { json: input }, lastEventId: 'nonsense' }));
    await peer.when(() => saidOf(peer, 1).some((said) => said === 'stopped' || said === 'INVALID_INPUT'));
    const isTaken = typeof input !== 'string' && !Array.isArray(input);
    expect(saidOf(peer, 1)).toEqual(isTaken ? ['started', 'data', 'stopped'] : ['INVALID_INPUT']);
    expect(peer.texts.some((text) => text.includes('"malformed"'))).toBe(isTaken);
  },
);
