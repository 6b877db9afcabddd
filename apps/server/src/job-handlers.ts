import { sendAccountMail } from './auth/account-mail.ts';
import { cleanUp } from './auth/clean-up.ts';
import { clearAccount } from './auth/clear-account.ts';
import { sweepFiles } from './files/sweep.ts';
import { clearGroup } from './groups/clear.ts';
import type { JobHandlers } from './jobs/run-job.ts';
import { sendMail } from './mail/send-mail.ts';

/** What each job does. */
export const jobHandlers: JobHandlers = {
  'mail.send': sendMail,
  'accounts.mail': sendAccountMail,
  'accounts.clear': clearAccount,
  'accounts.clean-up': cleanUp,
  'groups.clear': clearGroup,
  'files.sweep': sweepFiles,
};
