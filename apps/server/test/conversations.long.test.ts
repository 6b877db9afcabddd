import { test } from 'vitest';
import { openFromBothSides } from './pairs.ts';

test('S47: opened from both sides at once by a thousand pairs, on two nodes: one conversation a pair', () =>
  openFromBothSides(46));
