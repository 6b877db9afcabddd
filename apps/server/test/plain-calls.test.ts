import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { ERROR_STATUS, type ErrorCode } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { appRouter } from '../src/router.ts';
import { capturedLog } from './captured-log.ts';
import type { Person } from './people.ts';
import { serverForAll, testServer } from './server.ts';

const OURS = 'https://chat.example.org';

describe('calls of plain JSON', () => {
  const server = serverForAll({ env: { ALLOWED_ORIGINS: OURS } });

  const bearer = (person: Person) => ({ authorization: `Bearer ${person.tokens.accessToken}` });

  async function post(path: string, init: RequestInit = {}) {
    const response = await fetch(`${server.nodes[0].url}/api/${path}`, {
      method: 'POST',
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  const call = (person: Person, path: string, input: unknown = {}, headers: Record<string, string> = {}) =>
    post(path, { headers: { ...headers, ...bearer(person) }, body: JSON.stringify(input) });

  const error = (code: ErrorCode, data: object = {}) => ({ code, httpStatus: ERROR_STATUS[code], ...data });

  test('a query and a mutation answer with what they return, and nothing around it', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversation = await call(alice, 'conversations.openDirect', { userId: bob.id });
    expect(conversation.status).toBe(200);
    expect(conversation.headers.get('content-type')).toBe('application/json');
    const { id: conversationId } = conversation.json();
    const message = { conversationId, clientMessageId: v7(), text: 'Hello!' };
    const sent = await call(alice, 'messages.send', message);
    expect(sent.json()).toMatchObject({ conversationId, seq: 1, text: 'Hello!' });
    const page = await call(bob, 'messages.list', { conversationId });
    expect(page.json()).toEqual(await bob.api.messages.list.query({ conversationId }));
  });

  test('without an input, and with null for an answer', async () => {
    const alice = await server.people.join('alice');
    for (const body of ['', '{}', 'null']) {
      const me = await post('users.me', { headers: bearer(alice), ...(body && { body }) });
      expect(me.json()).toEqual(await alice.api.users.me.query());
    }
    expect((await call(alice, 'auth.logout')).text).toBe('null');
    expect((await call(alice, 'users.me')).json()).toEqual(error('UNAUTHENTICATED'));
  });

  test('a session from the beginning to the end, with nothing but this', async () => {
    const alice = await server.people.join('alice');
    const { login, password } = { login: alice.credentials.username, password: alice.credentials.password };
    const began = await post('auth.login', { body: JSON.stringify({ login, password }) });
    const { accessToken, refreshToken, user } = began.json();
    expect(user.id).toBe(alice.id);
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await post('users.me', { headers })).json()).toEqual(user);
    const renewed = await post('auth.refresh', { body: JSON.stringify({ refreshToken }) });
    expect(renewed.json()).toMatchObject({ sessionId: began.json().sessionId });
  });

  test('a refusal is the error as it is everywhere, with its status', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const stranger = await call(alice, 'conversations.get', { conversationId: v7() });
    expect(stranger.status).toBe(404);
    expect(stranger.json()).toEqual(error('NOT_FOUND', { what: 'conversation' }));
    const group = await alice.startGroup('tea', bob);
    const left = await call(alice, 'groups.leave', { conversationId: group });
    expect([left.status, left.json()]).toEqual([409, error('OWNER_MUST_TRANSFER')]);
    const wrong = await call(alice, 'messages.list', { conversationId: group, limit: 0, before: 'x' });
    expect(wrong.status).toBe(400);
    expect(wrong.json()).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'limit' }, { path: 'before' }],
    });
  });

  test('who is nobody: no token, a wrong one, the one of somebody else in a cookie', async () => {
    const alice = await server.people.join('alice');
    const cookie = `parley-access=${alice.tokens.accessToken}`;
    for (const headers of [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: 'Basic x' },
      { cookie },
    ]) {
      const { status, json } = await post('users.me', { headers: headers as Record<string, string> });
      expect([status, json()]).toEqual([401, error('UNAUTHENTICATED')]);
    }
    const page = await post('users.me', { headers: { cookie, origin: OURS } });
    expect(page.json()).toMatchObject({ id: alice.id });
    expect(page.headers.get('access-control-allow-origin')).toBe(OURS);
  });

  test('a body that is none: one constant refusal', async () => {
    const unreadable = error('INVALID_INPUT', {
      issues: [{ path: '', message: 'The request cannot be read' }],
    });
    for (const body of ['{', '[', 'nul', '"\\u12', '\0', `{"login":${'['.repeat(1_000)}`]) {
      const { status, json } = await post('auth.login', { body });
      expect([status, json()]).toEqual([400, unreadable]);
    }
    // One from tRPC's own clients is wrapped, and none of these.
    const wrapped = await post('auth.login', { body: '{"json":{"login":"a","password":"b"}}' });
    expect(wrapped.json().code).toBe('INVALID_INPUT');
  });

  test('a body that is too large is not read to its end', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': 2 * 1024 * 1024 };
    const request = httpRequest(`${server.nodes[0].url}/api/auth.login`, { method: 'POST', headers });
    request.write(`{"login":"${'x'.repeat(1024 * 1024)}`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect([response.statusCode, response.headers.connection]).toEqual([400, 'close']);
    expect(await readJson(response)).toEqual(
      error('INVALID_INPUT', { issues: [{ path: '', message: 'The request is too large' }] }),
    );
    request.destroy();
    const fits = await post('auth.login', {
      body: JSON.stringify({ login: 'x'.repeat(1_000_000), password: 'x' }),
    });
    expect(fits.json().issues).toMatchObject([{ path: 'login' }]);
  });

  test('what is no procedure, and what is one that goes on', async () => {
    const alice = await server.people.join('alice');
    for (const path of [
      'no.such',
      '',
      'users',
      '__proto__',
      'constructor',
      'users.me/',
      'users%2Eme',
      '%E0%A4%A',
    ]) {
      const { status, json } = await call(alice, path);
      expect([path, status, json()]).toEqual([path, 404, error('NOT_FOUND', { what: 'procedure' })]);
    }
    const stream = await call(alice, 'events.stream', undefined, { accept: 'text/event-stream' });
    expect([stream.status, stream.json()]).toEqual([415, error('UNSUPPORTED_REQUEST')]);
  });

  test('is a POST, of JSON, from where it may come', async () => {
    const alice = await server.people.join('alice');
    const at = (init: RequestInit) => fetch(`${server.nodes[0].url}/api/users.me`, init);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
      expect((await at({ method, headers: bearer(alice) })).status).toBe(405);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'text/plain;application/json'])
      expect((await post('users.me', { headers: { ...bearer(alice), 'content-type': type } })).status).toBe(
        415,
      );
    expect((await at({ method: 'POST', headers: bearer(alice) })).status).toBe(415);
    expect((await call(alice, 'users.me', {}, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await call(alice, 'users.me', {}, { origin: 'https://evil.example' })).status).toBe(403);
    const preflight = await at({ method: 'OPTIONS', headers: { origin: OURS } });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('authorization'),
    ]);
  });

  test('every procedure that needs a session refuses whoever has none', async () => {
    const procedures = appRouter._def.procedures as unknown as Record<
      string,
      { _def: { type: string; meta?: { common?: unknown[] } } }
    >;
    for (const [path, { _def }] of Object.entries(procedures)) {
      if (_def.type === 'subscription') continue;
      const { code } = (await post(path, { body: '{"x":1}' })).json();
      expect([path, code === 'UNAUTHENTICATED']).toEqual([path, _def.meta?.common !== undefined]);
    }
  });
});

