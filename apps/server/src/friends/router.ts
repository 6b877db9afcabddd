import { friend, friendRequest, id, LIMITS } from '@parley/contract';
import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { text } from '../text.ts';
import { procedure } from '../trpc.ts';
import { acceptFriendRequest } from './accept-request.ts';
import { cancelFriendRequest, rejectFriendRequest } from './end-request.ts';
import { listFriendRequests, listFriends } from './list.ts';
import { removeFriend } from './remove.ts';
import { sendFriendRequest } from './send-request.ts';

const person = z.strictObject({ userId: id });

export const friendsRouter = {
  /**
   * The caller's friends, the newest first: all of them, or those whose username begins with `query`, or of whose full
   * name words begin with its words, as `users.search` has it.
   */
  list: procedure
    .input(
      z.strictObject({
        query: z.string().trim().pipe(text(1, LIMITS.searchMax)).optional(),
      }),
    )
    .output(z.object({ friends: z.array(friend) }))
    .query(async ({ ctx, input }) => ({ friends: await listFriends(ctx, input) })),

  /**
   * Ends a friendship.
   *
   * Errors: `NOT_FOUND` (friend). Events: `friend.removed`, to both.
   */
  remove: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['friend.removed'] })
    .input(person)
    .output(person)
    .mutation(({ ctx, input }) => removeFriend(ctx, input)),
} satisfies TRPCRouterRecord;

export const friendRequestsRouter = {
  /**
   * Asks somebody to be friends: the request waits until they answer, or the caller cancels it. Asked again, it is the
   * same request. Where the other one has asked already, the two are friends. Somebody who has blocked the caller is
   * asked too, as far as the caller can tell.
   *
   * Errors: `NOT_YOURSELF`, `NOT_FOUND` (user), `ALREADY_FRIENDS`, `PERSON_BLOCKED` (by the caller), `TOO_MANY` (requests
   * of the caller that wait, or friends of one of the two), `RATE_LIMITED`. Events: `friendRequest.created`, to both; or
   * `friendRequest.accepted`, to both, when they are friends now.
   */
  send: procedure
    .meta({
      errors: ['NOT_YOURSELF', 'NOT_FOUND', 'ALREADY_FRIENDS', 'PERSON_BLOCKED', 'TOO_MANY'],
      events: ['friendRequest.created', 'friendRequest.accepted'],
      limits: ['friendRequests'],
    })
    .input(person)
    .output(
      z.discriminatedUnion('status', [
        z.object({ status: z.literal('requested'), request: friendRequest }),
        z.object({ status: z.literal('friends'), friend }),
      ]),
    )
    .mutation(({ ctx, input }) => sendFriendRequest(ctx, input)),

  /** The requests from and to the caller that wait, the newest first; of those to them the newest 1,000. */
  list: procedure
    .input(z.strictObject({ direction: friendRequest.shape.direction.optional() }))
    .output(z.object({ requests: z.array(friendRequest) }))
    .query(async ({ ctx, input }) => ({ requests: await listFriendRequests(ctx, input) })),

  /**
   * Makes a friend of somebody who has asked. Returns the friend, also when they are one already.
   *
   * Errors: `NOT_FOUND` (friendRequest), `TOO_MANY` (friends of one of the two). Events: `friendRequest.accepted`, to
   * both.
   */
  accept: procedure
    .meta({ errors: ['NOT_FOUND', 'TOO_MANY'], events: ['friendRequest.accepted'] })
    .input(person)
    .output(friend)
    .mutation(({ ctx, input }) => acceptFriendRequest(ctx, input)),

  /**
   * Declines somebody's request. They may ask again.
   *
   * Errors: `NOT_FOUND` (friendRequest). Events: `friendRequest.rejected`, to both.
   */
  reject: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['friendRequest.rejected'] })
    .input(person)
    .output(person)
    .mutation(({ ctx, input }) => rejectFriendRequest(ctx, input)),

  /**
   * Takes the caller's own request back.
   *
   * Errors: `NOT_FOUND` (friendRequest). Events: `friendRequest.cancelled`, to both.
   */
  cancel: procedure
    .meta({ errors: ['NOT_FOUND'], events: ['friendRequest.cancelled'] })
    .input(person)
    .output(person)
    .mutation(({ ctx, input }) => cancelFriendRequest(ctx, input)),
} satisfies TRPCRouterRecord;
