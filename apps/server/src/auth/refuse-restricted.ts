import type { App, Session } from '../context.ts';
import { ParleyError } from '../error.ts';

/**
 * Refuses a session whose account's address is not verified with `EMAIL_NOT_VERIFIED`. A socket is told who it is once,
 * so the account is looked at again: verifying counts at once.
 */
export async function refuseRestricted({ database }: App, session: Session): Promise<void> {
  if (!session.isRestricted) return;
  const user = await database.prisma.user.findUnique({
    where: { id: session.userId },
    select: { emailVerifiedAt: true },
  });
  if (!user?.emailVerifiedAt) throw new ParleyError('EMAIL_NOT_VERIFIED');
  session.isRestricted = false;
}
