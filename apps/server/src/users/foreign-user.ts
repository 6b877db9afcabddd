import { randomInt } from 'node:crypto';
import { LIMITS } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { append } from '../events/append.ts';
import { newId } from '../ids.ts';
import { announceUser } from './announce-user.ts';
import { nameKey } from './names.ts';

/** What the service that keeps somebody's account says of them. Whatever is not there it did not say. */
export interface ForeignProfile {
  externalSubject: string;
  /** In whatever form: only a hint. */
  username: string | undefined;
  fullName: string | undefined;
  /** An address that they have shown to be theirs. */
  email: string | undefined;
}

/**
 * The user who stands for somebody of another service, made when they are seen for the first time. Nobody who is here
 * already is taken for them, whatever name or address they come with: only their subject says who they are.
 */
export async function ensureForeignUser(tx: Tx, profile: ForeignProfile, now: Date): Promise<User> {
  const { externalSubject, fullName = null } = profile;
  for (let attempt = 0; ; attempt++) {
    const known = await tx.user.findUnique({ where: { externalSubject } });
    if (known) return known;
    const id = newId();
    const username = usernameFrom(profile.username, attempt);
    const email = nobodysEmail(id);
    const keys = { usernameKey: nameKey(username), emailKey: nameKey(email) };
    const user = {
      id,
      externalSubject,
      username,
      fullName,
      email,
      ...keys,
      passwordHash: '',
      createdAt: now,
    };
    // Whoever meets a conflict has waited for the other's commit, so the next look finds them, or tries another name.
    const [created] = await tx.user.createManyAndReturn({ data: user, skipDuplicates: true });
    if (created) return created;
  }
}

/**
 * Takes over what another service says that is not so here, for a user who is locked: the name, and an address that
 * no other account has. Returns whether it took the address.
 */
export async function followProfile(
  tx: Tx,
  user: User,
  profile: ForeignProfile,
  now: Date,
): Promise<boolean> {
  const { id } = user;
  const { fullName = user.fullName } = profile;
  const isRenamed = fullName !== user.fullName;
  const address = await newAddress(tx, user, profile.email);
  if (!isRenamed && !address) return false;
  await tx.user.update({
    where: { id },
    data: { fullName, ...(address && { ...address, emailVerifiedAt: now }) },
  });
  if (isRenamed) await announceUser(tx, id);
  else await append(tx, { topic: id, type: 'account.updated', refs: {} });
  return address !== null;
}

/** The address, if it is not known to be theirs already, and nobody else's. */
async function newAddress(
  tx: Tx,
  user: User,
  email: string | undefined,
): Promise<{ email: string; emailKey: string } | null> {
  if (email === undefined || (email === user.email && user.emailVerifiedAt)) return null;
  const emailKey = nameKey(email);
  const holder = await tx.user.findUnique({ where: { emailKey }, select: { id: true } });
  return holder && holder.id !== user.id ? null : { email, emailKey };
}

/** Stands where there is no address: mail to it reaches nobody (RFC 2606). */
const nobodysEmail = (userId: string): string => `${userId}@invalid`;

/**
 * A username near to the one they have elsewhere; after the first attempt, which met another's, with a number. Of an
 * address only what stands before the `@`, since everybody sees it.
 */
export function usernameFrom(given: string | undefined, attempt: number): string {
  const [name = ''] = (given ?? '').normalize('NFKD').split('@');
  const plain = name.replaceAll(/\p{M}/gu, '').replaceAll(/[^A-Za-z0-9_]+/g, '_');
  const spoken = /[A-Za-z0-9]/.test(plain) ? plain.padEnd(LIMITS.usernameMin, '_') : 'user';
  const suffix = attempt === 0 ? '' : `_${randomInt(100_000)}`;
  return spoken.slice(0, LIMITS.usernameMax - suffix.length) + suffix;
}
