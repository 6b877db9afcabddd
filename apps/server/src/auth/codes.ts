import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Code, CodePurpose, User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { deriveKey } from '../keys.ts';
import { lockAccount } from '../users/lock.ts';
import { nameKey } from '../users/names.ts';
import { hashOf } from './refresh-token.ts';

/**
 * A mailbox is proved by what was mailed to it: six digits to type, or a link with a token to follow. Both are good
 * for one use within ten minutes, and only hashes of them are kept. Six digits can be guessed, so wrong ones are
 * counted twice: by the code, which dies of five, and by the account, for which only links are good after a hundred
 * in a row. Nobody gets a fresh count by asking for another mail.
 */
const MINUTES = 10;
const TRIES = 5;
const MAX_FAILURES = 100;

/**
 * A refusal takes at least this long, in milliseconds: an address that nobody has is refused without a look at any
 * code, and its time must not tell.
 */
const SLOWEST = 50;

/** What goes into the mail, and is nowhere else. */
export interface MailedCode {
  digits: string;
  token: string;
}

/** What somebody shows: the digits, with the account they are for, or the token of the link. */
export type Proof = { email: string; code: string } | { userId: string; code: string } | { token: string };

/** The account that was proved, and the mailbox. */
export interface Proved {
  user: User;
  email: string;
}

/** Makes a code for one purpose and one mailbox. An older one of that purpose dies. */
export async function issueCode(
  tx: Tx,
  app: App,
  { userId, purpose, email }: { userId: string; purpose: CodePurpose; email: string },
): Promise<MailedCode> {
  const id = newId();
  const digits = newDigits();
  const token = randomBytes(32).toString('base64url');
  const now = app.clock.now();
  const code = {
    id,
    email,
    codeHash: hashOfDigits(app, id, digits),
    linkHash: hashOf(token),
    tries: 0,
    createdAt: now,
    expiresAt: new Date(now.getTime() + MINUTES * 60_000),
    usedAt: null,
  };
  await tx.code.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, ...code },
    update: code,
  });
  return { digits, token };
}

export const newDigits = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** A million of them are soon tried, so the database alone must not be enough to: hence a key, and the id as a salt. */
const hashOfDigits = (app: App, id: string, digits: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    createHmac('sha256', deriveKey(app.env.APP_SECRET, 'mail-code')).update(`${id}:${digits}`).digest(),
  );

/**
 * Uses a code up, and does in the same transaction what it was asked for. If that throws, the code is good again.
 * Errors: `INVALID_CODE`, whatever is wrong with it.
 */
export async function withCode<Result>(
  app: App,
  purpose: CodePurpose,
  proof: Proof,
  work: (tx: Tx, proved: Proved) => Promise<Result>,
): Promise<Result> {
  const slowest = wait(SLOWEST, undefined, { ref: false });
  const outcome = await app.database.transaction(async (tx) => {
    const proved = await redeem(tx, app, purpose, proof);
    return proved && { result: await work(tx, proved) };
  });
  if (outcome) return outcome.result;
  // Refused only now: that it failed had to be counted.
  await slowest;
  throw new ParleyError('INVALID_CODE');
}

/** Whom this proves. The account stays locked, so that of several who come at once each sees what the last one did. */
async function redeem(tx: Tx, app: App, purpose: CodePurpose, proof: Proof): Promise<Proved | null> {
  const userId = await whose(tx, proof);
  if (userId === undefined) return null;
  await lockAccount(tx, userId);
  const code = await tx.code.findUnique({
    where: { userId_purpose: { userId, purpose } },
    include: { user: true },
  });
  const now = app.clock.now();
  if (!code || code.usedAt || code.expiresAt <= now || !isForThisMailbox(code, code.user)) return null;
  if (!('token' in proof)) {
    if (code.tries >= TRIES || code.user.codeFailures >= MAX_FAILURES) return null;
    if (!isSame(code.codeHash, hashOfDigits(app, code.id, proof.code))) {
      await tx.code.update({ where: { id: code.id }, data: { tries: { increment: 1 } } });
      await tx.user.update({ where: { id: userId }, data: { codeFailures: { increment: 1 } } });
      return null;
    }
  } else if (!isSame(code.linkHash, hashOf(proof.token))) return null;
  const { count } = await tx.code.updateMany({
    where: { id: code.id, usedAt: null },
    data: { usedAt: now },
  });
  if (count === 0) return null;
  await tx.user.update({ where: { id: userId }, data: { codeFailures: 0 } });
  return { user: code.user, email: code.email };
}

/** The account that a proof speaks of: as yet, nothing is proved. */
async function whose(tx: Tx, proof: Proof): Promise<string | undefined> {
  if ('userId' in proof) return proof.userId;
  const found =
    'token' in proof
      ? await tx.code.findUnique({ where: { linkHash: hashOf(proof.token) }, select: { userId: true } })
      : await tx.user
          .findUnique({ where: { emailKey: nameKey(proof.email) }, select: { id: true } })
          .then((user) => user && { userId: user.id });
  return found?.userId;
}

/** A code proves the mailbox it was sent to: after the address was changed, it says nothing about the new one. */
const isForThisMailbox = ({ purpose, email }: Code, user: User): boolean =>
  purpose === 'change_email' || nameKey(email) === user.emailKey;

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Lets no code of an account be good any more. */
export async function voidCodes(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.code.updateMany({ where: { userId, usedAt: null }, data: { usedAt: now } });
}

/** Whether this link has verified the address that the account still has: some open it twice, or a scanner did before. */
export async function hasVerified({ database }: App, token: string): Promise<boolean> {
  const code = await database.prisma.code.findUnique({
    where: { linkHash: hashOf(token), purpose: 'verify_email', usedAt: { not: null } },
    include: { user: true },
  });
  return code !== null && code.user.emailVerifiedAt !== null && isForThisMailbox(code, code.user);
}
