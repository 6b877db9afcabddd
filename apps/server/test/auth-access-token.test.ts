import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAccessTokens } from '../src/auth/access-token.ts';
import { newRefreshToken } from '../src/auth/refresh-token.ts';
import { newId } from '../src/ids.ts';

const SECRET = 'the secret that signs access tokens now';
const OLDER = 'the secret that signed access tokens before';
const START = Date.parse('2026-11-20T10:00:00Z');
const session = { sessionId: newId(), userId: newId() };

/** Tokens under a clock that stands still until it is moved. */
function setUp({ secrets = [SECRET], seconds = 900 } = {}) {
  const clock = { at: START, now: () => new Date(clock.at), elapsed: () => clock.at };
  return { clock, ...createAccessTokens({ secrets, seconds, clock }) };
}

const segment = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token forged with any header and claims, and signed as HS256 does with `secret`. */
function forge(header: unknown, claims: unknown, secret: string | Buffer = SECRET): string {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A genuine token, taken apart. */
async function genuine(tokens: ReturnType<typeof setUp>) {
  const { token } = await tokens.sign(session);
  const [header, claims] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { token, header: header as object, claims: claims as Record<string, number> };
}

test('a token says whose session it is and when it ends, and the forger of these tests can make one', async () => {
  const tokens = setUp();
  const { token, expiresAt } = await tokens.sign(session);
  expect(expiresAt).toEqual(new Date(START + 900_000));
  expect(await tokens.verify(token)).toEqual({ ...session, expiresAt });
  const { header, claims } = await genuine(tokens);
  expect(await tokens.verify(forge(header, claims))).toEqual({ ...session, expiresAt });
});

test('S19 no other algorithm, and no key that the token brings along', async () => {
  const tokens = setUp();
  const { header, claims, token } = await genuine(tokens);
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const jwk = { kty: 'oct', k: segment('mine') };
  const [head, body] = token.split('.');
  const forged = [
    `${segment({ ...header, alg: 'none' })}.${body}.`,
    `${segment({ alg: 'none', typ: 'at+jwt' })}.${body}.`,
    `${segment({ ...header, alg: 'None' })}.${body}.${token.split('.')[2]}`,
    `${head}.${body}.`,
    forge({ ...header, alg: 'none' }, claims),
    forge({ ...header, alg: 'hs256' }, claims),
    forge({ ...header, alg: 'HS512' }, claims),
    forge({ ...header, alg: 'RS256' }, claims, pem),
    forge(header, claims, pem),
    forge({ ...header, crit: ['exp'] }, claims),
    forge({ ...header, crit: ['b64'], b64: false }, claims),
    forge({ ...header, jwk }, claims, 'mine'),
    forge({ ...header, jwk }, claims),
    forge({ ...header, jku: 'https://evil.example/keys' }, claims),
    forge({ ...header, x5u: 'https://evil.example/cert' }, claims),
    forge({ ...header, zip: 'DEF' }, claims),
  ];
  for (const attempt of forged) expect(await tokens.verify(attempt), attempt).toBeNull();
});

test('S20 a kid is looked up among ours and means nothing else', async () => {
  const tokens = setUp();
  const { header, claims } = await genuine(tokens);
  const kids = [
    '../../dev/null',
    "' OR 1=1 --",
    '',
    '__proto__',
    'constructor',
    'x'.repeat(10_000),
    createHash('sha256').update(OLDER).digest('hex').slice(0, 12),
    null,
    7,
    ['a'],
    { toString: 'x' },
  ];
  for (const kid of kids) {
    expect(await tokens.verify(forge({ ...header, kid }, claims)), JSON.stringify(kid)).toBeNull();
    expect(await tokens.verify(forge({ ...header, kid }, claims, '')), JSON.stringify(kid)).toBeNull();
  }
  expect(await tokens.verify(forge({ alg: 'HS256', typ: 'at+jwt' }, claims))).toBeNull();
});

test('S21 nothing but an access token is one', async () => {
  const tokens = setUp();
  const { header, claims } = await genuine(tokens);
  expect(await tokens.verify(newRefreshToken())).toBeNull();
  for (const typ of ['JWT', 'verify-mail+jwt', 'AT+JWT', 'application/at+jwt', '', null, undefined])
    expect(await tokens.verify(forge({ ...header, typ }, claims)), String(typ)).toBeNull();
  for (const aud of ['verify-mail', 'parley ', '', null, undefined, []])
    expect(await tokens.verify(forge(header, { ...claims, aud })), String(aud)).toBeNull();
  for (const iss of ['evil', 'Parley', '', null, undefined, ['parley']])
    expect(await tokens.verify(forge(header, { ...claims, iss })), String(iss)).toBeNull();
});

test('S22 the times are whole, present and near', async () => {
  const tokens = setUp();
  const { header, claims } = await genuine(tokens);
  const now = START / 1_000;
  const times: Record<string, unknown>[] = [
    { exp: undefined },
    { exp: null },
    { exp: `${now + 900}` },
    { exp: now + 899.5 },
    { exp: -1 },
    { exp: 0 },
    { exp: now + 901 },
    { exp: now + 1e9 },
    { exp: Number.MAX_SAFE_INTEGER },
    { exp: now - 31, iat: now - 900 },
    { iat: undefined },
    { iat: now + 31 },
    { iat: now - 1e6, exp: now + 60 },
    { iat: now + 0.5 },
    { iat: now, exp: now },
    { nbf: now + 31 },
    { nbf: 'later' },
  ];
  for (const change of times)
    expect(await tokens.verify(forge(header, { ...claims, ...change })), JSON.stringify(change)).toBeNull();
  const endless = `{"iss":"parley","aud":"parley","sub":"${session.userId}","sid":"${session.sessionId}","iat":${now},"exp":1e400}`;
  expect(await tokens.verify(forge(header, endless))).toBeNull();
});

test('S22 clocks may differ by 30 seconds, and not by more', async () => {
  const tokens = setUp();
  const { token } = await tokens.sign(session);
  tokens.clock.at = START + (900 + 29) * 1_000;
  expect(await tokens.verify(token)).toMatchObject(session);
  tokens.clock.at = START + (900 + 30) * 1_000;
  expect(await tokens.verify(token)).toBeNull();
  tokens.clock.at = START - 30 * 1_000;
  expect(await tokens.verify(token)).toMatchObject(session);
  tokens.clock.at = START - 31 * 1_000;
  expect(await tokens.verify(token)).toBeNull();
});

test('S23 an older secret verifies until it is taken off the list; the newest signs', async () => {
  const before = setUp({ secrets: [OLDER] });
  const during = setUp({ secrets: [SECRET, OLDER] });
  const after = setUp({ secrets: [SECRET] });
  const old = await before.sign(session);
  expect(await during.verify(old.token)).toMatchObject(session);
  expect(await after.verify(old.token)).toBeNull();
  const fresh = await during.sign(session);
  expect(await after.verify(fresh.token)).toMatchObject(session);
  expect(await before.verify(fresh.token)).toBeNull();
});

test('what is no token at all is null, never an exception', async () => {
  const tokens = setUp();
  const { token, header, claims } = await genuine(tokens);
  const odd = [
    '',
    '.',
    '..',
    '...',
    'a.b.c',
    `${token}.`,
    `.${token}`,
    `${token}=`,
    ` ${token}`,
    '\0',
    '\ud800',
  ];
  const bodies = ['', 'null', '[]', '"text"', '{', '[[[[', '{"sub":{}}', '\u0000'];
  for (const attempt of odd) expect(await tokens.verify(attempt), attempt).toBeNull();
  for (const body of bodies) expect(await tokens.verify(forge(header, body)), body).toBeNull();
  for (const wrong of [7, null, {}, 'nobody', `${session.userId}'`, session.userId.toUpperCase()]) {
    expect(await tokens.verify(forge(header, { ...claims, sub: wrong }))).toBeNull();
    expect(await tokens.verify(forge(header, { ...claims, sid: wrong }))).toBeNull();
  }
  expect(await tokens.verify('a'.repeat(1_000_000))).toBeNull();
});

test('a token that differs in any one character is refused, however its signature decodes', async () => {
  const tokens = setUp();
  // Many, since what the last characters decode to depends on the token.
  for (let n = 0; n < 40; n++) {
    const { token } = await tokens.sign({ ...session, sessionId: newId() });
    const last = token.at(-1)!.charCodeAt(0);
    expect(await tokens.verify(token)).not.toBeNull();
    for (const code of [last - 1, last + 1])
      expect(await tokens.verify(token.slice(0, -1) + String.fromCharCode(code))).toBeNull();
  }
  const { token } = await tokens.sign(session);
  for (const [at, character] of [...token].entries()) {
    const changed = token.slice(0, at) + (character === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(await tokens.verify(changed), changed).toBeNull();
  }
});
