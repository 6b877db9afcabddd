import { Resend } from 'resend';
import { JobFailure } from '../jobs/jobs.ts';
import { mailbox } from './address.ts';
import type { MailDriver } from './driver.ts';

/** What an answer may take, in milliseconds. */
const TIMEOUT = 10_000;

/** Mail by Resend's API. It drops a second mail under the same key for a day. */
export function resendDriver({ from, key, url }: { from: string; key: string; url: string }): MailDriver {
  const resend = new Resend(key, { baseUrl: url });
  return {
    async deliver({ to, subject, html, text }, idempotencyKey) {
      const { error } = await resend.emails.send(
        { from, to: [mailbox(to)], subject, html, text },
        { idempotencyKey, signal: AbortSignal.timeout(TIMEOUT) },
      );
      if (!error) return;
      const { statusCode: status = null, name } = error;
      throw new JobFailure(`resend ${status ?? 'did not answer'} ${name}`, {
        isFinal: isRefusal(status, name),
      });
    },
    async close() {},
  };
}

/** Whether the same mail would be refused again. A key in use (409) means that an earlier try is under way. */
const isRefusal = (status: number | null, name: string): boolean =>
  status !== null &&
  status >= 400 &&
  status < 500 &&
  ![408, 425, 429].includes(status) &&
  name !== 'concurrent_idempotent_requests';
