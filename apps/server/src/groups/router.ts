import { conversationView, id, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { addMembers } from './add-members.ts';
import { createGroup } from './create.ts';
import { deleteGroup } from './delete.ts';
import { leaveGroup } from './leave.ts';
import { removeMember } from './remove-member.ts';
import { setRole, transferOwnership } from './set-role.ts';
import { updateGroup } from './update.ts';

const people = z.array(id).max(LIMITS.membersPerCall);
const member = z.strictObject({ conversationId: id, userId: id });
const slowModeSeconds = z.int().min(0).max(LIMITS.slowMode).optional();
const history = z.enum(['joined', 'all']).optional();

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
        slowModeSeconds,
        history,
        userIds: people,
      }),
    )
    .output(conversationView)
    .mutation(({ ctx, input }) => createGroup(ctx, input)),

  /**
   * Changes what is given: the title, the description (null: none), the icon (a file of the caller's own, uploaded for that; null: none), how many seconds a plain member waits between two
   * messages (0: none), and whether who joins from now on sees what was said before. Returns the conversation.
   *
   * Errors: `NOT_FOUND` (conversation, file), `NOT_A_GROUP`, `FORBIDDEN` (a plain member). Events: `conversation.updated`, if anything changed.
   */
  update: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN'], events: ['conversation.updated'] })
    .input(
      z.strictObject({
        conversationId: id,
        title: text(1, LIMITS.groupTitle).optional(),
        description: text(1, LIMITS.groupDescription).nullish(),
        icon: id.nullish(),
        slowModeSeconds,
        history,
      }),
    )
    .output(conversationView)
    .mutation(({ ctx, input }) => updateGroup(ctx, input)),

  /**
   * Makes a member an admin, or an admin a member; the owner does. Returns null.
   *
   * Errors: `NOT_FOUND` (the group, or the member in it), `NOT_A_GROUP`, `FORBIDDEN`, `OWNER_MUST_TRANSFER` (of oneself).
   * Events: `member.roleChanged`, if it did.
   */
  setRole: procedure
    .meta({
      errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN', 'OWNER_MUST_TRANSFER'],
      events: ['member.roleChanged'],
    })
    .input(member.extend({ role: z.enum(['admin', 'member']) }))
    .output(z.null())
    .mutation(({ ctx, input }) => setRole(ctx, input)),

  /**
   * Hands a group over to another member; its owner does, and is an admin from then on. Returns null.
   *
   * Errors: `NOT_FOUND` (the group, or the member in it), `NOT_A_GROUP`, `FORBIDDEN`, `NOT_YOURSELF`.
   * Events: `member.roleChanged`, of both.
   */
  transferOwnership: procedure
    .meta({
      errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN', 'NOT_YOURSELF'],
      events: ['member.roleChanged'],
    })
    .input(member)
    .output(z.null())
    .mutation(({ ctx, input }) => transferOwnership(ctx, input)),

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
    .input(member)
    .output(z.null())
    .mutation(({ ctx, input }) => removeMember(ctx, input)),

  /**
   * Deletes a group with all that was said in it; its owner does. Nobody is in it any more at once. Returns null.
   *
   * Errors: `NOT_FOUND`, `NOT_A_GROUP`, `FORBIDDEN`. Events: `conversation.deleted`.
   */
  delete: procedure
    .meta({ errors: ['NOT_FOUND', 'NOT_A_GROUP', 'FORBIDDEN'], events: ['conversation.deleted'] })
    .input(z.strictObject({ conversationId: id }))
    .output(z.null())
    .mutation(({ ctx, input }) => deleteGroup(ctx, input)),

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
