import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { MailTemplate } from './templates.ts';

/** A mail that waits, with its template not filled in yet. */
export interface QueuedMail {
  to: string;
  mail: MailTemplate;
}

/**
 * Queues a mail to one address, in the transaction that wants it said. It leaves a moment after the commit,
 * whatever becomes of the request; without the commit it never does.
 */
export async function queueMail(tx: Tx, app: App, to: string, mail: MailTemplate): Promise<void> {
  await app.jobs.enqueue(tx, 'mail.send', { to, mail });
}
