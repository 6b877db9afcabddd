import { test } from 'vitest';
import { raceFriends } from './friendships.ts';

test(
  'whatever two do, often: what is between them is one thing, and both believe it',
  () => raceFriends(1_500),
  600_000,
);
