import {
  id,
  LIMITS,
  type Message,
  message,
  publicUser,
  storiesOfAuthor,
  story,
  timestamp,
} from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { rendered } from '../rendered.ts';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { createStory } from './create.ts';
import { deleteStory } from './end.ts';
import { feedPlace, storyFeed } from './feed.ts';
import { replyToStory } from './reply.ts';
import { loadOwnStories, loadStory } from './view.ts';
import { listViewers, viewerPlace } from './viewers.ts';

const one = z.strictObject({ storyId: id });

export const storiesRouter = {
  /**
   * Shows a file of the caller's, uploaded for a story, for 24 hours to their friends and to those who are in each
   * other's address book with them; with `audience`, to those of them who are named. Who is close to the caller counts
   * at each moment. Returns the story; for the same file again, the one there is.
   *
   * Errors: `NOT_FOUND` (file), `TOO_MANY` (stories that are not over). Events: `story.created`, to the caller and to
   * whoever sees it.
   */
  create: procedure
    .meta({ errors: ['NOT_FOUND', 'TOO_MANY'], events: ['story.created'] })
    .input(
      z.strictObject({
        fileId: id,
        caption: text(1, LIMITS.storyCaption).optional(),
        audience: z.array(id).max(LIMITS.storyAudience).optional(),
      }),
    )
    .output(story)
    .mutation(({ ctx, input }) => createStory(ctx, input)),

  /** The caller's own stories that are not over, the newest first, with how many people have seen each. */
  mine: procedure.output(z.object({ stories: z.array(story) })).query(async ({ ctx }) => {
    const { app, session } = ctx;
    return { stories: await loadOwnStories(app.database.pool, session.userId, app.clock.now()) };
  }),

  /**
   * The stories of others that the caller sees, by author: those with one that the caller has not seen first, and of
   * these and of the others whoever has the newest. The next page comes `after` what this one calls `next`, which is
   * null in the last.
   */
  feed: procedure
    .input(
      z.strictObject({
        limit: z.int().min(1).max(LIMITS.storyAuthorsPage).default(20),
        after: z.string().regex(feedPlace).optional(),
      }),
    )
    .output(z.object({ authors: z.array(storiesOfAuthor), next: z.string().nullable() }))
    .query(({ ctx, input }) => storyFeed(ctx, input)),

  /**
   * One story that the caller sees.
   *
   * Errors: `NOT_FOUND` (story; also one that is over).
   */
  get: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(one)
    .output(story)
    .query(({ ctx, input }) => {
      const { app, session } = ctx;
      return loadStory(app.database.pool, session.userId, app.clock.now(), input.storyId);
    }),

  /**
   * Says that the caller has seen a story; again, and of one's own, it changes nothing. Returns null.
   *
   * Errors: `NOT_FOUND` (story). Events: `story.seen`, to the caller's devices, and to its author, with how many have.
   */
  markSeen: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['story.seen'] })
    .input(one)
    .output(z.null())
    .mutation(async ({ ctx, input }) => {
      await ctx.app.views.push({ storyId: input.storyId, viewerId: ctx.session.userId });
      return null;
    }),

  /**
   * Who has seen a story of the caller's, who was the last to do so first, and how many they are. The next page comes
   * `after` what this one calls `next`, which is null in the last.
   *
   * Errors: `NOT_FOUND` (story; also that of somebody else).
   */
  viewers: procedure
    .meta({ errors: ['NOT_FOUND'] })
    .input(
      one.extend({
        limit: z.int().min(1).max(LIMITS.storyViewersPage).default(LIMITS.storyViewersPage),
        after: z.string().regex(viewerPlace).optional(),
      }),
    )
    .output(
      z.object({
        viewers: z.array(z.object({ user: publicUser, at: timestamp })),
        count: z.int(),
        next: z.string().nullable(),
      }),
    )
    .query(({ ctx, input }) => listViewers(ctx, input)),

  /**
   * Takes a story of the caller's away before its time, with its file. Returns null.
   *
   * Errors: `NOT_FOUND` (story; also that of somebody else). Events: `story.deleted`, to the caller and to whoever saw it.
   */
  delete: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['story.deleted'] })
    .input(one)
    .output(z.null())
    .mutation(({ ctx, input }) => deleteStory(ctx, input)),

  /**
   * Answers a story with a message to its author, as `messages.send` sends one to a person. The message says which story
   * it answers, also when that is over. Returns the message; by the same `clientMessageId` again, the one of then.
   *
   * Errors: `NOT_FOUND` (story, user), `NOT_YOURSELF`, `IDEMPOTENCY_CONFLICT`, `PERSON_BLOCKED`, `REFUSED_BY_SETTINGS`,
   * `BUSY`. Events: `message.created`; `conversation.created`, to both, when their conversation is opened.
   */
  reply: procedure
    .meta({
      errors: [
        ...(['NOT_FOUND', 'NOT_YOURSELF', 'IDEMPOTENCY_CONFLICT'] as const),
        ...(['PERSON_BLOCKED', 'REFUSED_BY_SETTINGS', 'BUSY'] as const),
      ],
      events: ['message.created', 'conversation.created'],
      limits: ['sends'],
    })
    .input(one.extend({ text: text(1, LIMITS.messageText), clientMessageId: id }))
    .output(rendered<Message>(message))
    .mutation(({ ctx, input }) => replyToStory(ctx, input)),
} satisfies TRPCRouterRecord;
