import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Locks } from '../src/platform.ts';
import { createSession, type Tokens } from '../src/session.ts';
import { memoryStorage, type TokenStorage } from '../src/storage.ts';
import { createLocks } from './locks.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 20) }));
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const tokens = (n: number, minutes = 15): Tokens => ({
  sessionId: 'session',
  accessToken: `access ${n}`,
  accessTokenExpiresAt: new Date(Date.now() + minutes * MINUTE).toISOString(),
  refreshToken: `refresh ${n}`,
});
const refusal = (code: string, httpStatus: number) =>
  Object.assign(new Error(code), { data: { code, httpStatus } });

/** A session and a server that gives the next tokens, or what the test wants. */
function world(storage: TokenStorage = memoryStorage(), cookie = false, locks?: Locks) {
  const shown: (string | null)[] = [];
  let expired = 0;
  let answer: () => Promise<Tokens> = async () => tokens(shown.length + 1);
  const options = { cookie, onSessionExpired: () => void expired++ };
  const refresh = (refreshToken: string | null) => {
    shown.push(refreshToken);
    return answer();
  };
  const session = createSession(options, storage, refresh, locks);
  return {
    session,
    shown,
    storage,
    expired: () => expired,
    answer(next: () => Promise<Tokens>) {
      answer = next;
    },
  };
}

test('nobody is signed in until somebody is', async () => {
  const { session } = world();
  await session.restore();
  expect(session.status.get()).toBe('signed-out');
  expect(await session.token()).toBeNull();
  await session.adopt(tokens(1));
  expect(session.status.get()).toBe('signed-in');
  expect(await session.token()).toBe('access 1');
});

test('a token is renewed before it ends, once for all who ask', async () => {
  const { session, shown } = world();
  await session.adopt(tokens(1));
  vi.advanceTimersByTime(13 * MINUTE);
  expect(await session.token()).toBe('access 1');
  vi.advanceTimersByTime(MINUTE);
  const all = await Promise.all(Array.from({ length: 10 }, () => session.token()));
  expect(new Set(all)).toEqual(new Set(['access 2']));
  expect(shown).toEqual(['refresh 1']);
});

test('each refresh shows the token of the one before, also after a restart', async () => {
  const { session, shown, storage } = world();
  await session.adopt(tokens(1));
  vi.advanceTimersByTime(15 * MINUTE);
  await session.token();
  const again = world(storage);
  again.answer(async () => tokens(3));
  await again.session.restore();
  expect(await again.session.token()).toBe('access 2');
  vi.advanceTimersByTime(15 * MINUTE);
  expect(await again.session.token()).toBe('access 3');
  expect([...shown, ...again.shown]).toEqual(['refresh 1', 'refresh 2']);
});

test('a clock that is hours ahead does not refresh without end', async () => {
  const { session, shown } = world();
  await session.adopt(tokens(1, -180));
  for (let n = 0; n < 5; n += 1) expect(await session.token()).toBe('access 1');
  expect(shown).toEqual([]);
});

test('a refresh that cannot reach the server is tried again with the same token', async () => {
  const { session, shown, answer, expired } = world();
  await session.adopt(tokens(1));
  vi.advanceTimersByTime(15 * MINUTE);
  answer(() => Promise.reject(new TypeError('fetch failed')));
  await expect(session.token()).rejects.toThrow('fetch failed');
  answer(() => Promise.reject(refusal('UNAVAILABLE', 503)));
  await expect(session.token()).rejects.toThrow('UNAVAILABLE');
  expect(session.status.get()).toBe('signed-in');
  answer(async () => tokens(2));
  expect(await session.token()).toBe('access 2');
  expect(shown).toEqual(['refresh 1', 'refresh 1', 'refresh 1']);
  expect(expired()).toBe(0);
});

