import { appointAdmin } from '../../admin/appoint-admin.ts';
import { refuseBanned } from '../../admin/ban-of.ts';
import { audit } from '../../audit/audit.ts';
import type { Tx } from '../../database/database.ts';
import { isUniqueViolation } from '../../database/unique.ts';
import { ensureForeignUser, followProfile } from '../../users/foreign-user.ts';
import { lockAccount } from '../../users/lock.ts';
import { nameFromUserAgent } from '../device-name.ts';
import { writeSession } from '../session.ts';
import type { Caller } from './auth-verifier.ts';
import { type ForeignIdentity, SKEW_SECONDS } from './foreign-identity.ts';

/** The user and the session that stand for a foreign login here. */
export interface Admitted {
  userId: string;
  sessionId: string;
  /** The end of the token that was taken over. */
  expiresAt: Date;
}

/**
 * Takes over what a token says: the user is made on first sight, the session on its first token, and what has
 * changed in the profile is followed. Null when the session has ended here, or the account is deleted. Errors: `BANNED`.
 */
export function admit(caller: Caller, identity: ForeignIdentity): Promise<Admitted | null> {
  const { app } = caller;
  const attempt = () => app.database.transaction((tx) => takeOver(tx, caller, identity, app.clock.now()));
  // Of two people who bring one address at the same moment, the second finds it taken when it looks again.
  return attempt().catch((error) => {
    if (isUniqueViolation(error)) return attempt();
    throw error;
  });
}

async function takeOver(
  tx: Tx,
  caller: Caller,
  identity: ForeignIdentity,
  now: Date,
): Promise<Admitted | null> {
  const { id: userId } = await ensureForeignUser(tx, identity, now);
  await lockAccount(tx, userId);
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (user.deletedAt) return null;
  refuseBanned(user, now);
  if (!(await keepSession(tx, caller, userId, identity, now))) return null;
  if (await followProfile(tx, user, identity, now)) await appointAdmin(tx, caller.app);
  const { sessionId, expiresAt } = identity;
  return { userId, sessionId, expiresAt };
}

/** Begins the session, or lets it live as long as its newest token. False when it has ended. */
async function keepSession(
  tx: Tx,
  caller: Caller,
  userId: string,
  identity: ForeignIdentity,
  now: Date,
): Promise<boolean> {
  const { sessionId: id } = identity;
  const expiresAt = new Date(identity.expiresAt.getTime() + SKEW_SECONDS * 1_000);
  const known = await tx.session.findUnique({ where: { id } });
  if (!known) {
    await beginSession(tx, caller, { id, userId, createdAt: now, expiresAt });
    return true;
  }
  if (known.endedAt) return false;
  const until = expiresAt > known.expiresAt ? expiresAt : known.expiresAt;
  await tx.session.update({
    where: { id },
    data: { lastUsedAt: now, expiresAt: until, absoluteExpiresAt: until },
  });
  return true;
}

async function beginSession(
  tx: Tx,
  caller: Caller,
  session: { id: string; userId: string; createdAt: Date; expiresAt: Date },
): Promise<void> {
  const { userId, createdAt, expiresAt } = session;
  const { address, userAgent } = caller.client;
  await writeSession(tx, {
    ...session,
    device: nameFromUserAgent(userAgent),
    address,
    lastUsedAt: createdAt,
    absoluteExpiresAt: expiresAt,
  });
  await audit(tx, { ...caller, session: null }, { action: 'login', userId });
}
