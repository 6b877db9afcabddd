import type { StreamItem } from '@parley/contract';
import type { TrackedEnvelope } from '@trpc/server';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { CLOSE, type Connection } from '../sockets/connections.ts';
import { Lane } from '../sockets/lane.ts';
import { Progress } from '../sockets/progress.ts';
import type { Cursor } from './cursor.ts';
import { SseQueue } from './sse.ts';
import { Stream } from './stream.ts';

/**
 * A subscription over a socket. What it yields is the lane, once: `sockets/calls.ts` opens it, and the stream
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
  const { app, session, client } = ctx;
  const { connections } = app;
  const response = ctx.response!;
  // It may be gone already.
  if (!response.socket) return;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  const queue = new SseQueue(app.log.reader.epoch);
  const cut = () => void response.destroy();
  const connection: Connection = {
    session: null,
    asked: false,
    progress: new Progress(response.socket),
    // An answer that breaks off is asked for again, from where it was.
    renew: cut,
    // A session's end completes the answer. Anything else cuts it, so that the client comes back.
    close: (code) => (code === CLOSE.unauthenticated ? ended.abort() : cut()),
    giveUp: cut,
  };
  if (!connections.admit(client.network)) throw new ParleyError('BUSY', { retryAfter: 60 });
  try {
    if (!connections.bind(connection, session)) throw new ParleyError('UNAUTHENTICATED');
    // Nobody takes from the queue of a reader who has left, and the stream may wait for just that.
    over.addEventListener('abort', () => queue.end(), { once: true });
    const running = new Stream(app.log.hub, app.log.reader, queue)
      .run(session.userId, cursor, over)
      .catch((error: unknown) => {
        app.logger.warn({ err: error }, 'a stream broke');
        cut();
      })
      .finally(() => queue.end());
    try {
      yield* queue.items();
    } finally {
      ended.abort();
      await running;
    }
  } finally {
    connections.remove(connection);
    connections.release(client.network);
  }
}
