import type { ServerResponse } from 'node:http';
import type { App } from '../context.ts';
import { escapeHtml, htmlPage, pagePolicy } from '../html.ts';
import { LINK_PATHS } from './links.ts';

/** One small page: a heading, some lines, and perhaps a form. */
export interface Page {
  status: number;
  title: string;
  /** Plain text: it is escaped here. */
  lines: string[];
  /** HTML of our own making. */
  form?: string;
}

/** Its form goes nowhere else. */
const POLICY = pagePolicy("'self'");

/** Asks for a new password; `problem` says what was wrong with the last one. The token is one by its form. */
export const passwordForm = (token: string, problem?: string): Page => ({
  status: problem === undefined ? 200 : 400,
  title: 'Choose a new password',
  lines: problem === undefined ? [] : [`That password cannot be taken: ${problem}.`],
  form: `<form method="post" action="${LINK_PATHS.reset_password.slice(1)}">
<input type="hidden" name="token" value="${token}">
<label>New password<br>
<input type="password" name="password" autocomplete="new-password" minlength="8" required autofocus></label>
<button>Set password</button>
</form>`,
});

export function showPage(
  { env }: App,
  response: ServerResponse,
  { status, title, lines, form = '' }: Page,
): void {
  const body = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
  // Whoever was refused may still be sending.
  if (status >= 400) response.setHeader('Connection', 'close');
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY };
  const page = { title: `${title} – ${env.APP_NAME}`, style: STYLE };
  response
    .writeHead(status, headers)
    .end(htmlPage({ ...page, body: `<h1>${escapeHtml(title)}</h1>\n${body}\n${form}` }));
}

const STYLE = `body { max-width: 480px; margin: 64px auto; padding: 0 16px; font: 16px/1.5 system-ui, sans-serif }
input, button { font: inherit; margin: 8px 0; padding: 8px }`;
