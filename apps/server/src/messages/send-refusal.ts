import type { MessageExtras } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import { ParleyError } from '../error.ts';

/** Why a send was not stored, from what `send_messages` answers in the places of an outcome and of a seq. */
export function refusalOf(outcome: string, number = 0, messageId = ''): ParleyError {
  switch (outcome) {
    case 'conflict':
      return new ParleyError('IDEMPOTENCY_CONFLICT', { messageId });
    case 'peer_blocked':
      return new ParleyError('PERSON_BLOCKED');
    case 'no_reply':
      return new ParleyError('NOT_FOUND', { what: 'message' });
    case 'no_mention':
      return new ParleyError('NOT_FOUND', { what: 'member' });
    case 'not_everyone':
      return new ParleyError('FORBIDDEN', { need: 'admin' });
    case 'too_soon':
      return new ParleyError('RATE_LIMITED', { retryAfter: number });
    default:
      return new ParleyError('NOT_FOUND', { what: 'conversation' });
  }
}

/** Refuses what a member could not send either. Errors: `NOT_FOUND` (message, member), `FORBIDDEN` (to mention everyone). */
export async function refuseExtras(
  tx: Tx,
  userId: string,
  conversationId: string,
  extras: MessageExtras,
): Promise<void> {
  const [row] = await tx.$queryRaw<{ problem: string | null }[]>`
    SELECT problem_of_extras(${JSON.stringify(extras)}::jsonb, m) AS problem FROM members m
    WHERE m.conversation_id = ${conversationId}::uuid AND m.user_id = ${userId}::uuid`;
  if (row?.problem) throw refusalOf(row.problem);
}