test.each(['INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_REUSED'])('%s ends the session', async (code) => {
  const { session, storage, answer, expired } = world();
  await session.adopt(tokens(1));
  vi.advanceTimersByTime(15 * MINUTE);
  answer(() => Promise.reject(refusal(code, 401)));
  expect(await session.token()).toBeNull();
  expect(session.status.get()).toBe('expired');
  expect(expired()).toBe(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(await storage.get('parley.session')).toBeUndefined();
});

test('a token that the server does not take is renewed once, and then the session is over', async () => {
  const { session, shown, expired } = world();
  await session.adopt(tokens(1));
  for (let n = 0; n < 3; n += 1) session.refused('access 1');
  expect(await session.token()).toBe('access 2');
  session.refused('access 1');
  expect(await session.token()).toBe('access 2');
  session.refused('access 2');
  expect(session.status.get()).toBe('expired');
  expect(expired()).toBe(1);
  expect(shown).toEqual(['refresh 1']);
});

test('what the server takes is forgiven', async () => {
  const { session, expired } = world();
  await session.adopt(tokens(1));
  for (let n = 1; n < 5; n += 1) {
    session.refused(`access ${n}`);
    expect(await session.token()).toBe(`access ${n + 1}`);
    session.accepted();
  }
  expect(expired()).toBe(0);
});

test('a login while a refresh is under way is not undone by it', async () => {
  const { session, answer } = world();
  await session.adopt(tokens(1));
  vi.advanceTimersByTime(15 * MINUTE);
  let late = (_: Tokens): void => {};
  answer(() => new Promise((resolve) => (late = resolve)));
  const asked = session.token();
  await session.adopt(tokens(7));
  late(tokens(2));
  expect(await asked).toBe('access 7');
  expect(await session.token()).toBe('access 7');
});

test('whatever else is stored is nobody', async () => {
  for (const text of [
    '',
    '{',
    'null',
    '1',
    '[]',
    '{"accessToken":1}',
    JSON.stringify({ accessToken: 'x' }),
  ]) {
    const storage = memoryStorage();
    await storage.set('parley.session', text);
    const { session } = world(storage);
    await session.restore();
    expect(session.status.get()).toBe('signed-out');
  }
});

test('a storage that fails does not end the session', async () => {
  const full = { get: () => null, set: () => Promise.reject(new Error('full')), remove: () => {} };
  const { session } = world(full);
  await session.adopt(tokens(1));
  expect(await session.token()).toBe('access 1');
  await expect(vi.advanceTimersByTimeAsync(0)).rejects.toThrow('full');
});

describe('two tabs with one storage', () => {
  /** Two tabs of one session, whose token is about to end. */
  async function tabs() {
    const storage = memoryStorage();
    const [one, other] = [world(storage), world(storage)];
    await one.session.adopt(tokens(1));
    await other.session.restore();
    return { storage, one, other };
  }

  test('what one has renewed, the other takes without asking', async () => {
    const { one, other } = await tabs();
    vi.advanceTimersByTime(14 * MINUTE);
    expect(await one.session.token()).toBe('access 2');
    expect(await other.session.token()).toBe('access 2');
    expect([one.shown, other.shown]).toEqual([['refresh 1'], []]);
  });

  test('one that slept while the other went on does not show a token that was used long ago', async () => {
    const { one, other } = await tabs();
    for (const _ of [1, 2, 3]) {
      vi.advanceTimersByTime(14 * MINUTE);
      await one.session.token();
    }
    vi.advanceTimersByTime(60 * MINUTE);
    other.answer(async () => tokens(5));
    expect(await other.session.token()).toBe('access 5');
    expect(other.shown).toEqual(['refresh 4']);
  });

  test('an answer that comes late does not take the place of a later one', async () => {
    const { storage, one, other } = await tabs();
    vi.advanceTimersByTime(14 * MINUTE);
    const late = tokens(2);
    let deliver = (_: Tokens): void => {};
    other.answer(() => new Promise((resolve) => (deliver = resolve)));
    const asked = other.session.token();
    await vi.advanceTimersByTimeAsync(0);
    for (const _ of [1, 2]) {
      await one.session.token();
      await vi.advanceTimersByTimeAsync(14 * MINUTE);
    }
    deliver(late);
    expect(await asked).toBe('access 3');
    expect(JSON.parse((await storage.get('parley.session'))!).refreshToken).toBe('refresh 3');
  });

  test('whoever signed in last is kept, whatever the other does', async () => {
    const { storage, one, other } = await tabs();
    await other.session.adopt({ ...tokens(9), sessionId: "somebody else's" });
    const kept = await storage.get('parley.session');
    vi.advanceTimersByTime(14 * MINUTE);
    expect(await one.session.token()).toBe('access 2');
    expect(await storage.get('parley.session')).toBe(kept);
    await one.session.forget();
    expect(await storage.get('parley.session')).toBe(kept);
    await other.session.forget();
    expect(await storage.get('parley.session')).toBeUndefined();
  });
});

describe('two tabs with one storage and locks', () => {
  async function tabs() {
    const storage = memoryStorage();
    const locks = createLocks();
    const [one, other] = [world(storage, false, locks), world(storage, false, locks)];
    await one.session.adopt({ ...tokens(1), userId: 'alice' });
    await other.session.restore();
    vi.advanceTimersByTime(14 * MINUTE);
    return { one, other, locks };
  }

  test('one refresh serves both, also when both begin at once', async () => {
    const { one, other, locks } = await tabs();
    let answer = (_: Tokens): void => {};
    one.answer(() => new Promise((resolve) => (answer = resolve)));
    const asked = [one.session.token(), other.session.token()];
    await vi.advanceTimersByTimeAsync(1_000);
    expect([one.shown, other.shown]).toEqual([['refresh 1'], []]);
    answer(tokens(2));
    expect(await Promise.all(asked)).toEqual(['access 2', 'access 2']);
    expect([one.shown, other.shown]).toEqual([['refresh 1'], []]);
    expect(locks.held()).toEqual([]);
  });

  test('what one cannot renew, the other tries', async () => {
    const { one, other } = await tabs();
    one.answer(() => Promise.reject(new TypeError('fetch failed')));
    const failing = expect(one.session.token()).rejects.toThrow('fetch failed');
    const asked = other.session.token();
    await failing;
    expect(await asked).toBe('access 2');
  });

  test('nobody waits for ever for a tab that is stuck', async () => {
    const { one, other } = await tabs();
    one.answer(() => new Promise(() => {}));
    void one.session.token();
    const asked = other.session.token();
    await vi.advanceTimersByTimeAsync(14_000);
    expect(other.shown).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await asked).toBe('access 2');
  });

  test('whose session it is outlives renewals and restarts', async () => {
    const { one, other } = await tabs();
    await one.session.token();
    await other.session.token();
    expect([one.session.userId(), other.session.userId()]).toEqual(['alice', 'alice']);
  });
});

