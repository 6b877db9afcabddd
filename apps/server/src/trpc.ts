import { randomUUID } from 'node:crypto';
import { ERROR_STATUS, type ErrorCode, type WireError } from '@parley/contract';
import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import type { Context, SignedIn } from './context.ts';
import { isDatabaseAway } from './database/away.ts';
import { ParleyError } from './error.ts';
import { transformer } from './transformer.ts';

/** What an error looks like on the wire. `data` is one of the closed list, see the contract's errors.ts. */
export interface ApiErrorShape {
  /** JSON-RPC's number. Clients read `data.code`. */
  code: number;
  message: string;
  data: WireError;
}

/** What a procedure says of itself: the errors it gives beyond those that any procedure can, and its events. */
export interface Meta {
  errors?: readonly ErrorCode[];
  events?: readonly string[];
}

/** What one `INVALID_INPUT` tells of, and characters of each: an input can be wrong in more than anybody reads. */
const MAX_ISSUES = 20;
const MAX_ISSUE = 200;

const wire = <Code extends ErrorCode>(error: ParleyError<Code>): WireError =>
  ({ code: error.code, httpStatus: ERROR_STATUS[error.code], ...error.data }) as unknown as WireError;

/** The one place where whatever was thrown becomes an error of the closed list. */
function toWireError(error: TRPCError): WireError {
  const { cause } = error;
  if (cause instanceof ParleyError) return wire(cause);
  // A ZodError of our own output is a fault of ours.
  if (cause instanceof ZodError && error.code === 'BAD_REQUEST') {
    const issues = cause.issues
      .slice(0, MAX_ISSUES)
      .map((issue) => ({ path: issue.path.join('.'), message: issue.message.slice(0, MAX_ISSUE) }));
    return wire(new ParleyError('INVALID_INPUT', { issues }));
  }
  switch (error.code) {
    case 'NOT_FOUND':
      return wire(new ParleyError('NOT_FOUND', { what: 'procedure' }));
    case 'PARSE_ERROR':
    case 'BAD_REQUEST':
    case 'UNPROCESSABLE_CONTENT':
    case 'PAYLOAD_TOO_LARGE':
      return wire(
        new ParleyError('INVALID_INPUT', { issues: [{ path: '', message: 'The request cannot be read' }] }),
      );
    case 'METHOD_NOT_SUPPORTED':
    case 'UNSUPPORTED_MEDIA_TYPE':
      return wire(new ParleyError('UNSUPPORTED_REQUEST'));
    default:
      if (isDatabaseAway(cause)) return wire(new ParleyError('UNAVAILABLE'));
      return wire(new ParleyError('INTERNAL', { errorId: errorIdOf(error) }));
  }
}

const errorIds = new WeakMap<object, string>();

/** The id under which an unforeseen error is logged and told: the same for both. */
export function errorIdOf(error: TRPCError): string {
  const key = error.cause ?? error;
  const id = errorIds.get(key) ?? randomUUID();
  errorIds.set(key, id);
  return id;
}

/** tRPC's own code for each status: it decides the status of an HTTP answer. */
const TRPC_CODE = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<(typeof ERROR_STATUS)[ErrorCode], TRPCError['code']>;

/** A domain's refusal as the error that tRPC knows, with the refusal as its cause. */
export const toTrpcError = (cause: ParleyError): TRPCError =>
  new TRPCError({ code: TRPC_CODE[ERROR_STATUS[cause.code]], cause });

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer,
    isDev: false,
    errorFormatter: ({ shape, error }): ApiErrorShape => {
      const data = toWireError(error);
      return { code: shape.code, message: data.code, data };
    },
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
  });

export const router = t.router;

/** A procedure for anybody. */
export const publicProcedure = t.procedure.use(({ ctx, next }) => attend(ctx, () => next()));

/** A procedure for people with a session. Every one of them can give `UNAUTHENTICATED`. */
export const procedure = t.procedure.use(({ ctx, next }) =>
  attend(ctx, () => {
    if (!ctx.session) throw toTrpcError(new ParleyError('UNAUTHENTICATED'));
    return next({ ctx: ctx as SignedIn });
  }),
);

/** Around every call: counts it for its socket, and gives a refusal the status that it has over HTTP. */
async function attend<Result extends { ok: true } | { ok: false; error: TRPCError }>(
  { socket }: Context,
  call: () => Promise<Result>,
): Promise<Result> {
  socket?.socket.callBegins();
  try {
    const result = await call();
    if (!result.ok && result.error.cause instanceof ParleyError) throw toTrpcError(result.error.cause);
    return result;
  } finally {
    socket?.socket.callEnds();
  }
}