test('limits count these calls with all others, and say when to come back', async () => {
  await using server = await testServer({ env: { LIMIT_OPERATIONS: '3/60' } });
  const alice = await server.people.join('alice');
  const headers = {
    authorization: `Bearer ${alice.tokens.accessToken}`,
    'content-type': 'application/json',
  };
  const ask = () => fetch(`${server.nodes[0].url}/api/users.me`, { method: 'POST', headers });
  await alice.api.users.me.query();
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  const refused = await ask();
  expect(refused.status).toBe(429);
  const { code, retryAfter } = (await refused.json()) as { code: string; retryAfter: number };
  expect(code).toBe('RATE_LIMITED');
  expect(refused.headers.get('retry-after')).toBe(String(retryAfter));
});

test('what nobody foresaw is logged under the id that is told, and tells nothing else', async () => {
  const log = capturedLog();
  await using server = await testServer({ logger: log.logger });
  const alice = await server.people.join('alice');
  server.nodes[0].app.sends.push = () => Promise.reject(new TypeError('relation "users" at /srv/parley'));
  const conversationId = await alice.talkTo(await server.people.join('bob'));
  const response = await fetch(`${server.nodes[0].url}/api/messages.send`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${alice.tokens.accessToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ conversationId, text: 'Hello!', clientMessageId: v7() }),
  });
  const answer = (await response.json()) as { errorId: string };
  expect([response.status, answer]).toEqual([
    500,
    { code: 'INTERNAL', httpStatus: 500, errorId: expect.any(String) },
  ]);
  expect(log.entries()).toContainEqual(
    expect.objectContaining({
      msg: 'unforeseen error',
      procedure: 'messages.send',
      errorId: answer.errorId,
    }),
  );
});
