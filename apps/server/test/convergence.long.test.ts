import { test } from 'vitest';
import { converge } from './converge.ts';

test(
  'whatever people do, and whatever becomes of what they send: every device shows what the server has',
  () => converge(60),
  900_000,
);
