import {
  id,
  LIMITS,
  type Message,
  message,
  messageVersion,
  publicUser,
  receipt,
  seq,
} from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { removePreview } from '../previews/remove.ts';
import { rendered } from '../rendered.ts';
import { procedure } from '../trpc.ts';
import { content, place, saysOneThing, saysSomething, words } from './content.ts';
import { deleteForEveryone, deleteForMe } from './delete.ts';
import { editMessage } from './edit.ts';
import { forwardMessage } from './forward.ts';
import { messageHistory } from './history.ts';
import { listMessages, type MessagePage } from './list.ts';
import { markDelivered, markRead } from './mark.ts';
import { pinMessage, unpinMessage } from './pin.ts';
import { pinnedMessages } from './pinned.ts';
import { messageReaders } from './readers.ts';
import { sendMessage } from './send.ts';
import { type UndeliveredPage, undelivered, undeliveredPlace } from './undelivered.ts';

const one = z.strictObject({ conversationId: id, seq: place.min(1) });

/** Up to where a mark goes. */
const upTo = z
  .strictObject({
    conversationId: id,
    seq: place.optional(),
    messageIds: z.array(id).min(1).max(LIMITS.marksPerCall).optional(),
  })
  .refine(
    ({ seq, messageIds }) => seq === undefined || messageIds === undefined,
    'at most one of seq and messageIds',
  );

