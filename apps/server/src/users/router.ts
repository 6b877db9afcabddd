import { id, LIMITS, ownUser, profile, publicUser, timestamp } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { listUsers } from './directory.ts';
import { getProfile } from './get-profile.ts';
import { me } from './me.ts';
import { bio, fullName, statusText, username } from './names.ts';
import { searchUsers } from './search.ts';
import { setStatus } from './set-status.ts';
import { updateProfile } from './update-profile.ts';

const limit = z.int().min(1).max(LIMITS.usersPage).default(20);

export const usersRouter = {
  /** The caller's own account, with its e-mail address. */
  me: procedure.output(ownUser).query(({ ctx }) => me(ctx)),

  /**
   * Changes what is given of the caller's profile; null takes a full name, a bio or an avatar away; an avatar is a file
   * of the caller's own, uploaded for that. Returns the caller's own
   * account. Usernames are as in `auth.register`; to write one's own in another case is always possible. Where
   * another service keeps the accounts, the full name is again what it says with its next token.
   *
   * Errors: `USERNAME_TAKEN` (in whatever case), `NOT_FOUND` (file), `RATE_LIMITED` (also for the third change of the username in a day).
   * Events: when something is different, `account.updated`, to the caller's own devices, and `user.updated`, to
   * everybody who sees them: once for each conversation that is shared.
   */
  updateProfile: procedure
    .meta({
      errors: ['USERNAME_TAKEN', 'NOT_FOUND'],
      events: ['account.updated', 'user.updated'],
      limits: ['profiles'],
    })
    .input(
      z.strictObject({
        fullName: fullName.nullable().optional(),
        bio: bio.nullable().optional(),
        avatar: id.nullable().optional(),
        username: username.optional(),
      }),
    )
    .output(ownUser)
    .mutation(({ ctx, input }) => updateProfile(ctx, input)),

  /**
   * Says something of the moment, `until` then or until it is changed; null takes it back. Returns the caller's own
   * account. A status that is over is told no more, without an event: clients drop it by its `until`.
   *
   * Errors: `INVALID_INPUT` (also for an `until` that lies in the past). Events: as `updateProfile`.
   */
  setStatus: procedure
    .meta({ events: ['account.updated', 'user.updated'], limits: ['profiles'] })
    .input(z.strictObject({ text: statusText, until: timestamp.nullable().optional() }).nullable())
    .output(ownUser)
    .mutation(({ ctx, input }) => setStatus(ctx, input)),

  /**
   * Somebody's page, by id or by username. Whoever has deleted their account is found by id only, and looks as in
   * the conversations that they have left behind.
   *
   * Errors: `NOT_FOUND` (user).
   */
  get: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.union([z.strictObject({ userId: id }), z.strictObject({ username })]))
    .output(profile)
    .query(({ ctx, input }) => getProfile(ctx, input)),

  /**
   * People by how their username begins, an exact match first, and then by how words of their full name begin;
   * without regard to case and accents. `%` and `_` mean themselves, an e-mail address leads to nobody. Of a query
   * the four longest words count. Not found are the caller, whoever is deleted, banned, or has yet to verify their
   * address, and whoever has blocked the caller or was blocked by them. The next page begins at `next`.
   *
   * Errors: `INVALID_INPUT` (also for a `cursor` that is none).
   */
  search: procedure
    .input(
      z.strictObject({
        query: z.string().trim().pipe(text(LIMITS.searchMin, LIMITS.searchMax)),
        limit,
        cursor: z.string().max(1_000).optional(),
      }),
    )
    .output(z.object({ users: z.array(publicUser), next: z.string().nullable() }))
    .query(({ ctx, input }) => searchUsers(ctx, input)),

  /**
   * Everybody whom `search` could find, in the order of their usernames. The next page comes `after` the last of this.
   *
   * Errors: `NOT_FOUND` (procedure), unless the operator has set `USER_DIRECTORY=on`.
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ limit, after: username.optional() }))
    .output(z.object({ users: z.array(publicUser), hasMore: z.boolean() }))
    .query(({ ctx, input }) => listUsers(ctx, input)),
} satisfies TRPCRouterRecord;
