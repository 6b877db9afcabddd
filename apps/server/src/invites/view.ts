import type { Invite } from '@parley/contract';
import type { Invite as InviteRow } from '../database/generated/client.ts';

/** An invite's row as the contract has it. */
export const toInvite = ({ id, creatorId, createdAt, expiresAt, maxUses, uses }: InviteRow): Invite => ({
  id,
  creatorId,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  maxUses,
  uses,
});
