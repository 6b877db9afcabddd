import type { App } from '../context.ts';
import { nameKey } from '../users/names.ts';

/**
 * Whether one more of the mails that people ask for may go to this mailbox: each gets so many, and so do all of
 * them in a day. Counts it. The answer is for nobody outside, who would learn from it what the mailbox got before.
 */
export async function mayMail({ limits, logger }: App, mailbox: string): Promise<boolean> {
  if (!(await limits.allows('mailbox', nameKey(mailbox)))) return false;
  if (await limits.allows('mailPerDay', 'all')) return true;
  logger.warn('a mail was not sent: MAIL_PER_DAY were sent today');
  return false;
}
