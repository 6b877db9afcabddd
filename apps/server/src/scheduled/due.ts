import type { App } from '../context.ts';
import { isDatabaseAway } from '../database/away.ts';
import { regularly } from '../regularly.ts';

/** How often each node looks whether something is due. Milliseconds. */
const EVERY = 1_000;
/** How long whoever has taken a message has to send it, before it is due again. Milliseconds. */
export const LEASE = 5 * 60_000;
/** Messages that are taken at once. */
const BATCH = 500;

/** In their order: for any one of them Postgres might read all that are not due. */
const ANY = {
  name: 'scheduled_due',
  text: 'SELECT 1 FROM scheduled_messages WHERE due_at <= $1 ORDER BY due_at LIMIT 1',
};

/**
 * Takes what is due, by this server's clock, and leaves a job for each person to send theirs: together, so that what is
 * taken has its job. Of several nodes one takes it. What was taken and is still there later is taken again.
 */
export async function takeDue({ database, clock, jobs }: App): Promise<void> {
  const now = clock.now();
  const { rowCount } = await database.pool.query({ ...ANY, values: [now] });
  if (rowCount === 0) return;
  const later = new Date(now.getTime() + LEASE);
  await database.transaction(async (tx) => {
    const taken = await tx.$queryRaw<{ userId: string }[]>`
      UPDATE scheduled_messages SET sending = true, due_at = ${later}
      WHERE id IN (SELECT id FROM scheduled_messages WHERE due_at <= ${now} ORDER BY due_at, id LIMIT ${BATCH}
                   FOR UPDATE SKIP LOCKED)
      RETURNING user_id AS "userId"`;
    for (const userId of new Set(taken.map(({ userId }) => userId)))
      await jobs.enqueue(tx, 'scheduled.send', { userId });
  });
}

/** Looks every second. */
export const watchSchedule = (app: App) =>
  regularly(
    EVERY,
    () => takeDue(app),
    (error) => {
      if (!isDatabaseAway(error)) app.logger.warn({ err: error }, 'nobody knows what is due to be sent');
    },
  );
