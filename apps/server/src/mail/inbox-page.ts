import type { ServerResponse } from 'node:http';
import type { App } from '../context.ts';
import { escapeHtml, htmlPage, pagePolicy } from '../html.ts';

/** Where it is. */
export const INBOX_PATH = '/dev/inbox';
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
/** It holds for the frame, too. */
const POLICY = pagePolicy("'none'");
/** Mails of the list at most. */
const NEWEST = 100;

interface InboxMail {
  id: string;
  recipient: string;
  subject: string;
  html: string;
  text: string;
  created_at: Date;
}

/** The address of the page that shows the mails of a development's server; null where there is none. */
export const inboxUrl = ({ env }: App, url: string): string | null =>
  env.MAIL === 'inbox' && env.NODE_ENV !== 'production' ? url + INBOX_PATH : null;

/**
 * For development: the mails that would have left, newest first, or one of them (`?mail=<id>`). False where there
 * is no such page.
 */
export async function showInbox(app: App, url: URL, response: ServerResponse): Promise<boolean> {
  if (inboxUrl(app, '') === null) return false;
  try {
    const body = await writePage(app, url.searchParams.get('mail'));
    response.writeHead(200, { ...HTML, 'Content-Security-Policy': POLICY }).end(body);
  } catch {
    response.writeHead(503).end();
  }
  return true;
}

async function writePage(app: App, id: string | null): Promise<string> {
  const mail = id !== null && /^[0-9a-f-]{36}$/.test(id) ? await readMail(app, id) : undefined;
  return mail ? mailPage(mail) : listPage(await listMails(app));
}

async function readMail({ database }: App, id: string): Promise<InboxMail | undefined> {
  const { rows } = await database.pool.query<InboxMail>('SELECT * FROM inbox_mails WHERE id::text = $1', [
    id,
  ]);
  return rows[0];
}

async function listMails({ database }: App): Promise<InboxMail[]> {
  const { rows } = await database.pool.query<InboxMail>(
    `SELECT * FROM inbox_mails ORDER BY created_at DESC, id DESC LIMIT ${NEWEST}`,
  );
  return rows;
}

/** The list fetches itself again now and then: a mail comes a moment after what it is about. */
function listPage(mails: InboxMail[]): string {
  const rows = mails.map(
    ({ id, recipient, subject, created_at }) =>
      `<li><a href="?mail=${id}">${escapeHtml(subject)}</a><br>to ${escapeHtml(recipient)}, ${created_at.toISOString()}</li>`,
  );
  const list = rows.length > 0 ? `<ul>${rows.join('')}</ul>` : '<p>No mail yet.</p>';
  return page(
    'Inbox',
    `<h1>Inbox</h1><p>Mails of this server in development. Nobody was written to.</p>${list}`,
    3,
  );
}

/** The mail in a frame that may do nothing but open links in a window of their own. */
function mailPage({ subject, recipient, html, text, created_at }: InboxMail): string {
  return page(
    subject,
    `<p><a href="?">Inbox</a></p><h1>${escapeHtml(subject)}</h1>
<p>to ${escapeHtml(recipient)}, ${created_at.toISOString()}</p>
<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${quote(html)}"></iframe>
<h2>As text</h2><pre>${withLinks(text)}</pre>`,
  );
}

const page = (title: string, body: string, refresh?: number): string =>
  htmlPage({
    title,
    body,
    style: STYLE,
    ...(refresh !== undefined && { head: `<meta http-equiv="refresh" content="${refresh}">` }),
  });

const STYLE = `body { max-width: 720px; margin: 32px auto; padding: 0 16px; font: 16px/1.5 system-ui, sans-serif }
li { margin: 12px 0 }
iframe { width: 100%; height: 480px; border: 1px solid #8888 }
pre { white-space: pre-wrap }`;

/** HTML as the value of an attribute. */
const quote = (html: string): string => html.replace(/&/g, '&amp;').replace(/"/g, '&quot;');

/** Text with its lines, and its links to be clicked. */
const withLinks = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      escapeHtml(line).replace(/https?:\/\/\S+/g, '<a href="$&" target="_blank" rel="noreferrer">$&</a>'),
    )
    .join('\n');
