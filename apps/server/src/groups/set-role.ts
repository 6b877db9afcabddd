import type { SignedIn } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { Member, MemberRole } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { append } from '../events/append.ts';
import { lockGroup } from './lock.ts';
import { maySetRoles } from './policy.ts';

/** Makes a member an admin, or an admin a member. The owner's own role is only handed over. */
export async function setRole(
  ctx: SignedIn,
  input: { conversationId: string; userId: string; role: 'admin' | 'member' },
): Promise<null> {
  const { conversationId, userId, role } = input;
  await ctx.app.database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!maySetRoles(me.role)) throw new ParleyError('FORBIDDEN', { need: 'owner' });
    if (userId === me.userId) throw new ParleyError('OWNER_MUST_TRANSFER');
    const member = await findMember(tx, conversationId, userId);
    if (member.role !== role) await changeRole(tx, conversationId, userId, role);
  });
  return null;
}

/** Hands a group over to another member. Whoever owned it is an admin from then on, and may leave. */
export async function transferOwnership(
  ctx: SignedIn,
  input: { conversationId: string; userId: string },
): Promise<null> {
  const { conversationId, userId } = input;
  await ctx.app.database.transaction(async (tx) => {
    const { me } = await lockGroup(tx, ctx, conversationId);
    if (!maySetRoles(me.role)) throw new ParleyError('FORBIDDEN', { need: 'owner' });
    if (userId === me.userId) throw new ParleyError('NOT_YOURSELF');
    await findMember(tx, conversationId, userId);
    await changeRole(tx, conversationId, userId, 'owner');
    await changeRole(tx, conversationId, me.userId, 'admin');
  });
  return null;
}

async function findMember(tx: Tx, conversationId: string, userId: string): Promise<Member> {
  const where = { conversationId_userId: { conversationId, userId } };
  const member = await tx.member.findUnique({ where });
  if (!member) throw new ParleyError('NOT_FOUND', { what: 'member' });
  return member;
}

/** Makes a member of a group, whose row is locked, something else in it. */
export async function changeRole(
  tx: Tx,
  conversationId: string,
  userId: string,
  role: MemberRole,
): Promise<void> {
  await tx.member.update({ where: { conversationId_userId: { conversationId, userId } }, data: { role } });
  await append(tx, { topic: conversationId, type: 'member.roleChanged', refs: { userId, role } });
}
