import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Env } from '../env.ts';
import type { MailDriver } from './driver.ts';
import { inboxDriver } from './inbox.ts';
import { resendDriver } from './resend.ts';
import { smtpDriver } from './smtp.ts';

/** The way that mail leaves here, by the configuration, which has seen to it that the way has what it needs. */
export function createMailDriver(env: Env, database: Database, clock: Clock): MailDriver {
  const { MAIL_FROM: from } = env;
  switch (env.MAIL) {
    case 'resend':
      return resendDriver({ from, key: env.RESEND_API_KEY!, url: env.RESEND_URL });
    case 'smtp':
      return smtpDriver({ from, url: env.SMTP_URL! });
    case 'inbox':
      return inboxDriver(database, clock);
  }
}
