import { randomUUID } from 'node:crypto';
import { ERROR_STATUS, type ErrorCode, type WireError } from '@parley/contract';
import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { refuseRestricted } from './auth/refuse-restricted.ts';
import type { App, Context, SignedIn } from './context.ts';
import { isDatabaseAway } from './database/away.ts';
import { invalidInput, ParleyError } from './error.ts';
import type { LimitName } from './limits/limits.ts';
import { transformer } from './transformer.ts';

/** What an error looks like on the wire. `data` is one of the closed list, see the contract's errors.ts. */
export interface ApiErrorShape {
  /** JSON-RPC's number. Clients read `data.code`. */
  code: number;
  message: string;
  data: WireError;
}

/**
 * What a procedure says of itself: the errors it gives beyond those that others of its kind give too, and its events.
 * Any gives `RATE_LIMITED`, `UNSUPPORTED_REQUEST`, `UNAVAILABLE` and `INTERNAL`, and `INVALID_INPUT` if it has an
 * input; any for people with a session `UNAUTHENTICATED`, and `EMAIL_NOT_VERIFIED` unless it is open to those too. One
 * that gives another still refuses with it, and the log says so: see `isDeclared`.
 */
export interface Meta {
  /** One that names `ACCOUNTS_ELSEWHERE` is refused where another service keeps the accounts. */
  errors?: readonly ErrorCode[];
  /** The errors of its kind; the builders below set it. */
  common?: readonly ErrorCode[];
  events?: readonly string[];
  /** Open also to a session whose account's address is not verified yet. */
  unverified?: boolean;
  /** What it counts besides what every call does: by person, or by address where no session is needed. */
  limits?: readonly LimitName[];
}

/** What one `INVALID_INPUT` tells of, and characters of each: an input can be wrong in more than anybody reads. */
const MAX_ISSUES = 20;
const MAX_ISSUE = 200;

const wire = <Code extends ErrorCode>(error: ParleyError<Code>): WireError =>
  ({ code: error.code, httpStatus: ERROR_STATUS[error.code], ...error.data }) as unknown as WireError;

/** The one place where whatever was thrown becomes an error of the closed list. */
export function toWireError(error: TRPCError): WireError {
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
      return wire(invalidInput('', 'The request cannot be read'));
    case 'PAYLOAD_TOO_LARGE':
      return wire(invalidInput('', 'The request is too large'));
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
  413: 'PAYLOAD_TOO_LARGE',
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

/** What any procedure gives, and what those give that are for people with a session. */
const ANY: readonly ErrorCode[] = ['RATE_LIMITED', 'UNSUPPORTED_REQUEST', 'UNAVAILABLE', 'INTERNAL'];
const SIGNED_IN: readonly ErrorCode[] = ['UNAUTHENTICATED', 'EMAIL_NOT_VERIFIED'];

/** Whether a procedure of this definition says that it gives this error, or others of its kind give it too. */
export function isDeclared({ meta, inputs }: { meta?: Meta; inputs: unknown[] }, code: ErrorCode): boolean {
  const { errors = [], common = [], unverified = false } = meta ?? {};
  if (common.includes(code)) return !(unverified && code === 'EMAIL_NOT_VERIFIED');
  return [...ANY, ...errors, ...(inputs.length > 0 ? ['INVALID_INPUT'] : [])].includes(code);
}

/** A procedure for anybody. */
export const publicProcedure = t.procedure.use(({ ctx, meta, next }) =>
  withStatus(async () => {
    await takeLimits(ctx.app, 'strangers', meta, ctx.client.network);
    refuseElsewhere(ctx.app, meta);
    return next();
  }),
);

/** A procedure for people with a session. Every one of them can give `UNAUTHENTICATED`. */
export const procedure = t.procedure.meta({ common: SIGNED_IN }).use(({ ctx, meta, next }) =>
  withStatus(async () => {
    if (!ctx.session) throw new ParleyError('UNAUTHENTICATED');
    await takeLimits(ctx.app, 'operations', meta, ctx.session.userId);
    if (!meta?.unverified) await refuseRestricted(ctx.app, ctx.session);
    refuseElsewhere(ctx.app, meta);
    // The context is as it was, and is not copied: now it is known to have a session.
    return next<SignedIn>({});
  }),
);

/** Where another service keeps the accounts, what names `ACCOUNTS_ELSEWHERE` among its errors is done there. */
function refuseElsewhere({ env }: App, meta: Meta | undefined): void {
  if (env.AUTH !== 'local' && meta?.errors?.includes('ACCOUNTS_ELSEWHERE'))
    throw new ParleyError('ACCOUNTS_ELSEWHERE');
}

/** Counts a call, a subscription once: as one of all, and for what its procedure names besides. */
async function takeLimits(
  { limits }: App,
  every: LimitName,
  meta: Meta | undefined,
  key: string,
): Promise<void> {
  await limits.take(every, key);
  for (const limit of meta?.limits ?? []) await limits.take(limit, key);
}

/** Makes a call, and gives a refusal, its own or that of what it calls, the status that it has over HTTP. */
async function withStatus<Result extends { ok: true } | { ok: false; error: TRPCError }>(
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await call();
    if (!result.ok && result.error.cause instanceof ParleyError) throw result.error.cause;
    return result;
  } catch (error) {
    throw error instanceof ParleyError ? toTrpcError(error) : error;
  }
}
