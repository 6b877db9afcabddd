import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import { nameKey } from '../users/names.ts';
import { giveRole } from './set-role.ts';

/**
 * Makes the account whose verified address is the configured `ADMIN_EMAIL` an admin, if it is not: so there is a
 * first one. It is called when the server starts and when an address was verified; most often there is nothing to do.
 */
export async function appointAdmin(tx: Tx, app: App): Promise<void> {
  const { ADMIN_EMAIL } = app.env;
  if (ADMIN_EMAIL === undefined) return;
  const user = await tx.user.findUnique({
    where: { emailKey: nameKey(ADMIN_EMAIL), emailVerifiedAt: { not: null }, deletedAt: null },
  });
  // Nobody did it but the configuration.
  const nobody = { app, session: null, client: { address: '' } };
  if (user) await giveRole(tx, nobody, user, 'ADMIN');
}
