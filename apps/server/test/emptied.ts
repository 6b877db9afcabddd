import { expect } from 'vitest';
import { runSql } from './database.ts';
import type { TestServer } from './server.ts';

/**
 * A server of many tests as if it were a new one, where they call people by the same names: nobody has an account, no
 * mail lies there, and none is on its way. Conversations it must not have.
 */
export async function emptied<Server extends TestServer>(server: Server): Promise<Server & AsyncDisposable> {
  const { databaseUrl } = server;
  const jobs = "SELECT FROM pgboss.job WHERE name IN ('accounts.mail', 'mail.send') AND state < 'completed'";
  await expect.poll(() => runSql(databaseUrl, jobs)).toEqual([]);
  await runSql(databaseUrl, 'DELETE FROM users; DELETE FROM inbox_mails; DELETE FROM limit_counts');
  return { ...server, [Symbol.asyncDispose]: async () => {} };
}
