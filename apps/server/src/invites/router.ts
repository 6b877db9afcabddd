import { conversationView, id, invite, invitePreview, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../trpc.ts';
import { acceptInvite, previewInvite } from './accept.ts';
import { createInvite } from './create.ts';
import { listInvites, revokeInvite } from './manage.ts';

const WEEK = 7 * 86_400;

const shown = z.strictObject({ token: z.string().regex(/^[\w-]{22}$/) });

export const invitesRouter = {
  /**
   * Makes an invite into a group; owner and admins do. It is good for a week, if `expiresInSeconds` does not say
   * otherwise, and for any number of people without `maxUses`. Returns it, and its token, which is told this once.
   *
   * Errors: `NOT_FOUND`, `NOT_A_GROUP`, `FORBIDDEN` (a plain member), `TOO_MANY`.
   */
  create: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN', 'TOO_MANY'] })
    .input(
      z.strictObject({
        conversationId: id,
        expiresInSeconds: z.int().min(1).max(LIMITS.inviteSeconds).default(WEEK),
        maxUses: z.int().min(1).max(LIMITS.inviteUses).optional(),
      }),
    )
    .output(z.object({ invite, token: z.string() }))
    .mutation(({ ctx, input }) => createInvite(ctx, input)),

  /**
   * The invites of a group that are not expired, the newest first; owner and admins see them.
   *
   * Errors: `NOT_FOUND`, `NOT_A_GROUP`, `FORBIDDEN` (a plain member).
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN'] })
    .input(z.strictObject({ conversationId: id }))
    .output(z.object({ invites: z.array(invite) }))
    .query(({ ctx, input }) => listInvites(ctx, input)),

  /**
   * Takes an invite back; owner and admins do. Who came by it stays. Returns null.
   *
   * Errors: `NOT_FOUND` (the group, or the invite of it), `NOT_A_GROUP`, `FORBIDDEN` (a plain member).
   */
  revoke: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN'] })
    .input(z.strictObject({ conversationId: id, inviteId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => revokeInvite(ctx, input)),

  /** What somebody who has a token sees of the group. Errors: `INVALID_INVITE`. */
  preview: procedure
    .meta({ errors: ['INVALID_INVITE'] })
    .input(shown)
    .output(invitePreview)
    .query(({ ctx, input }) => previewInvite(ctx, input)),

  /**
   * Comes into the group of an invite. Returns it, also to whoever is in it already: that counts as no use.
   *
   * Errors: `INVALID_INVITE`, `GROUP_FULL`. Events: `member.added`.
   */
  accept: procedure
    .meta({ errors: ['INVALID_INVITE', 'GROUP_FULL'], events: ['member.added'] })
    .input(shown)
    .output(conversationView)
    .mutation(({ ctx, input }) => acceptInvite(ctx, input)),
} satisfies TRPCRouterRecord;
