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
