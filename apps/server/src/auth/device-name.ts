import { LIMITS } from '@parley/contract';
import { text } from '../text.ts';

/** What a client calls the device that it runs on. */
export const deviceName = text(1, LIMITS.deviceName).trim();

/** The first that a user agent names is it: most of them name several, for the sake of old servers. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['CriOS/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** A short name for a device that did not say its own: `Firefox on Linux`, else the name of the program. */
export function nameFromUserAgent(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const named = (list: readonly (readonly [string, string])[]) =>
    list.find(([sign]) => userAgent.includes(sign))?.[1];
  const known = [named(BROWSERS), named(SYSTEMS)].filter((name) => name !== undefined);
  return known.join(' on ') || (/^[\w.-]{1,40}/.exec(userAgent)?.[0] ?? 'Unknown device');
}
