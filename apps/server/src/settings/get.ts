import type { Settings } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { me } from '../users/me.ts';

/** The caller's own settings. */
export const getSettings = async (ctx: SignedIn): Promise<Settings> => (await me(ctx)).settings;
