import { audit } from '../audit/audit.ts';
import { endSessions } from '../auth/session.ts';
import type { SignedIn } from '../context.ts';
import { invalidInput } from '../error.ts';
import { banOf } from './ban-of.ts';
import { lockForAdmin } from './lock.ts';
import { type ManagedUser, toManagedUser } from './managed-user.ts';

/** Why somebody is banned: a closed list, since it stays in the records when the account is gone. */
export const BAN_REASONS = ['spam', 'harassment', 'impersonation', 'illegal-content', 'other'] as const;

export interface BanInput {
  userId: string;
  /** For good without. */
  until?: string | undefined;
  reason?: (typeof BAN_REASONS)[number] | undefined;
}

/** Bans somebody: their sessions end, and no other begins before `until`. Once more sets another end. */
export function ban(ctx: SignedIn, { userId, until, reason }: BanInput): Promise<ManagedUser> {
  const { database, clock } = ctx.app;
  const now = clock.now();
  const bannedUntil = until === undefined ? null : new Date(until);
  if (bannedUntil && bannedUntil <= now) throw invalidInput('until', 'lies in the past');
  return database.transaction(async (tx) => {
    const { user, viewer } = await lockForAdmin(tx, ctx, userId, 'MODERATOR');
    const known = banOf(user, now);
    if (known && known.until?.getTime() === bannedUntil?.getTime()) return toManagedUser(user, viewer, now);
    const bannedAt = known?.since ?? now;
    const banned = await tx.user.update({ where: { id: userId }, data: { bannedAt, bannedUntil } });
    await endSessions(tx, { userId, reason: 'banned', now });
    await audit(tx, ctx, {
      action: 'banned',
      userId,
      details: { until: until ?? null, reason: reason ?? null },
    });
    return toManagedUser(banned, viewer, now);
  });
}

/** Ends a ban before its time. */
export function unban(ctx: SignedIn, { userId }: { userId: string }): Promise<ManagedUser> {
  const { database, clock } = ctx.app;
  return database.transaction(async (tx) => {
    const { user, viewer } = await lockForAdmin(tx, ctx, userId, 'MODERATOR');
    const now = clock.now();
    if (banOf(user, now)) {
      await tx.user.update({ where: { id: userId }, data: { bannedAt: null, bannedUntil: null } });
      await audit(tx, ctx, { action: 'unbanned', userId });
    }
    return toManagedUser({ ...user, bannedAt: null, bannedUntil: null }, viewer, now);
  });
}
