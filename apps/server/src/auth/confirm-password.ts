import type { SignedIn } from '../context.ts';
import type { User } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';

/**
 * The caller's account, once they have given its password again: a session that was left open is not enough for what
 * follows. Errors: `WRONG_PASSWORD`, `BUSY`.
 */
export async function confirmPassword(ctx: SignedIn, password: string): Promise<User> {
  const { database, passwords } = ctx.app;
  const user = await database.prisma.user.findUnique({ where: { id: ctx.session.userId } });
  const isRight = await passwords.verify(password, user?.passwordHash || null);
  if (!user || !isRight) throw new ParleyError('WRONG_PASSWORD');
  return user;
}
