import type { MembershipSettings } from '@parley/contract';
import type { Member as MemberRow } from '../database/generated/client.ts';

type Kept = Pick<MemberRow, 'archivedAt' | 'pinnedAt' | 'mutedUntil' | 'notify' | 'markedUnread'>;

/** How a member keeps a conversation, as the contract has it. */
export const toSettings = (kept: Kept): MembershipSettings => ({
  isArchived: kept.archivedAt !== null,
  pinnedAt: kept.pinnedAt?.toISOString() ?? null,
  mutedUntil: kept.mutedUntil?.toISOString() ?? null,
  notify: kept.notify,
  isMarkedUnread: kept.markedUnread,
});
