import type { ErrorCode, WireError } from '@parley/contract';

/** A refusal of the server: `data` is its code with what belongs to it. */
export interface ParleyError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly data: Extract<WireError, { code: Code }>;
}

/**
 * Whether the server refused, and, given a code, refused for that reason: `error.data` is typed by it. False
 * for whatever else can go wrong on the way: then nothing is known of the outcome.
 */
export function isParleyError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is ParleyError<Code> {
  if (!(error instanceof Error)) return false;
  const { data } = error as { data?: { code?: unknown; httpStatus?: unknown } | null };
  if (typeof data?.code !== 'string' || typeof data.httpStatus !== 'number') return false;
  return code === undefined || data.code === code;
}
