import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  GRACE_SECONDS,
  hashOf,
  isSettling,
  judgeRefresh,
  newRefreshToken,
  successorOf,
} from '../src/auth/refresh-token.ts';

const SECRET = Buffer.from('the secret that derives successors');
const at = (seconds: number) => new Date(Date.parse('2026-11-20T10:00:00Z') + seconds * 1_000);

test('S27 a token has 256 bits, and its hash does not give it away', () => {
  const token = newRefreshToken();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(hashOf(token)).toHaveLength(32);
  expect(Buffer.from(hashOf(token)).toString('base64url')).not.toBe(token);
  expect(new Set(Array.from({ length: 1_000 }, newRefreshToken)).size).toBe(1_000);
});

test('the successor is the same each time, and another under another secret', () => {
  const token = newRefreshToken();
  const successor = successorOf(token, SECRET);
  expect(Buffer.from(successor, 'base64url')).toHaveLength(32);
  expect(successorOf(token, SECRET)).toBe(successor);
  expect(successorOf(token, Buffer.from(`${SECRET}!`))).not.toBe(successor);
  expect(successorOf(successor, SECRET)).not.toBe(token);
});

test('S24 S26 the first use rotates, a soon one repeats, a late one is reuse', () => {
  const session = { endedAt: null, expiresAt: at(1_000) };
  expect(judgeRefresh({ usedAt: null }, session, at(0))).toBe('rotate');
  expect(judgeRefresh({ usedAt: at(0) }, session, at(0))).toBe('repeat');
  expect(judgeRefresh({ usedAt: at(0) }, session, at(GRACE_SECONDS))).toBe('repeat');
  expect(judgeRefresh({ usedAt: at(0) }, session, at(GRACE_SECONDS + 0.001))).toBe('reuse');
  // Another node's clock is a little ahead.
  expect(judgeRefresh({ usedAt: at(1) }, session, at(0))).toBe('repeat');
});

test('S32 a session that has ended or expired gives nothing, whatever the token', () => {
  for (const usedAt of [null, at(0), at(-1_000)]) {
    expect(judgeRefresh({ usedAt }, { endedAt: at(-1), expiresAt: at(1_000) }, at(1))).toBe('refuse');
    expect(judgeRefresh({ usedAt }, { endedAt: null, expiresAt: at(1) }, at(1))).toBe('refuse');
  }
});

test('S24 S25 S26 as an automaton: one chain, and a late reuse ends it for everybody', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 15 }), back: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const session = { endedAt: null as Date | null, expiresAt: at(1e9) };
      const chain = [{ token: newRefreshToken(), usedAt: null as Date | null }];
      let now = 0;
      for (const { wait, back } of steps) {
        now += wait;
        const index = Math.max(0, chain.length - 1 - back);
        const shown = chain[index]!;
        const verdict = judgeRefresh(shown, session, at(now));
        if (session.endedAt) expect(verdict).toBe('refuse');
        else if (shown.usedAt === null) expect(verdict).toBe('rotate');
        else
          expect(verdict).toBe(
            now * 1_000 + at(0).getTime() - shown.usedAt.getTime() > 10_000 ? 'reuse' : 'repeat',
          );
        if (verdict === 'rotate') {
          expect(index).toBe(chain.length - 1);
          shown.usedAt = at(now);
          chain.push({ token: successorOf(shown.token, SECRET), usedAt: null });
        }
        if (verdict === 'repeat') expect(successorOf(shown.token, SECRET)).toBe(chain[index + 1]!.token);
        if (verdict === 'reuse') session.endedAt = at(now);
        expect(chain.filter(({ usedAt }) => usedAt === null)).toHaveLength(1);
      }
    }),
  );
});

test('S25 a token that tabs share in a cookie is followed by the next only when all who get it have it', () => {
  const made = { createdAt: at(0) };
  // The token before it was used when this one was made, and gives it for so long.
  expect(isSettling(made, at(GRACE_SECONDS))).toBe(true);
  expect(isSettling(made, at(2 * GRACE_SECONDS - 1))).toBe(true);
  expect(isSettling(made, at(2 * GRACE_SECONDS))).toBe(false);
  expect(isSettling(made, at(-1))).toBe(true);
});
