import type { MessageExtras, Scheduled, ScheduledFailure } from '@parley/contract';
import type pg from 'pg';
import type { ScheduledMessage } from '../database/generated/client.ts';

/** The row of a scheduled message as the contract has it. */
export const toScheduled = ({
  id,
  conversationId,
  text,
  extras,
  sendAt,
  createdAt,
  updatedAt,
  failure,
}: Viewed): Scheduled => ({
  id,
  conversationId,
  text,
  ...(extras as MessageExtras | null),
  sendAt: sendAt.toISOString(),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  ...(failure !== null && { failure: failure as ScheduledFailure }),
});

type Viewed = Omit<ScheduledMessage, 'userId' | 'fingerprint' | 'dueAt' | 'sending'>;

/** All that somebody has scheduled, the next one first. `client` is the pool, or one connection inside a snapshot. */
export async function loadScheduled(client: pg.Pool | pg.ClientBase, userId: string): Promise<Scheduled[]> {
  const { rows } = await client.query<Viewed>({ name: 'scheduled', text: SCHEDULED, values: [userId] });
  return rows.map(toScheduled);
}

const SCHEDULED = `
  SELECT id, conversation_id AS "conversationId", text, extras, send_at AS "sendAt", created_at AS "createdAt",
         updated_at AS "updatedAt", failure
  FROM scheduled_messages WHERE user_id = $1 ORDER BY send_at, id`;
