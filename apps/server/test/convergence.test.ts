import { test } from 'vitest';
import { converge } from './converge.ts';

test(
  'whatever people do, and however often the cable is pulled: every device shows what the server has',
  () => converge(1),
  120_000,
);
