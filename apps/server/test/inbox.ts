import { vi } from 'vitest';
import type { RunningServer } from '../src/server.ts';

/** A mail as it lies in a mailbox, with what a person would look for in it. */
export interface ReceivedMail {
  subject: string;
  text: string;
  html: string;
  /** The six digits in it; empty when there are none. */
  code: string;
  /** The first link in it; empty when there is none. */
  link: string;
}

const read = new Set<string>();

/**
 * Waits for a mail to this address that no call has given before, and gives the newest. The address may be
 * written in any case.
 */
export async function mailTo(
  { nodes }: { nodes: readonly RunningServer[] },
  email: string,
): Promise<ReceivedMail> {
  const find = async () => {
    const mails = await mailsTo({ nodes }, email);
    const isNew = mails[0] && !read.has(mails[0].id);
    for (const { id } of mails) read.add(id);
    if (!isNew) throw new Error(`no new mail to ${email}`);
    return mails[0]!;
  };
  return vi.waitFor(find, { timeout: 15_000, interval: 20 });
}

/** The mails to this address up to now, newest first. */
export async function mailsTo(
  { nodes }: { nodes: readonly RunningServer[] },
  email: string,
): Promise<(ReceivedMail & { id: string })[]> {
  const { rows } = await nodes[0]!.app.database.pool.query<{
    id: string;
    subject: string;
    html: string;
    text: string;
  }>(
    `SELECT id, subject, html, text FROM inbox_mails WHERE lower(recipient) = lower($1)
     ORDER BY created_at DESC, id DESC`,
    [email],
  );
  return rows.map((mail) => ({
    ...mail,
    code: /\b\d{6}\b/.exec(mail.text)?.[0] ?? '',
    link: /https?:\/\/\S+/.exec(mail.text)?.[0] ?? '',
  }));
}
