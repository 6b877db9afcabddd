import { v7 } from 'uuid';
import { expect } from 'vitest';
import { expectCalm } from './calm.ts';
import { seeded } from './hostile.ts';
import { clientFrame, type RawPeer, rawSocket } from './raw-peer.ts';
import type { TestServer } from './server.ts';

/** Messages that are sent before their answers are waited for. */
const WINDOW = 100;

/** What stands for a value of a field. */
const VALUES: unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 31, 2 ** 53, '', ' ', '\0', '\ud800', '\u200b', 'x'.repeat(5_000)],
  ...['__proto__', 'constructor', '%', '_'.repeat(200), "'; DROP TABLE users; --", '../../etc/passwd'],
  ...[[], {}, [[]], { not: '' }, { contains: '@' }, { in: [''] }, { gt: 0 }, { json: 1 }, { toJSON: 1 }],
  ...[{ length: 2 ** 31 }, Array.from({ length: 300 }, () => v7())],
  JSON.parse('{"then":1,"__proto__":{"polluted":1}}'),
];
const IDS: unknown[] = [{}, [], null, true, 1e308, -1, 0.5, '', 'x'.repeat(99), 'x'.repeat(5_000), { id: 1 }];
const METHODS: unknown[] = [
  'query',
  'mutation',
  'subscription',
  'subscription.stop',
  'reconnect',
  '',
  1,
  null,
];
const PATHS: unknown[] = [
  '',
  '.',
  '__proto__',
  'constructor',
  'toString',
  'users',
  'users.',
  'a.b.c'.repeat(1_000),
  1,
];
const CURSORS: unknown[] = ['', 'x', 'x.1', '.', '0.0', `x.${'9'.repeat(30)}`, 'x'.repeat(200), 1, null, {}];

/**
 * Sends messages of tRPC of which most are somehow wrong, each time the same for a seed. None may end the process
 * or a socket without a word, nor meet a fault that nobody foresaw; and somebody who listens meanwhile loses
 * nothing. Resolves with the number of answers.
 */
export async function fuzz(
  server: TestServer,
  { seed, messages }: { seed: number; messages: number },
): Promise<number> {
  const [{ url }] = server.nodes;
  const random = seeded(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const [mallory, alice, bob] = await server.people.all('mallory', 'alice', 'bob');
  const world = { conversationId: await mallory.talkTo(alice), userId: bob.id };
  const witness = await alice.subscribe();

  type Fields = Record<string, unknown>;
  /** What can be put where, in a message itself and in its params. */
  const WRONG: [name: string, values: readonly unknown[]][] = [
    ['id', IDS],
    ['jsonrpc', ['2.0', '1.0', 2, null, {}]],
    ['method', METHODS],
    ['params', VALUES],
  ];
  const WRONG_PARAMS: typeof WRONG = [
    ['path', PATHS],
    [
      'input',
      [...VALUES, ...VALUES.map((json) => ({ json })), ...VALUES.map((meta) => ({ json: {}, meta }))],
    ],
    ['lastEventId', CURSORS],
  ];
  const spoil = (fields: Fields, [name, values]: (typeof WRONG)[0]) => ({ ...fields, [name]: pick(values) });
  const spoilField = (input: { json?: Fields } | undefined) => {
    const json = input?.json ?? {};
    return { json: spoil(json, [pick([...Object.keys(json), 'extra', '__proto__']), VALUES]) };
  };
  const without = (fields: Fields) => {
    const left = pick(Object.keys(fields));
    return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== left));
  };

  /** One message, as text. */
  function next(id: number): string {
    const { params, ...rest } = pick(calls(world));
    let message: Fields = { id, ...rest };
    let within: Fields = params;
    for (let n = Math.floor(random() * 3); n > 0; n--) {
      const how = random();
      if (how < 0.6) within = { ...within, input: spoilField(within['input'] as never) };
      else if (how < 0.75) within = spoil(within, pick(WRONG_PARAMS));
      else if (how < 0.95) message = spoil(message, pick(WRONG));
      else message = without(message);
    }
    const whole = { params: within, ...message };
    const text = JSON.stringify(random() < 0.05 ? [whole, whole, whole] : whole);
    if (random() > 0.1) return text;
    const at = Math.floor(random() * text.length);
    const other = pick(['', '"', '}', '\\', ',', '\0', text[at]]);
    return text.slice(0, at) + other + text.slice(at + Math.floor(random() * 3));
  }

  let answers = 0;
  let peer: RawPeer | null = null;
  for (let sent = 0; sent < messages; sent += WINDOW) {
    if (!peer || peer.isGone) peer = await rawSocket(url, mallory.tokens.accessToken);
    const { length } = peer.texts;
    for (let n = 0; n < WINDOW; n++) peer.write(clientFrame(next(sent + n)));
    if (random() < 0.05)
      peer.write(clientFrame('{', { rsv: Math.floor(random() * 8), opcode: Math.floor(random() * 16) }));
    const marker = `after ${sent}`;
    peer.send({ id: marker, method: 'query', params: { path: 'users.me' } });
    await peer.when(() => peer!.isGone || peer!.texts.some((text) => text.startsWith(`{"id":"${marker}"`)));
    const came = peer.texts.splice(0);
    answers += came.length - length;
    expect(came.filter((text) => text.includes('"INTERNAL"'))).toEqual([]);
    if (peer.isGone) expect(peer.closeCode).not.toBeNull();
  }
  peer?.[Symbol.dispose]();

  const { conversationId } = world;
  const { lastSeq } = (await mallory.api.conversations.get.query({ conversationId })).conversation;
  await witness.when(() => witness.texts.length >= lastSeq);
  expect(witness.texts).toHaveLength(lastSeq);
  witness.close();
  await expectCalm(server.nodes[0]);
  return answers;
}

