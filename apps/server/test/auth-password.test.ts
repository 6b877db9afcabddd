import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPasswordHasher } from '../src/auth/password.ts';
import { newPassword } from '../src/auth/password-rules.ts';

const PEPPER = 'a pepper of more than thirty-two bytes';

function testHasher(options: { pepper?: string; cost?: number; threads?: number; queue?: number } = {}) {
  const hasher = createPasswordHasher({ pepper: PEPPER, cost: 4, ...options });
  return { ...hasher, [Symbol.asyncDispose]: hasher.close };
}

test('S11 each byte counts, also beyond the 72 that bcrypt reads', async () => {
  await using hasher = testHasher();
  for (const long of ['a'.repeat(72), '😀'.repeat(18)]) {
    const hash = await hasher.hash(`${long}X`);
    expect(await hasher.verify(`${long}X`, hash)).toBe(true);
    expect(await hasher.verify(`${long}Y`, hash)).toBe(false);
    expect(await hasher.verify(long, hash)).toBe(false);
  }
});

test('S12 both spellings of the same character are the same password', async () => {
  await using hasher = testHasher();
  const password = 'Crème brûlée № 5';
  const hash = await hasher.hash(password.normalize('NFC'));
  expect(await hasher.verify(password.normalize('NFD'), hash)).toBe(true);
});

test('S12 any 64 characters of Unicode are a password, in either spelling', async () => {
  await using hasher = testHasher();
  const character = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 1 })
    .filter((given) => given.isWellFormed() && given !== '\0');
  await fc.assert(
    fc.asyncProperty(fc.array(character, { minLength: 64, maxLength: 64 }), async (characters) => {
      const password = characters.join('');
      const accepted = newPassword.parse(password);
      const hash = await hasher.hash(accepted);
      for (const form of ['NFC', 'NFD'] as const)
        expect(await hasher.verify(password.normalize(form), hash)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a password has 8 to 64 characters, however many bytes', () => {
  for (const character of ['a', 'é'.normalize('NFD'), '😀', 'ﷺ']) {
    expect(newPassword.safeParse(character.repeat(7)).success).toBe(false);
    expect(newPassword.safeParse(character.repeat(8)).success).toBe(true);
    expect(newPassword.safeParse(character.repeat(64)).success).toBe(true);
    expect(newPassword.safeParse(character.repeat(65)).success).toBe(false);
  }
});

test('S04 at cost 12, nobody’s password takes as long as somebody’s', async () => {
  await using hasher = testHasher({ cost: 12, threads: 1 });
  const hash = await hasher.hash('correct horse');
  expect(hash).toMatch(/^\$2b\$12\$/);
  const timed = async (stored: string | null) => {
    const start = performance.now();
    const right = await hasher.verify('correct horse', stored);
    return { right, took: performance.now() - start };
  };
  const somebody = await timed(hash);
  const nobody = await timed(null);
  expect(somebody.right).toBe(true);
  expect(nobody.right).toBe(false);
  // Loose: the exact comparison takes hundreds of tries on a quiet machine.
  expect(nobody.took).toBeGreaterThan(somebody.took / 3);
});

test('a stolen hash says nothing without the pepper', async () => {
  await using ours = testHasher();
  await using theirs = testHasher({ pepper: 'another pepper of thirty-two bytes and more' });
  const hash = await ours.hash('correct horse');
  expect(await ours.verify('correct horse', hash)).toBe(true);
  expect(await theirs.verify('correct horse', hash)).toBe(false);
});

test('a full queue refuses with BUSY and says when to come back; what waits is done', async () => {
  await using hasher = testHasher({ threads: 1, queue: 2 });
  const accepted = [1, 2, 3].map(() => hasher.hash('correct horse'));
  await expect(hasher.hash('correct horse')).rejects.toMatchObject({
    code: 'BUSY',
    data: { retryAfter: expect.any(Number) },
  });
  expect(new Set(await Promise.all(accepted)).size).toBe(3);
  expect(await hasher.hash('correct horse')).toBeTypeOf('string');
});

test('closing refuses what waits', async () => {
  await using hasher = testHasher({ threads: 1 });
  const pending = [hasher.hash('one'), hasher.hash('two')].map((hash) => hash.catch((error) => error.code));
  await hasher.close();
  expect(await Promise.all(pending)).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  await expect(hasher.hash('three')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('a damaged hash fails its own call, and the next ones go on', async () => {
  await using hasher = testHasher({ threads: 1 });
  const damaged = hasher.verify('correct horse', '?'.repeat(60));
  const next = hasher.hash('correct horse');
  await expect(damaged).rejects.toThrow();
  expect(await next).toMatch(/^\$2b\$/);
});