describe('with the refresh token in a cookie', () => {
  const inCookie = (n: number): Tokens => ({ ...tokens(n), refreshToken: null });

  test('nothing secret is stored, and one refresh brings the session back', async () => {
    const { session, storage } = world(memoryStorage(), true);
    await session.adopt(inCookie(1));
    expect(JSON.parse((await storage.get('parley.session'))!)).toEqual({ sessionId: 'session' });
    const again = world(storage, true);
    again.answer(async () => inCookie(2));
    await again.session.restore();
    expect(again.session.status.get()).toBe('signed-in');
    expect(again.session.id()).toBe('session');
    const all = await Promise.all([1, 2, 3].map(() => again.session.token()));
    expect(all).toEqual(['access 2', 'access 2', 'access 2']);
    expect(again.shown).toEqual([null]);
  });

  test('without a sign of a session nothing is asked', async () => {
    const { session, shown } = world(memoryStorage(), true);
    await session.restore();
    expect(await session.token()).toBeNull();
    expect(session.status.get()).toBe('signed-out');
    expect(shown).toEqual([]);
  });

  test('a start without the network is tried again; a cookie that is gone ends the session', async () => {
    const { session, storage } = world(memoryStorage(), true);
    await session.adopt(inCookie(1));
    const again = world(storage, true);
    await again.session.restore();
    again.answer(() => Promise.reject(new TypeError('fetch failed')));
    await expect(again.session.token()).rejects.toThrow('fetch failed');
    again.answer(() => Promise.reject(refusal('RATE_LIMITED', 429)));
    await expect(again.session.token()).rejects.toThrow('RATE_LIMITED');
    expect(again.session.status.get()).toBe('signed-in');
    again.answer(() => Promise.reject(refusal('INVALID_REFRESH_TOKEN', 401)));
    expect(await again.session.token()).toBeNull();
    expect(again.session.status.get()).toBe('expired');
    await vi.advanceTimersByTimeAsync(0);
    expect(await storage.get('parley.session')).toBeUndefined();
  });

  test('a cookie that is another session’s by now is not taken for this one', async () => {
    const storage = memoryStorage();
    const [one, other] = [world(storage, true), world(storage, true)];
    await one.session.adopt(inCookie(1));
    await other.session.adopt({ ...inCookie(1), sessionId: 'another' });
    vi.advanceTimersByTime(15 * MINUTE);
    one.answer(async () => ({ ...inCookie(2), sessionId: 'another' }));
    expect(await one.session.token()).toBeNull();
    expect(one.session.status.get()).toBe('expired');
    await vi.advanceTimersByTimeAsync(0);
    expect(JSON.parse((await storage.get('parley.session'))!)).toEqual({ sessionId: 'another' });
  });
});

describe("with the application's own tokens", () => {
  function own(given: (string | null)[]) {
    let expired = 0;
    const auth = { getToken: () => given.shift() ?? null, onSessionExpired: () => void expired++ };
    const session = createSession(auth, memoryStorage(), () => Promise.reject(new Error('never')));
    return { session, expired: () => expired };
  }

  test('each is asked for when it is needed', async () => {
    const { session } = own(['a', 'b']);
    expect(session.status.get()).toBe('signed-in');
    expect(await session.token()).toBe('a');
    expect(await session.token()).toBe('b');
  });

  test('none, the refused one again, or two refused in a row end the session', async () => {
    const none = own([null]);
    expect(await none.session.token()).toBeNull();
    const same = own(['a', 'a']);
    same.session.refused((await same.session.token())!);
    expect(await same.session.token()).toBeNull();
    const two = own(['a', 'b']);
    two.session.refused((await two.session.token())!);
    two.session.refused((await two.session.token())!);
    for (const { session, expired } of [none, same, two]) {
      expect(session.status.get()).toBe('expired');
      expect(expired()).toBe(1);
    }
  });
});
