import { z } from 'zod';
import { conversation, member } from './conversations.ts';
import { id, seq } from './ids.ts';
import { message } from './messages.ts';

/**
 * The durable events, each a fact of the log. A subscriber gets every one it is entitled to, once, in the
 * order of the log. A payload carries absolute values, so that applying an event again changes nothing.
 */
export const chatEvent = z.discriminatedUnion('type', [
  /** A conversation began; everybody in it gets this. `members` names its first members. */
  z.object({ type: z.literal('conversation.created'), actorId: id, conversation, members: z.array(member) }),
  /** People came in. They get this event too, and all that follows it. */
  z.object({ type: z.literal('member.added'), actorId: id, conversation, members: z.array(member) }),
  /** An owner or admin put somebody out. It is the last event they get from this conversation. */
  z.object({
    type: z.literal('member.removed'),
    actorId: id,
    conversationId: id,
    userId: id,
    memberCount: z.int(),
  }),
  /** Somebody left by themselves. It is the last event they get from this conversation. */
  z.object({ type: z.literal('member.left'), conversationId: id, userId: id, memberCount: z.int() }),
  /** A message. Its sender has read up to it. */
  z.object({ type: z.literal('message.created'), message }),
  /** Members read further. Gathered: at most one a conversation in 200 ms (direct) or 1 s (group) from each node. */
  z.object({
    type: z.literal('receipt.read'),
    conversationId: id,
    marks: z.array(z.object({ userId: id, readSeq: seq })),
  }),
  /** A session of this person ended. Its own sockets are closed right after. */
  z.object({
    type: z.literal('session.ended'),
    sessionId: id,
    reason: z.enum(['logout', 'revoked', 'reuse']),
  }),
]);
export type ChatEvent = z.infer<typeof chatEvent>;

/** What a stream says about itself, between the events. None is a fact of the log. */
export const streamNotice = z.discriminatedUnion('type', [
  /** All that was missed has been sent; what follows is live. */
  z.object({ type: z.literal('stream.caught-up') }),
  /**
   * The cursor cannot be honoured: `epoch` (the log was restored or reset), `pruned` (older than what is kept),
   * `future` (beyond the log's end) or `malformed`. The stream ends here. Take a fresh `sync.bootstrap`, and
   * subscribe from its cursor.
   */
  z.object({ type: z.literal('stream.reset'), reason: z.enum(['epoch', 'pruned', 'future', 'malformed']) }),
]);
export type StreamNotice = z.infer<typeof streamNotice>;

/** One item of `events.stream`. The cursor to resume from is its tracked id. */
export type StreamItem = ChatEvent | StreamNotice;
