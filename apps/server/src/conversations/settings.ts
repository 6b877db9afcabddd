import type { MembershipSettings } from '@parley/contract';
import type { Member as MemberRow } from '../database/generated/client.ts';

type Kept = Pick<MemberRow, 'archivedAt' | 'pinnedAt' | 'mutedUntil' | 'notify'>;

/** How a member keeps a conversation, as the contract has it. */
export const toSettings = ({ archivedAt, pinnedAt, mutedUntil, notify }: Kept): MembershipSettings => ({
  isArchived: archivedAt !== null,
  pinnedAt: pinnedAt?.toISOString() ?? null,
  mutedUntil: mutedUntil?.toISOString() ?? null,
  notify,
});
