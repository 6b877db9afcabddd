import type { App } from '../context.ts';
import { nameKey } from '../users/names.ts';

/**
 * Compares a password as one of the failures that this name may have, and that all may have together. Counted before,
 * so that many at once are not compared first and counted later; what did not fail is taken back. By the name as it was
 * given, not by the account: a limit that both of its names share would tell that they belong together.
 *
 * Errors: `RATE_LIMITED`.
 */
export async function attemptLogin(
  { limits }: App,
  login: string,
  isRight: () => Promise<boolean>,
): Promise<boolean> {
  const name = nameKey(login);
  await limits.take('failedLogins', name);
  await limits.take('allFailedLogins', 'all');
  let failed = false;
  try {
    failed = !(await isRight());
    return !failed;
  } finally {
    if (!failed) {
      await limits.giveBack('failedLogins', name);
      await limits.giveBack('allFailedLogins', 'all');
    }
  }
}
