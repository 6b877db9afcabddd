import { type Block, render } from './render.ts';

/** All mails there are, with what each needs to be written. Links are made of `PUBLIC_URL` alone. */
export type MailTemplate =
  | {
      template: 'verify-email' | 'reset-password' | 'change-email';
      username: string;
      code: string;
      link: string;
    }
  /** Somebody tried to register with the address of an account. */
  | { template: 'address-in-use'; username: string; resetLink?: string }
  /** To the old address; `newEmail` is masked. */
  | { template: 'email-changed'; username: string; newEmail: string }
  | { template: 'password-changed' | 'account-deleted'; username: string }
  /** `until` is a day, as 2026-11-20. */
  | { template: 'export-ready'; username: string; until: string };

/** Writes a mail: its subject, and the same words as HTML and as text. */
export function writeMail(
  mail: MailTemplate,
  appName: string,
): { subject: string; html: string; text: string } {
  const { subject, blocks } = compose(mail, appName);
  return { subject, ...render(appName, subject, blocks) };
}

function compose(mail: MailTemplate, app: string): { subject: string; blocks: Block[] } {
  const hello: Block = { paragraph: `Hello ${mail.username},` };
  switch (mail.template) {
    case 'verify-email':
      return {
        subject: `Verify your e-mail address for ${app}`,
        blocks: [
          { heading: 'Verify your e-mail address' },
          hello,
          { paragraph: `Welcome to ${app}. This code shows that the address is yours:` },
          { code: mail.code },
          { link: mail.link, label: 'Verify my address' },
          {
            small: 'The code and the link are good for ten minutes. If you have not registered, do nothing.',
          },
        ],
      };
    case 'reset-password':
      return {
        subject: `Reset your password for ${app}`,
        blocks: [
          { heading: 'Reset your password' },
          hello,
          { paragraph: 'With this code you can choose a new password:' },
          { code: mail.code },
          { link: mail.link, label: 'Choose a new password' },
          {
            small:
              'The code and the link are good for ten minutes. If you have not asked for this, do nothing: your password stays as it is.',
          },
        ],
      };
    case 'change-email':
      return {
        subject: `Confirm your new e-mail address for ${app}`,
        blocks: [
          { heading: 'Confirm your new address' },
          hello,
          {
            paragraph: `You want to use this address for ${app} from now on. This code shows that it is yours:`,
          },
          { code: mail.code },
          { link: mail.link, label: 'Confirm my address' },
          {
            small:
              'The code and the link are good for ten minutes. If you have not asked for this, do nothing.',
          },
        ],
      };
    case 'address-in-use':
      return {
        subject: `You already have an account with ${app}`,
        blocks: [
          { heading: 'You already have an account' },
          hello,
          {
            paragraph: `Somebody, perhaps you, tried to register with this address. It has an account with ${app}.`,
          },
          { paragraph: 'If it was you, log in as usual, or choose a new password.' },
          ...(mail.resetLink === undefined ? [] : [{ link: mail.resetLink, label: 'Choose a new password' }]),
          { small: 'If it was not you, do nothing: nobody has come in.' },
        ],
      };
    case 'email-changed':
      return {
        subject: `Your e-mail address for ${app} was changed`,
        blocks: [
          { heading: 'Your address was changed' },
          hello,
          { paragraph: `Your account with ${app} now uses the address ${mail.newEmail}.` },
          { small: 'If it was not you, tell whoever runs this service at once.' },
        ],
      };
    case 'password-changed':
      return {
        subject: `Your password for ${app} was changed`,
        blocks: [
          { heading: 'Your password was changed' },
          hello,
          {
            paragraph: `The password of your account with ${app} was changed, and other devices were signed out.`,
          },
          { small: 'If it was not you, choose a new password at once.' },
        ],
      };
    case 'export-ready':
      return {
        subject: `Your data from ${app} is ready`,
        blocks: [
          { heading: 'Your data is ready' },
          hello,
          {
            paragraph: `The archive of your data that you asked for is there. Sign in to ${app} to download it, until ${mail.until}.`,
          },
          { small: 'If it was not you who asked, choose a new password at once.' },
        ],
      };
    case 'account-deleted':
      return {
        subject: `Your account with ${app} was deleted`,
        blocks: [
          { heading: 'Your account was deleted' },
          hello,
          {
            paragraph: `Your account with ${app} is gone, and with it your profile. Good-bye, and all the best.`,
          },
          { small: 'If it was not you, tell whoever runs this service at once.' },
        ],
      };
  }
}
