import { sendAccountMail } from './auth/account-mail.ts';
import { cleanUp } from './auth/clean-up.ts';
import { clearAccount } from './auth/clear-account.ts';
import { makeExport } from './export/make.ts';
import { sweepExports } from './export/sweep.ts';
import { sweepFiles } from './files/sweep.ts';
import { clearGroup } from './groups/clear.ts';
import type { JobHandlers } from './jobs/run-job.ts';
import { sendMail } from './mail/send-mail.ts';
import { makePreview } from './previews/make.ts';
import { trimMessages } from './retention/trim.ts';
import { sendScheduled } from './scheduled/deliver.ts';
import { indexBlocks } from './search/index-blocks.ts';
import { sweepStories } from './stories/sweep.ts';

/** What each job does. */
export const jobHandlers: JobHandlers = {
  'mail.send': sendMail,
  'accounts.mail': sendAccountMail,
  'accounts.clear': clearAccount,
  'accounts.clean-up': cleanUp,
  'groups.clear': clearGroup,
  'files.sweep': sweepFiles,
  'stories.sweep': sweepStories,
  'scheduled.send': sendScheduled,
  'previews.make': makePreview,
  'messages.trim': trimMessages,
  'exports.make': makeExport,
  'exports.sweep': sweepExports,
  'search.index': indexBlocks,
};
