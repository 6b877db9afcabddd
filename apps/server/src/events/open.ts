import type { StreamItem } from '@parley/contract';
import type { TrackedEnvelope } from '@trpc/server';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { CLOSE, type Connection } from '../sockets/connections.ts';
import { Lane } from '../sockets/lane.ts';
import type { Cursor } from './cursor.ts';
import { SseQueue } from './sse.ts';
import { Stream } from './stream.ts';

/**
 * A subscription over a socket. What it yields is the lane, once: tRPC's encoder opens it, and the stream
 * writes to the socket past this generator, which only waits for the end.
 */
export async function* openLane(ctx: SignedIn, cursor: Cursor | null, signal: AbortSignal) {
  const { app, session } = ctx;
  const connection = ctx.socket!;
  const limit = app.env.MAX_SUBSCRIPTIONS_PER_SOCKET;
  if (connection.lanes.size >= limit) throw new ParleyError('TOO_MANY_SUBSCRIPTIONS', { limit });
  const lane = new Lane(connection.socket);
  connection.lanes.add(lane);
  try {
    yield lane as unknown as TrackedEnvelope<StreamItem>;
    await new Stream(app.log.hub, app.log.reader, lane).run(session.userId, cursor, signal);
  } catch (error) {
    // A passing fault must not end the subscription, as an error would: the client resumes by itself.
    app.logger.warn({ err: error }, 'a stream broke');
    connection.close(CLOSE.leaving, 'try again');
  } finally {
    connection.lanes.delete(lane);
  }
}

/** A subscription over SSE: its connection is the one answer, which ends with it. */
export async function* openSse(ctx: SignedIn, cursor: Cursor | null, signal: AbortSignal) {
  const { app, session } = ctx;
  const ended = new AbortController();
  const queue = new SseQueue(app.log.reader.epoch);
  const connection: Connection = {
    session,
    // A session's end completes the answer. Anything else cuts it, so that the client comes back.
    close: (code) => (code === CLOSE.unauthenticated ? ended.abort() : ctx.response?.destroy()),
  };
  app.connections.bind(connection, session);
  const stream = new Stream(app.log.hub, app.log.reader, queue);
  const running = stream
    .run(session.userId, cursor, AbortSignal.any([signal, ended.signal]))
    .catch((error: unknown) => {
      app.logger.warn({ err: error }, 'a stream broke');
      ctx.response?.destroy();
    })
    .finally(() => queue.end());
  try {
    yield* queue.items();
  } finally {
    ended.abort();
    app.connections.unbind(connection);
    await running;
  }
}
