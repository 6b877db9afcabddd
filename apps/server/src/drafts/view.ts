import type { Draft } from '@parley/contract';
import type { Draft as DraftRow } from '../database/generated/client.ts';

/** A draft's row as the contract has it. */
export const toDraft = ({
  text,
  replyTo,
  updatedAt,
}: Pick<DraftRow, 'text' | 'replyTo' | 'updatedAt'>): Draft => ({
  text,
  ...(replyTo !== null && { replyTo }),
  updatedAt: updatedAt.toISOString(),
});
