import { conversationView, id, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { addMembers } from './add-members.ts';
import { createGroup } from './create.ts';
import { leaveGroup } from './leave.ts';
import { removeMember } from './remove-member.ts';

const people = z.array(id).max(LIMITS.membersPerCall);

export const groupsRouter = {
  /**
   * Makes a group of the caller, who owns it, and others. Returns it.
   *
   * Errors: `NOT_FOUND` (one of the users), `REFUSED_BY_SETTINGS` (one of them, as `groups.addMembers` has it), `GROUP_FULL`.
   * Events: `conversation.created`, to all of them.
   */
  create: procedure
    .meta({ errors: ['NOT_FOUND', 'REFUSED_BY_SETTINGS', 'GROUP_FULL'], events: ['conversation.created'] })
    .input(
      z.strictObject({
        title: text(1, LIMITS.groupTitle),
        description: text(1, LIMITS.groupDescription).optional(),
        userIds: people,
      }),
    )
    .output(conversationView)
    .mutation(({ ctx, input }) => createGroup(ctx, input)),

  /**
   * Brings people into a group. Returns who came, and who was skipped and why: `refused_by_settings` is whose
   * `groupAddsBy` leaves the caller out, and who has blocked the caller.
   *
   * Errors: `NOT_FOUND`, `NOT_A_GROUP`, `FORBIDDEN` (a plain member), `GROUP_FULL`. Events: `member.added`.
   */
  addMembers: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN', 'GROUP_FULL'], events: ['member.added'] })
    .input(z.strictObject({ conversationId: id, userIds: people.min(1) }))
    .output(
      z.object({
        added: z.array(id),
        skipped: z.array(
          z.object({ userId: id, reason: z.enum(['already_member', 'unknown_user', 'refused_by_settings']) }),
        ),
      }),
    )
    .mutation(({ ctx, input }) => addMembers(ctx, input)),

  /**
   * Puts somebody out of a group: the owner anybody, an admin plain members. Returns null.
   *
   * Errors: `NOT_FOUND` (the group, or the member in it), `NOT_A_GROUP`, `FORBIDDEN`. Events: `member.removed`.
   */
  removeMember: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN'], events: ['member.removed'] })
    .input(z.strictObject({ conversationId: id, userId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => removeMember(ctx, input)),

  /**
   * Leaves a group. The last one out archives it. Returns null.
   *
   * Errors: `NOT_FOUND`, `NOT_A_GROUP`, `OWNER_MUST_TRANSFER`. Events: `member.left`.
   */
  leave: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'OWNER_MUST_TRANSFER'], events: ['member.left'] })
    .input(z.strictObject({ conversationId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => leaveGroup(ctx, input)),
} satisfies TRPCRouterRecord;
