import { createTransport } from 'nodemailer';
import { JobFailure } from '../jobs/jobs.ts';
import { mailbox } from './address.ts';
import type { MailDriver } from './driver.ts';

/** What connecting, the greeting and any silence may take, in milliseconds. */
const TIMEOUT = 10_000;

/** Mail by an SMTP server, over a few connections that stay open. */
export function smtpDriver({ from, url }: { from: string; url: string }): MailDriver {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    connectionTimeout: TIMEOUT,
    greetingTimeout: TIMEOUT,
    socketTimeout: TIMEOUT,
    // A password never goes over an open line.
    requireTLS: new URL(url).password !== '',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.replace(/^.*@|>$/g, '');
  return {
    async deliver({ to, subject, html, text }, idempotencyKey) {
      await transport
        .sendMail({
          from,
          subject,
          html,
          text,
          // As an object it is taken as it is; as text it would be read as a list.
          to: { name: '', address: mailbox(to) },
          // SMTP knows of no keys. Who gets one mail twice can see by this that it is one.
          messageId: `<${idempotencyKey}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        .catch((error: { code?: string; responseCode?: number }) => {
          const { code = 'failed', responseCode } = error;
          // What it says of the mail counts. What it says of us, for want of TLS or a password, can be put right.
          const isFinal =
            /^(EENVELOPE|EMESSAGE)$/.test(code) && responseCode !== undefined && responseCode >= 500;
          throw new JobFailure(['smtp', code, responseCode].join(' ').trim(), { isFinal });
        });
    },
    async close() {
      transport.close();
    },
  };
}
