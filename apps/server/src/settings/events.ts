import type { Settings } from '@parley/contract';
import type { Hydrator } from '../events/hydrate.ts';

const updated: Hydrator<'settings.updated'> = async (_, rows: { refs: Settings }[]) =>
  rows.map(({ refs }) => ({ type: 'settings.updated', settings: refs }));

export const settingsEvents = { 'settings.updated': updated };
