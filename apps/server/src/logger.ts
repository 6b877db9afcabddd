import { type DestinationStream, type Logger, pino } from 'pino';
import { ZodError } from 'zod';

/** Names under which nothing but a number is ever logged, in whatever depth and case. */
const SECRET =
  /^((new|current|old)?password(hash)?|(access|refresh|id)?token|code|secret|pepper|authorization|(set-)?cookie|email|recipient|to|link|html|text|body|input|headers)s?$/i;
/** How deep an object is looked into. What lies deeper is left out. */
const DEPTH = 5;

/**
 * The log: one line of JSON for each thing that happened. Whatever is given, no line holds a secret, an address
 * or what somebody wrote: fields with such names are left out, and of an error only that is kept which does not
 * quote what it was given. `destination` is stdout unless a test reads it.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      formatters: { log: (fields) => redact(fields, DEPTH) as Record<string, unknown> },
      // Its own would take what is left of an error for another error.
      serializers: { err: (described: unknown) => described },
      hooks: {
        logMethod(given, log) {
          const [first, message] = given as unknown[];
          const fields = first instanceof Error ? { err: first } : first;
          // Left to itself, pino takes an error's own words for the message.
          if (typeof fields === 'object' && message === undefined)
            return log.apply(this, [fields, 'an error'] as unknown as typeof given);
          log.apply(this, [fields, ...given.slice(1)] as typeof given);
        },
      },
    },
    destination ?? pino.destination(1),
  );
}

function redact(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describe(value, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      SECRET.test(name) && typeof field !== 'number' ? '[redacted]' : redact(field, depth - 1),
    ]),
  );
}

interface Thrown extends Error {
  code?: unknown;
  /** The system's: what was tried. */
  syscall?: unknown;
  /** Postgres's: names of the schema, never a value. `detail`, `where` and the parameters quote values. */
  table?: unknown;
  column?: unknown;
  constraint?: unknown;
  /** Prisma's. */
  meta?: { modelName?: unknown; driverAdapterError?: { cause?: { originalCode?: unknown; kind?: unknown } } };
  errors?: unknown;
}

/** What may be kept of an error: where it was thrown, its codes and names, and words that quote nothing. */
function describe(error: Thrown, depth: number): Record<string, unknown> {
  const { name, code, syscall, table, column, constraint, meta, cause, errors } = error;
  const driver = meta?.driverAdapterError?.cause;
  return {
    type: name,
    message: wordsOf(error),
    code,
    syscall,
    table,
    column,
    constraint,
    ...(meta && { modelName: meta.modelName, sqlState: driver?.originalCode, kind: driver?.kind }),
    ...(error instanceof ZodError && {
      issues: error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`),
    }),
    stack: framesOf(error),
    ...(cause instanceof Error && depth > 0 && { cause: describe(cause, depth - 1) }),
    ...(Array.isArray(errors) && depth > 0 && { errors: redact(errors, depth - 1) }),
  };
}

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Classes of it whose messages name things of the schema and never a value. */
const QUOTES_NO_VALUE = /^(08|23|25|40|42|53|55|57)/;
const PRISMA_CALL = /Invalid `[\w.()]+` invocation/;

/** An error's message as far as it quotes nothing: its first line, up to the first quotation mark. */
function wordsOf({ code, message, name }: Thrown): string {
  const text = String(message);
  if (name.startsWith('Prisma')) return PRISMA_CALL.exec(text)?.[0] ?? '';
  if (typeof code === 'string' && SQLSTATE.test(code)) return QUOTES_NO_VALUE.test(code) ? text : '';
  // They show the text that could not be parsed; a ZodError's is a list of all that was wrong.
  if (name === 'SyntaxError' || name === 'ZodError' || name === '$ZodError') return '';
  const [line = ''] = text.split('\n', 1);
  return line
    .replace(/["'`<“„«].*/u, '…')
    .replace(/(?<!\S)[^\s@]*@\S+/g, '…')
    .slice(0, 200);
}

/** The places of the stack. Its head repeats the message. */
const framesOf = ({ stack }: Error): string[] =>
  (stack ?? '').split('\n').flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []));
