import type { CodePurpose } from '../database/generated/client.ts';
import type { Env } from '../env.ts';
import { urlUnder } from '../url-under.ts';

/** Where the links of mails lead; mail-links.ts has what is there. */
export const LINK_PATHS = {
  verify_email: '/verify-email',
  reset_password: '/reset-password',
  change_email: '/change-email',
} as const satisfies Record<CodePurpose, string>;

/** The link for a mail. Its base is configured, and never taken from a request. */
export const linkTo = ({ PUBLIC_URL }: Env, purpose: CodePurpose, token: string): string =>
  urlUnder(PUBLIC_URL, `${LINK_PATHS[purpose]}?token=${token}`);
