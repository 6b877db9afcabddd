import { id, LIMITS, role, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { AUDIT_ACTIONS, auditDetails } from '../audit/audit.ts';
import { listAudit } from '../audit/list.ts';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { BAN_REASONS, ban, unban } from './ban.ts';
import { endSessionsOf } from './end-sessions.ts';
import { listUsers } from './list-users.ts';
import { managedUser } from './managed-user.ts';
import { setRole } from './set-role.ts';

const person = z.strictObject({ userId: id });
const limit = z.int().min(1).max(LIMITS.pageSize).default(50);

/** For moderators, who look after users, and admins, who look after everybody but themselves. */
export const adminRouter = {
  /**
   * Accounts by username, of which one may give the beginning; for admins also by a whole e-mail address. The next
   * page comes `after` the username of this page's last. Returns addresses to admins only.
   *
   * Errors: `FORBIDDEN` (no moderator; by address, no admin).
   */
  users: procedure
    .meta({ errors: ['FORBIDDEN'] })
    .input(
      z.strictObject({
        username: text(1, LIMITS.usernameMax).optional(),
        email: text(1, 254).optional(),
        after: text(1, 254).optional(),
        limit,
      }),
    )
    .output(z.object({ users: z.array(managedUser), hasMore: z.boolean() }))
    .query(({ ctx, input }) => listUsers(ctx, input)),

  /**
   * What was done to accounts, newest first; one may ask for one account. The next page comes `before` this page's
   * last.
   *
   * Errors: `FORBIDDEN` (no admin).
   */
  audit: procedure
    .meta({ errors: ['FORBIDDEN'] })
    .input(
      z.strictObject({
        userId: id.optional(),
        before: z.strictObject({ at: timestamp, id }).optional(),
        limit,
      }),
    )
    .output(
      z.object({
        records: z.array(
          z.object({
            id,
            at: timestamp,
            action: z.enum(AUDIT_ACTIONS),
            userId: id.nullable(),
            actorId: id.nullable(),
            address: z.string(),
            details: auditDetails,
          }),
        ),
        hasMore: z.boolean(),
      }),
    )
    .query(({ ctx, input }) => listAudit(ctx, input)),

  /**
   * Gives somebody a role of the installation. Returns the account as it is then.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN` (no admin, or one's own role). Events: `account.updated`, to that person.
   */
  setRole: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'], events: ['account.updated'] })
    .input(person.extend({ role }))
    .output(managedUser)
    .mutation(({ ctx, input }) => setRole(ctx, input)),

  /**
   * Bans somebody, until a moment to come or for good: their sessions end, and their password is answered with
   * `BANNED`. Once more sets another end. Returns the account as it is then.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN` (no moderator; no admin and they are no plain user; or oneself). Events:
   * `session.ended`, for each.
   */
  ban: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'], events: ['session.ended'] })
    .input(person.extend({ until: timestamp.optional(), reason: z.enum(BAN_REASONS).optional() }))
    .output(managedUser)
    .mutation(({ ctx, input }) => ban(ctx, input)),

  /** Ends a ban. Returns the account as it is then. Errors: `NOT_FOUND`, `FORBIDDEN`, as for `ban`. */
  unban: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'] })
    .input(person)
    .output(managedUser)
    .mutation(({ ctx, input }) => unban(ctx, input)),

  /**
   * Signs somebody out everywhere. Returns null.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`, as for `ban`. Events: `session.ended`, for each.
   */
  endSessions: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'], events: ['session.ended'] })
    .input(person)
    .output(z.null())
    .mutation(({ ctx, input }) => endSessionsOf(ctx, input)),
} satisfies TRPCRouterRecord;
