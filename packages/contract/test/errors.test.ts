import { expect, expectTypeOf, test } from 'vitest';
import { ERROR_STATUS, type ErrorCode, type ErrorData, type WireError } from '../src/errors.ts';

test('each code has the status of a refusal or a fault', () => {
  expectTypeOf<keyof typeof ERROR_STATUS>().toEqualTypeOf<ErrorCode>();
  for (const [code, status] of Object.entries(ERROR_STATUS)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(status, code).toBeLessThan(600);
  }
});

test('each code has its own data on the wire', () => {
  expectTypeOf<WireError['code']>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<Extract<WireError, { code: 'GROUP_FULL' }>>().toExtend<ErrorData['GROUP_FULL']>();
  expectTypeOf<Extract<WireError, { code: 'NOT_FOUND' }>['httpStatus']>().toEqualTypeOf<404>();
});

test('no data takes the place of what every error has', () => {
  type Names = { [Code in ErrorCode]: keyof ErrorData[Code] }[ErrorCode];
  expectTypeOf<Extract<Names, 'code' | 'httpStatus'>>().toBeNever();
});
