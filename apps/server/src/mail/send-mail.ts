import type { JobHandler } from '../jobs/run-job.ts';
import { writeMail } from './templates.ts';

/** Writes a queued mail and gives it away. Each try is the same mail to the provider: the job's id is its key. */
export const sendMail: JobHandler<'mail.send'> = async (app, { to, mail }, { id }) => {
  await app.mail.deliver({ to, ...writeMail(mail, app.env.APP_NAME) }, id);
};
