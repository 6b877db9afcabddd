import type { ErrorCode, ErrorData } from '@parley/contract';

/**
 * What a domain function throws to refuse: one code of the closed list, with its data. Everything else that
 * is thrown is a fault of the server, and reaches the client as `INTERNAL` with an id.
 */
export class ParleyError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly data: ErrorData[Code];

  constructor(code: Code, ...[data]: keyof ErrorData[Code] extends never ? [] : [data: ErrorData[Code]]) {
    super(code);
    this.name = 'ParleyError';
    this.code = code;
    this.data = data ?? ({} as ErrorData[Code]);
  }
}

/** The refusal of one field, for what no schema can see. */
export const invalidInput = (path: string, message: string): ParleyError<'INVALID_INPUT'> =>
  new ParleyError('INVALID_INPUT', { issues: [{ path, message }] });
