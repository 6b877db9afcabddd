import type { SignedIn } from '../context.ts';

/**
 * Whom a person finds among all: not themselves, and nobody who is deleted, banned, or has yet to verify their
 * address, nor whom they have blocked or who has blocked them. `u` is the row, and `$1` to `$3` are the values below.
 */
export const FINDABLE = `
  u.id <> $1 AND u.deleted_at IS NULL AND (u.banned_at IS NULL OR u.banned_until <= $2)
  AND (u.email_verified_at IS NOT NULL OR NOT $3::boolean)
  AND NOT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = $1 AND b.blocked_id = u.id)
  AND NOT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = u.id AND b.blocked_id = $1)`;

export const findableBy = ({ app, session }: SignedIn): [string, Date, boolean] => [
  session.userId,
  app.clock.now(),
  app.env.REQUIRE_EMAIL_VERIFICATION,
];
