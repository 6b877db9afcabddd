import { VARIABLES } from '../src/env.ts';

/** Limits that no test meets by accident. None is off. */
export const HIGH_LIMITS: Record<string, string> = {
  MAX_MESSAGES_PER_SECOND: '100000',
  ...Object.fromEntries(
    VARIABLES.filter((name) => name.startsWith('LIMIT_')).map((name) => [name, '1000000/60']),
  ),
  MAIL_PER_DAY: '1000000',
};
