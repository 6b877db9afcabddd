import { ParleyError } from '../error.ts';

/**
 * The ban that is on an account at this moment: until when, or null for good. Null where there is none, and where
 * it is over.
 */
export function banOf(
  user: { bannedAt: Date | null; bannedUntil: Date | null },
  now: Date,
): { since: Date; until: Date | null } | null {
  const { bannedAt: since, bannedUntil: until } = user;
  return since && (until === null || until > now) ? { since, until } : null;
}

/** Refuses whoever is banned at this moment with `BANNED`. */
export function refuseBanned(user: Parameters<typeof banOf>[0], now: Date): void {
  const ban = banOf(user, now);
  if (ban) throw new ParleyError('BANNED', { until: ban.until?.toISOString() ?? null });
}
