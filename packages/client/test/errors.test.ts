import { TRPCClientError } from '@trpc/client';
import { expect, expectTypeOf, test } from 'vitest';
import { isParleyError } from '../src/errors.ts';

const refusal = (data: object): Error =>
  TRPCClientError.from({ error: { code: -32_000, message: 'no', data } } as never);

test('an error of the list is one, and one of its code', () => {
  const error: unknown = refusal({ code: 'GROUP_FULL', httpStatus: 409, limit: 5 });
  expect(isParleyError(error)).toBe(true);
  expect(isParleyError(error, 'NOT_FOUND')).toBe(false);
  if (!isParleyError(error, 'GROUP_FULL')) throw error;
  expectTypeOf(error.data.limit).toEqualTypeOf<number>();
  expect(error.data.limit).toBe(5);
});

test('whatever else is thrown is none', () => {
  for (const error of [
    new Error('x'),
    refusal({}),
    new TRPCClientError('WebSocket closed'),
    null,
    'x',
    { data: { code: 'BUSY' } },
  ])
    expect(isParleyError(error)).toBe(false);
});
