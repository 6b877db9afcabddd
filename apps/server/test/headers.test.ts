import { beforeAll, describe, expect, test } from 'vitest';
import { type TestServer, testServer } from './server.ts';

const OURS = 'https://chat.example.org';

let server: TestServer;
let url: string;
beforeAll(async () => {
  const started = await testServer({ env: { ALLOWED_ORIGINS: OURS } });
  server = started;
  url = started.nodes[0].url;
  return () => started[Symbol.asyncDispose]();
});

const json = { 'content-type': 'application/json' };

/** Every kind of answer, by what it is. */
const answers: [what: string, status: number, path: string, init?: RequestInit][] = [
  ['health', 200, '/healthz'],
  ['readiness', 200, '/readyz'],
  ['a page that is not there', 404, '/nothing'],
  ['a procedure that is not there', 404, '/trpc/nothing'],
  ['a refusal', 401, '/trpc/users.me'],
  ['an input that does not fit', 400, '/trpc/auth.login', { method: 'POST', headers: json, body: '{}' }],
  ['a body that is no JSON', 400, '/trpc/auth.login', { method: 'POST', headers: json, body: '{' }],
  ['a plain procedure that is not there', 404, '/api/nothing', { method: 'POST', headers: json }],
  ['a plain refusal', 401, '/api/users.me', { method: 'POST', headers: json }],
  ['a plain body that is no JSON', 400, '/api/auth.login', { method: 'POST', headers: json, body: '{' }],
  ['a plain form', 415, '/api/auth.login', { method: 'POST', body: new FormData() }],
  ['a form', 415, '/trpc/auth.login', { method: 'POST', body: new FormData() }],
  ['another method', 405, '/trpc/users.me', { method: 'DELETE' }],
  ['a foreign origin', 403, '/trpc/users.me', { headers: { origin: 'https://evil.example' } }],
  ['an origin of ours', 401, '/trpc/users.me', { headers: { origin: OURS } }],
  ['a preflight', 204, '/trpc/users.me', { method: 'OPTIONS', headers: { origin: OURS } }],
];

const EXPECTED = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
  // Only where there is TLS, which is for production to say.
  'strict-transport-security': undefined,
  'x-powered-by': undefined,
  server: undefined,
};

const pick = (headers: Headers) =>
  Object.fromEntries(Object.keys(EXPECTED).map((name) => [name, headers.get(name) ?? undefined]));

describe('S86 what browsers are told with every answer', () => {
  test.each(answers)('%s, %i', async (_, status, path, init) => {
    const response = await fetch(`${url}${path}`, init);
    expect(response.status).toBe(status);
    expect(pick(response.headers)).toEqual(EXPECTED);
  });

  test('an answer that says what it was asked for, and a stream', async () => {
    const alice = await server.people.join('alice');
    const headers = { authorization: `Bearer ${alice.tokens.accessToken}` };
    const answer = await fetch(`${url}/trpc/users.me`, { headers });
    expect(answer.status).toBe(200);
    expect(pick(answer.headers)).toEqual(EXPECTED);
    const plain = await fetch(`${url}/api/users.me`, { method: 'POST', headers: { ...headers, ...json } });
    expect(plain.status).toBe(200);
    expect(pick(plain.headers)).toEqual(EXPECTED);
    const ended = new AbortController();
    const stream = await fetch(`${url}/trpc/events.stream`, { headers, signal: ended.signal });
    expect(stream.status).toBe(200);
    expect(pick(stream.headers)).toMatchObject({
      ...EXPECTED,
      'cache-control': expect.stringContaining('no-'),
    });
    ended.abort();
  });

  test('HSTS, in production', async () => {
    const secret = () => crypto.getRandomValues(Buffer.alloc(48)).toString('base64');
    const secrets = { JWT_SECRETS: secret(), PASSWORD_PEPPER: secret(), APP_SECRET: secret() };
    const mail = { MAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'parley@example.org' };
    await using production = await testServer({ env: { NODE_ENV: 'production', ...secrets, ...mail } });
    const { headers } = await fetch(`${production.nodes[0].url}/healthz`);
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  });
});