export const messagesRouter = {
  /**
   * Sends a message: a text, or a ciphertext that the server does not read; into a conversation, or `toUserId`, into the
   * direct conversation with somebody, which is opened if there is none; with files or without, and with files also without a text. Returns it once it is stored. The same
   * `clientMessageId` again returns the message that was stored then, so that no answer can be followed by another try.
   *
   * Errors: `NOT_FOUND` (conversation; the message that it answers; a member whom it mentions; a file), `FORBIDDEN` (a plain
   * member of a group mentions everyone), `IDEMPOTENCY_CONFLICT` (the key was used for other content), `PERSON_BLOCKED`
   * (by the caller, in their direct conversation), `RATE_LIMITED` (also by the group's slow mode), `BUSY`; where a
   * conversation is to be opened, those of `conversations.openDirect`.
   * Events: `message.created`; `conversation.created`, to both, when it is opened; in a thread `member.added`, when it
   * mentions somebody who did not follow it, and `thread.updated`.
   */
  send: procedure
    .meta({
      errors: [
        ...(['NOT_FOUND', 'FORBIDDEN', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'] as const),
        ...(['NOT_YOURSELF', 'REFUSED_BY_SETTINGS'] as const),
      ],
      events: ['message.created', 'conversation.created', 'member.added', 'thread.updated'],
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
        .refine(saysSomething, 'either a text or a ciphertext, or files'),
    )
    .output(rendered<Message>(message))
    .mutation(({ ctx, input }) => sendMessage(ctx, input)),

  /**
   * Sends again what another message says, with its first sender's name to it. Returns the new message.
   *
   * Errors: `NOT_FOUND` (conversation; the message, also one that is deleted or encrypted), `IDEMPOTENCY_CONFLICT`,
   * `PERSON_BLOCKED`, `RATE_LIMITED` (also by the group's slow mode), `BUSY`. Events: `message.created`; into a thread
   * `thread.updated`.
   */
  forward: procedure
    .meta({
      errors: ['NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'PERSON_BLOCKED', 'BUSY'],
      events: ['message.created', 'thread.updated'],
      limits: ['sends'],
    })
    .input(z.strictObject({ from: one, conversationId: id, clientMessageId: id }))
    .output(rendered<Message>(message))
    .mutation(({ ctx, input }) => forwardMessage(ctx, input)),

  /**
   * Says something else in a message of the caller's, within 15 minutes of sending it, or as many as the operator
   * lets. What it said before is kept, see `history`. Returns the message.
   *
   * Errors: `NOT_FOUND` (also a member whom it mentions), `FORBIDDEN` (somebody else's; a plain member mentions
   * everyone), `EDITING_OVER`. Events: `message.edited`, when it says something else; in a thread `member.added`, when it
   * mentions somebody who did not follow it.
   */
  edit: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN', 'EDITING_OVER'], events: ['message.edited', 'member.added'] })
    .input(one.extend(words).refine(saysOneThing, 'either a text or a ciphertext'))
    .output(rendered<Message>(message))
    .mutation(({ ctx, input }) => editMessage(ctx, input)),

  /**
   * Takes away what a message of the caller's shows of its link. Returns null, also when it shows nothing.
   *
   * Errors: `NOT_FOUND`, `FORBIDDEN` (somebody else's). Events: `message.previewed`, when it showed something.
   */
  removePreview: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'], events: ['message.previewed'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => removePreview(ctx, input)),

  /** What a message has said, from the first version to the present one. Errors: `NOT_FOUND`. */
  history: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(z.object({ versions: z.array(messageVersion) }))
    .query(async ({ ctx, input }) => ({ versions: await messageHistory(ctx, input) })),

  /**
   * Deletes a message: for `everyone`, which its sender does, an admin or the owner of its group (also in its threads), or a moderator
   * of the installation; or for `me`, on the caller's own devices. Returns null, also when it was deleted before.
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
   * Pins a message to its conversation, where everybody finds it: in a group its owner and admins do, in a direct
   * conversation both. Returns null, also when it is pinned already.
   *
   * Errors: `NOT_FOUND` (also a message that is deleted), `FORBIDDEN`, `TOO_MANY` (pins of one conversation). Events:
   * `message.pinned`, when it was not.
   */
  pin: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN', 'TOO_MANY'], events: ['message.pinned'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => pinMessage(ctx, input)),

  /**
   * Takes a pin off a message; whoever may pin may. Returns null, also when there is none.
   *
   * Errors: `NOT_FOUND` (also a message that is deleted), `FORBIDDEN`. Events: `message.unpinned`, when there was one.
   */
  unpin: procedure
    .meta({ errors: ['NOT_FOUND', 'FORBIDDEN'], events: ['message.unpinned'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => unpinMessage(ctx, input)),

  /** The messages of a conversation that are pinned, and that the caller sees; the newest pin first. Errors: `NOT_FOUND`. */
  pinned: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(z.strictObject({ conversationId: id }))
    .output(rendered<{ messages: Message[] }>(z.object({ messages: z.array(message) })))
    .query(({ ctx, input }) => pinnedMessages(ctx, input)),

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
    .output(
      rendered<MessagePage>(
        z.object({
          messages: z.array(message),
          from: seq,
          to: seq,
          hasMoreBefore: z.boolean(),
          hasMoreAfter: z.boolean(),
          cursor: z.string(),
        }),
      ),
    )
    .query(({ ctx, input }) => listMessages(ctx, input)),

  /**
   * Marks a conversation as read: up to a `seq`, up to the newest of the messages named, or, with neither, all of it.
   * Returns where the mark is now: never further back than before, never past the last message. Marks are gathered for
   * up to a second. It ends that the caller has marked the conversation as unread. Others are told, if the caller's
   * settings let them know; the caller's own devices always are.
   *
   * Errors: `NOT_FOUND` (conversation; message, if none of those named is there and seen by the caller).
   * Events: `receipt.read`, when something is otherwise.
   */
  markRead: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['receipt.read'] })
    .input(upTo)
    .output(z.object({ readSeq: seq }))
    .mutation(({ ctx, input }) => markRead(ctx, input)),

  /**
   * The same for what has come to one of the caller's devices. Whatever is read has come, too, so that a mark behind the
   * one of reading moves nothing.
   *
   * Errors: `NOT_FOUND` (conversation, message). Events: `receipt.delivered`, when the mark has moved.
   */
  markDelivered: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['receipt.delivered'] })
    .input(upTo)
    .output(z.object({ deliveredSeq: seq }))
    .mutation(({ ctx, input }) => markDelivered(ctx, input)),

  /**
   * How far a message has come with each other member who sees it, but for its sender, and how many there are of each:
   * `sent`, `delivered` or `read`, by the marks that the caller is shown of them. In the order of their ids; the next
   * page comes `after` what this one calls `next`, which is null in the last.
   *
   * Errors: `NOT_FOUND` (conversation, message).
   */
  readers: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      one.extend({
        limit: z.int().min(1).max(LIMITS.readersPage).default(LIMITS.readersPage),
        after: id.optional(),
      }),
    )
    .output(
      z.object({
        read: z.int(),
        delivered: z.int(),
        sent: z.int(),
        members: z.array(z.object({ user: publicUser, status: receipt })),
        next: id.nullable(),
      }),
    )
    .query(({ ctx, input }) => messageReaders(ctx, input)),

  /**
   * What others have sent in all of the caller's conversations, that the caller sees and that was not marked as
   * delivered: for a device that comes back and wants nothing else. Deleted messages are left out. The next page comes
   * `after` what this one calls `next`, which is null in the last.
   */
  undelivered: procedure
    .input(
      z.strictObject({
        limit: z.int().min(1).max(LIMITS.pageSize).default(LIMITS.pageSize),
        after: z.string().regex(undeliveredPlace).optional(),
      }),
    )
    .output(rendered<UndeliveredPage>(z.object({ messages: z.array(message), next: z.string().nullable() })))
    .query(({ ctx, input }) => undelivered(ctx, input)),
} satisfies TRPCRouterRecord;
