import { callTRPCProcedure, getErrorShape, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { Context } from '../context.ts';
import type { FailedCall } from '../report-error.ts';
import type { AppRouter } from '../router.ts';
import type { Lane } from './lane.ts';
import {
  askerOf,
  errorText,
  type Request,
  type RequestId,
  readFrame,
  readRequest,
  readToken,
  resultText,
  stateText,
} from './protocol.ts';
import type { Socket } from './socket.ts';

/** A request that asks for something, and so has an answer. */
type Asking = Exclude<Request, { method: 'subscription.stop' }>;

export interface CallsOptions {
  router: AppRouter;
  /** Calls of one batch at most. */
  maxBatchSize: number;
  /** Who is calling, by their token. Whoever is nobody is told so by it, and closed. */
  identify(token: string | undefined): Promise<Context>;
  onError(failed: FailedCall): void;
}

/**
 * What one socket is asked for, in tRPC's protocol, and what it answers. In place of tRPC's own adapter: see
 * docs/decisions/0011-protocol-of-sockets.md.
 */
export class Calls {
  readonly #socket: Socket;
  readonly #options: CallsOptions;
  #context: Context | null = null;
  /** Null until the client has said who it is. */
  #identified: Promise<Context | null> | null = null;
  readonly #subscriptions = new Map<RequestId, AbortController>();

  /** `announced`: its client says first who it is. */
  constructor(socket: Socket, announced: boolean, options: CallsOptions) {
    this.#socket = socket;
    this.#options = options;
    if (!announced) this.#identify(undefined);
    socket.once('close', () => this.#end());
  }

  /** A frame of the client. */
  hear(data: Buffer, isBinary: boolean): void {
    const heartbeat = !isBinary && data.length === 4 && data.toString();
    if (heartbeat === 'PING') return this.#socket.send('PONG');
    if (heartbeat === 'PONG') return;
    try {
      const items = readFrame(data, isBinary);
      if (!this.#identified) this.#identify(readToken(items));
      else if (items.length > this.#options.maxBatchSize) this.#refuseBatch(items);
      else for (const [index, request] of items.map(readRequest).entries()) this.#take(request, index);
    } catch (cause) {
      this.#refuse(null, new TRPCError({ code: 'PARSE_ERROR', cause }));
      if (!this.#identified) this.#socket.close();
    }
  }

  #identify(token: string | undefined): void {
    this.#identified = this.#options.identify(token).then(
      (context) => {
        this.#context = context;
        return context;
      },
      (cause: unknown) => {
        this.#options.onError({ error: getTRPCErrorFromUnknown(cause), path: undefined, ctx: undefined });
        return null;
      },
    );
  }

  #take(request: Request, index: number): void {
    if (this.#context) this.#serve(this.#context, request, index);
    else void this.#identified?.then((context) => context && this.#serve(context, request, index));
  }

  #serve(context: Context, request: Request, index: number): void {
    if (request.id === null) this.#refuse(null, new TRPCError({ code: 'PARSE_ERROR' }));
    else if (request.method === 'subscription.stop') this.#subscriptions.get(request.id)?.abort();
    else if (request.method === 'subscription') void this.#subscribe(context, request, request.id, index);
    else void this.#call(context, request, request.id, index);
  }

  async #call(context: Context, request: Asking, id: RequestId, index: number): Promise<void> {
    this.#socket.callBegins();
    try {
      const output = await this.#run(context, request, index);
      this.#socket.send(resultText(id, output));
    } catch (cause) {
      this.#refuse(id, cause, context, request);
    } finally {
      this.#socket.callEnds();
    }
  }

  /** Its lane is opened under the request's id; what the subscription says goes there, and not this way. */
  async #subscribe(context: Context, request: Asking, id: RequestId, index: number): Promise<void> {
    if (this.#subscriptions.has(id))
      return this.#refuse(id, new TRPCError({ code: 'BAD_REQUEST' }), context, request);
    const stop = new AbortController();
    this.#subscriptions.set(id, stop);
    let hasStarted = false;
    try {
      const lanes = await this.#begin(context, request, index, stop.signal);
      if (!stop.signal.aborted) {
        hasStarted = true;
        this.#socket.send(stateText(id, 'started'));
        for await (const lane of lanes) lane.open(id);
      }
    } catch (cause) {
      this.#refuse(id, cause, context, request);
      if (!hasStarted) return;
    } finally {
      this.#subscriptions.delete(id);
    }
    this.#socket.send(stateText(id, 'stopped'));
  }

  /** Until it has begun, a subscription is a call like any other. */
  async #begin(context: Context, request: Asking, index: number, signal: AbortSignal) {
    this.#socket.callBegins();
    try {
      return (await this.#run(context, request, index, signal)) as AsyncIterable<Lane>;
    } finally {
      this.#socket.callEnds();
    }
  }

  #run(ctx: Context, { method, params }: Asking, batchIndex: number, signal?: AbortSignal): Promise<unknown> {
    const { path, lastEventId } = params;
    const input = lastEventId === undefined ? params.input : resumeAt(lastEventId, params.input);
    const getRawInput = async () => input;
    const { router } = this.#options;
    return callTRPCProcedure({ router, path, type: method, ctx, getRawInput, signal, batchIndex });
  }

  /** Every call of a batch that is too large is told so, that none waits for ever. */
  #refuseBatch(items: unknown[]): void {
    const asking = items.map(askerOf).filter((id) => id !== null);
    const error = new TRPCError({ code: 'BAD_REQUEST' });
    for (const id of asking.length > 0 ? asking : [null]) this.#refuse(id, error);
  }

  #refuse(id: RequestId | null, cause: unknown, ctx?: Context, request?: Asking): void {
    const { router, onError } = this.#options;
    const error = getTRPCErrorFromUnknown(cause);
    const { path, input } = request?.params ?? { path: undefined, input: undefined };
    onError({ error, path, ctx });
    const config = router._def._config;
    const type = request?.method ?? 'unknown';
    this.#socket.send(errorText(id, getErrorShape({ config, error, type, path, input, ctx })));
  }

  #end(): void {
    for (const subscription of this.#subscriptions.values()) subscription.abort();
  }
}

/** How tRPC's client resumes: the cursor comes beside the input, and goes into it. */
function resumeAt(lastEventId: string, input: unknown): unknown {
  if (input === undefined || input === null) return { lastEventId };
  return typeof input === 'object' && !Array.isArray(input) ? { ...input, lastEventId } : input;
}
