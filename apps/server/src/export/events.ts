import type { Export } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';

const updated: Hydrator<'export.updated'> = async (_, rows: { topic: string; refs: { export: Export } }[]) =>
  rows.map(({ refs }) => ({ type: 'export.updated', ...refs }));

export const exportEvents = { 'export.updated': updated };
