import { test } from 'vitest';
import { TABS } from './tabs.ts';

test.each(TABS)('S25 two tabs with %s: 1,000 races log nobody out', (_, race) => race(1_000));
