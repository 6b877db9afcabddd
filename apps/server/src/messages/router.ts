import { id, LIMITS, type Message, messageVersion, seq } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { rendered } from '../rendered.ts';
import { procedure } from '../trpc.ts';
import { content, place, saysOneThing, words } from './content.ts';
import { deleteForEveryone, deleteForMe } from './delete.ts';
import { editMessage } from './edit.ts';
import { forwardMessage } from './forward.ts';
import { messageHistory } from './history.ts';
import { listMessages, type MessagePage } from './list.ts';
import { markRead } from './mark-read.ts';
import { sendMessage } from './send.ts';

const one = z.strictObject({ conversationId: id, seq: place.min(1) });

export const messagesRouter = {
  /**
   * Sends a message: a text, or a ciphertext that the server does not read; into a conversation, or `toUserId`, into the
   * direct conversation with somebody, which is opened if there is none. Returns it once it is stored. The same
   * `clientMessageId` again returns the message that was stored then, so that no answer can be followed by another try.
   *
   * Errors: `NOT_FOUND` (conversation; the message that it answers; a member whom it mentions), `FORBIDDEN` (a plain
   * member of a group mentions everyone), `IDEMPOTENCY_CONFLICT` (the key was used for other content), `PERSON_BLOCKED`
   * (by the caller, in their direct conversation), `RATE_LIMITED` (also by the group's slow mode), `BUSY`; where a
   * conversation is to be opened, those of `conversations.openDirect`.
   * Events: `message.created`; `conversation.created`, to both, when it is opened.
   */
  send: procedure
    .meta({
      errors: [
        ...(['NOT_FOUND', 'FORBIDDEN', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'] as const),
        ...(['NOT_YOURSELF', 'REFUSED_BY_SETTINGS'] as const),
      ],
      events: ['message.created', 'conversation.created'],
      limits: ['sends'],
    })
    .input(
      z
        .strictObject({
          conversationId: id.optional(),
          toUserId: id.optional(),
          clientMessageId: id,
          ...content,
        })
        .refine(
          ({ conversationId, toUserId }) => (conversationId === undefined) !== (toUserId === undefined),
          'either a conversation or a person',
        )
        .refine(saysOneThing, 'either a text or a ciphertext'),
    )
    .output(rendered<Message>())
    .mutation(({ ctx, input }) => sendMessage(ctx, input)),

  /**
   * Sends again what another message says, with its first sender's name to it. Returns the new message.
   *
   * Errors: `NOT_FOUND` (conversation; the message, also one that is deleted or encrypted), `IDEMPOTENCY_CONFLICT`,
   * `PERSON_BLOCKED`, `RATE_LIMITED` (also by the group's slow mode), `BUSY`. Events: `message.created`.
   */
  forward: procedure
    .meta({
      errors: ['NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'],
      events: ['message.created'],
      limits: ['sends'],
    })
    .input(z.strictObject({ from: one, conversationId: id, clientMessageId: id }))
    .output(rendered<Message>())
    .mutation(({ ctx, input }) => forwardMessage(ctx, input)),

  /**
   * Says something else in a message of the caller's, within 15 minutes of sending it, or as many as the operator
   * lets. What it said before is kept, see `history`. Returns the message.
   *
   * Errors: `NOT_FOUND` (also a member whom it mentions), `FORBIDDEN` (somebody else's; a plain member mentions
   * everyone), `EDITING_OVER`. Events: `message.edited`, when it says something else.
   */
  edit: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN', 'EDITING_OVER'], events: ['message.edited'] })
    .input(one.extend(words).refine(saysOneThing, 'either a text or a ciphertext'))
    .output(rendered<Message>())
    .mutation(({ ctx, input }) => editMessage(ctx, input)),

  /** What a message has said, from the first version to the present one. Errors: `NOT_FOUND`. */
  history: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(z.object({ versions: z.array(messageVersion) }))
    .query(async ({ ctx, input }) => ({ versions: await messageHistory(ctx, input) })),

  /**
   * Deletes a message: for `everyone`, which its sender does, an admin or the owner of its group, or a moderator of the
   * installation; or for `me`, on the caller's own devices. Returns null, also when it was deleted before.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN`. Events: `message.deleted`, or to the caller alone `message.hidden`, or
   * `conversation.cleared` when nothing is left since they cleared it.
   */
  delete: procedure
    .meta({
      errors: ['NOT_FOUND', 'FORBIDDEN'],
      events: ['message.deleted', 'message.hidden', 'conversation.cleared'],
    })
    .input(one.extend({ scope: z.enum(['everyone', 'me']) }))
    .output(z.null())
    .mutation(({ ctx, input: { scope, ...place } }) =>
      scope === 'me' ? deleteForMe(ctx, place) : deleteForEveryone(ctx, place),
    ),

  /**
   * A page of a conversation's messages: the newest, or those `before`, `after` or `around` a seq.
   *
   * Errors: `NOT_FOUND`.
   */
  list: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      z
        .strictObject({
          conversationId: id,
          limit: z.int().min(1).max(LIMITS.pageSize).default(50),
          before: place.optional(),
          after: place.optional(),
          around: place.optional(),
        })
        .refine(
          ({ before, after, around }) => [before, after, around].filter((at) => at !== undefined).length <= 1,
          'at most one of before, after and around',
        ),
    )
    .output(rendered<MessagePage>())
    .query(({ ctx, input }) => listMessages(ctx, input)),

  /**
   * Marks a conversation as read up to a seq. Returns where the mark is now: never further back than before,
   * never past the last message. Marks are gathered for up to a second.
   *
   * Errors: `NOT_FOUND`. Events: `receipt.read`, when the mark has moved.
   */
  markRead: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['receipt.read'] })
    .input(z.strictObject({ conversationId: id, seq: place }))
    .output(z.object({ readSeq: seq }))
    .mutation(({ ctx, input }) => markRead(ctx, input)),
} satisfies TRPCRouterRecord;
