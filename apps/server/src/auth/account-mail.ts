import type { App } from '../context.ts';
import type { Tx } from '../database/database.ts';
import type { CodePurpose, User } from '../database/generated/client.ts';
import { mayMail } from '../limits/may-mail.ts';
import { queueMail } from '../mail/queue-mail.ts';
import { lockAccount } from '../users/lock.ts';
import { nameKey } from '../users/names.ts';
import { issueCode } from './codes.ts';
import { linkTo } from './links.ts';

/** Why somebody at this address may be due a mail. */
export type AccountMailJob =
  /** An account was made with it, or … */
  | { reason: 'registered'; email: string }
  /** … somebody tried to, and there was one already. */
  | { reason: 'registered-again'; email: string }
  | { reason: 'resend'; email: string }
  | { reason: 'forgot'; email: string }
  /** This person wants it to be theirs. */
  | { reason: 'change'; email: string; userId: string };

/** A mail that is due: a code for a purpose, or word that somebody else wanted the address. */
interface Due {
  user: User;
  to: string;
  mail: CodePurpose | 'address-in-use';
}

/**
 * The job behind every answer that must not tell whether an address has an account: looks it up, and mails. A mailbox
 * gets only so many in a time; those beyond are dropped without a word.
 */
export async function sendAccountMail(app: App, job: AccountMailJob): Promise<void> {
  const found = await whatIsDue(app.database.prisma, job);
  if (!found || !(await mayMail(app, found.to))) return;
  await app.database.transaction(async (tx) => {
    await lockAccount(tx, found.user.id);
    // Looked at again: the account may just have been verified, or be gone.
    const due = await whatIsDue(tx, job);
    if (due) await write(tx, app, due);
  });
}

async function whatIsDue(tx: Tx, job: AccountMailJob): Promise<Due | null> {
  const owner = await tx.user.findUnique({ where: { emailKey: nameKey(job.email), deletedAt: null } });
  const mailTo = (user: User | null, mail: Due['mail'], to = user?.email) =>
    user && to !== undefined ? { user, mail, to } : null;
  switch (job.reason) {
    case 'registered':
    case 'resend':
      return owner?.emailVerifiedAt ? null : mailTo(owner, 'verify_email');
    case 'registered-again':
      return mailTo(owner, 'address-in-use');
    case 'forgot':
      // Without a password of ours there is none to reset.
      return owner?.passwordHash ? mailTo(owner, 'reset_password') : null;
    case 'change': {
      if (owner && owner.id !== job.userId) return mailTo(owner, 'address-in-use');
      const asking = await tx.user.findUnique({ where: { id: job.userId, deletedAt: null } });
      return mailTo(asking, 'change_email', job.email);
    }
  }
}

async function write(tx: Tx, app: App, { user, to, mail }: Due): Promise<void> {
  const { id: userId, username } = user;
  const issue = async (purpose: CodePurpose) => {
    const { digits: code, token } = await issueCode(tx, app, { userId, purpose, email: to });
    return { code, link: linkTo(app.env, purpose, token) };
  };
  if (mail !== 'address-in-use')
    return queueMail(tx, app, to, { template: TEMPLATES[mail], username, ...(await issue(mail)) });
  // Nobody has shown that this account is theirs: whoever reads this mail may take it, from whoever made it.
  const isAnybodys = !user.emailVerifiedAt && user.passwordHash !== '';
  const resetLink = isAnybodys ? (await issue('reset_password')).link : undefined;
  return queueMail(tx, app, to, { template: mail, username, ...(resetLink !== undefined && { resetLink }) });
}

const TEMPLATES = {
  verify_email: 'verify-email',
  reset_password: 'reset-password',
  change_email: 'change-email',
} as const satisfies Record<CodePurpose, string>;
