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