/** What somebody might really ask. */
function calls({ conversationId, userId }: { conversationId: string; userId: string }) {
  const call = (method: string, path: string, json?: object) => ({
    method,
    params: { path, input: { json } },
  });
  return [
    call('query', 'users.me'),
    call('mutation', 'auth.register', { username: 'x', email: 'x', password: 'x' }),
    call('mutation', 'auth.login', { login: 'x', password: 'x' }),
    call('mutation', 'auth.refresh', { refreshToken: 'x' }),
    call('mutation', 'conversations.openDirect', { userId }),
    call('query', 'conversations.list', { limit: 2 }),
    call('query', 'conversations.get', { conversationId }),
    call('query', 'conversations.members', { conversationId }),
    call('mutation', 'groups.create', { title: 'tea', description: 'more tea', userIds: [userId] }),
    call('mutation', 'groups.addMembers', { conversationId, userIds: [userId] }),
    call('mutation', 'groups.removeMember', { conversationId, userId }),
    call('mutation', 'groups.leave', { conversationId }),
    call('mutation', 'messages.send', { conversationId, text: 'hello', clientMessageId: v7() }),
    call('query', 'messages.list', { conversationId, limit: 2, before: 5 }),
    call('mutation', 'messages.markRead', { conversationId, seq: 1 }),
    call('query', 'sync.bootstrap'),
    call('query', 'reports.list', { userId, before: { createdAt: '2026-01-01T00:00:00.000Z', id: userId } }),
    call('mutation', 'reports.close', { id: userId, outcome: 'upheld' }),
    call('query', 'admin.users', { username: 'x' }),
    call('query', 'admin.audit', { userId, before: { at: '2026-01-01T00:00:00.000Z', id: userId } }),
    call('mutation', 'admin.setRole', { userId, role: 'USER' }),
    call('mutation', 'admin.ban', { userId, until: '2099-01-01T00:00:00.000Z', reason: 'spam' }),
    call('mutation', 'admin.unban', { userId }),
    call('mutation', 'admin.endSessions', { userId }),
    call('subscription', 'events.stream', { lastEventId: 'x.1' }),
    call('subscription.stop', ''),
  ];
}
