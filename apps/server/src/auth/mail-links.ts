import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientOf } from '../client-address.ts';
import type { App, Context } from '../context.ts';
import { isDatabaseAway } from '../database/away.ts';
import { ParleyError } from '../error.ts';
import { urlUnder } from '../url-under.ts';
import { confirmEmail } from './change-email.ts';
import { hasVerified } from './codes.ts';
import { type Page, passwordForm, showPage } from './link-pages.ts';
import { LINK_PATHS } from './links.ts';
import { newPassword } from './password-rules.ts';
import { resetPassword } from './reset-password.ts';
import { verifyEmail } from './verify-email.ts';

/** Bytes of the form with the new password: the longest, with each of its bytes written as three. */
const MAX_FORM = 16 * 1024;
const TOKEN = /^[\w-]{43}$/;

/** What comes of following a link: a page, or the application's. */
type Outcome = Page | { redirect: string };

/**
 * The pages behind the links of mails, for browsers with or without scripts. They act by the link's token alone: no
 * cookie or header says who is asking. A link that verifies does so when it is opened, which is all that its reader
 * was asked for; the one for a new password opens a form. False where none of them is meant.
 */
export async function openMailLink(
  app: App,
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<boolean> {
  const open = LINKS[url.pathname];
  if (!open) return false;
  const client = clientOf(request, app.env.TRUSTED_PROXIES);
  const ctx: Context = { app, session: null, client, socket: null, response, cookies: null };
  const outcome = await follow(ctx, () => open(ctx, request, url.searchParams.get('token') ?? ''));
  response.setHeader('Referrer-Policy', 'no-referrer');
  if ('redirect' in outcome) response.writeHead(303, { Location: outcome.redirect }).end();
  else showPage(app, response, outcome);
  return true;
}

const LINKS: Record<string, (ctx: Context, request: IncomingMessage, token: string) => Promise<Outcome>> = {
  [LINK_PATHS.verify_email]: onlyGet(verify),
  [LINK_PATHS.change_email]: onlyGet(change),
  [LINK_PATHS.reset_password]: (ctx, request, token) =>
    request.method === 'POST' ? reset(ctx, request) : onlyGet(askForPassword)(ctx, request, token),
};

function onlyGet(open: (ctx: Context, token: string) => Promise<Outcome>): (typeof LINKS)[string] {
  return async (ctx, request, token) =>
    request.method === 'GET' ? open(ctx, token) : { status: 405, title: 'GET and POST only', lines: [] };
}

/** Counts it as a code that is tried, and makes a page of what goes wrong on the way. */
async function follow({ app, client }: Context, open: () => Promise<Outcome>): Promise<Outcome> {
  try {
    await app.limits.take('strangers', client.network);
    await app.limits.take('codes', client.network);
    return await open();
  } catch (error) {
    const isPassing = error instanceof ParleyError || isDatabaseAway(error);
    if (!isPassing) app.logger.error({ err: error }, 'a link of a mail failed');
    const status =
      error instanceof ParleyError && error.code === 'RATE_LIMITED' ? 429 : isPassing ? 503 : 500;
    return { status, title: 'Not now', lines: ['This did not work. Please try again in a minute.'] };
  }
}

async function verify(ctx: Context, token: string): Promise<Outcome> {
  const isVerified =
    (await isGood(token, () => verifyEmail(ctx, { token }))) || (await hasVerified(ctx.app, token));
  return tell(ctx.app, 'verified', isVerified, {
    title: 'Your address is verified',
    lines: ['Thank you. You can log in now.'],
  });
}

async function change(ctx: Context, token: string): Promise<Outcome> {
  const isChanged = await isGood(token, () => confirmEmail(ctx, { token }));
  return tell(ctx.app, 'email-changed', isChanged, {
    title: 'Your address was changed',
    lines: ['From now on you log in with the new one.'],
  });
}

/** Whether the token was good for this. */
async function isGood(token: string, use: () => Promise<unknown>): Promise<boolean> {
  if (!TOKEN.test(token)) return false;
  try {
    await use();
    return true;
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'INVALID_CODE') return false;
    throw error;
  }
}

const NO_GOOD: Page = {
  status: 400,
  title: 'This link is no good any more',
  lines: ['Links work once, and for ten minutes. Please ask for another mail.'],
};

/** To the application, if there is one, with what came of it; else in words. */
function tell({ env }: App, what: string, isDone: boolean, done: Omit<Page, 'status'>): Outcome {
  if (env.APP_URL === undefined) return isDone ? { status: 200, ...done } : NO_GOOD;
  const target = new URL(env.APP_URL);
  target.searchParams.set(what, isDone ? '1' : '0');
  return { redirect: target.href };
}

async function askForPassword({ app }: Context, token: string): Promise<Outcome> {
  if (!TOKEN.test(token)) return NO_GOOD;
  const { APP_URL } = app.env;
  if (APP_URL === undefined) return passwordForm(token);
  return { redirect: urlUnder(APP_URL, `${LINK_PATHS.reset_password}?token=${token}`) };
}

async function reset(ctx: Context, request: IncomingMessage): Promise<Outcome> {
  const form = await readForm(request);
  const token = form?.get('token') ?? '';
  if (!TOKEN.test(token)) return NO_GOOD;
  const password = newPassword.safeParse(form?.get('password'));
  if (!password.success) return passwordForm(token, password.error.issues[0]!.message);
  try {
    if (!(await isGood(token, () => resetPassword(ctx, { token, newPassword: password.data }))))
      return NO_GOOD;
    return {
      status: 200,
      title: 'Your password is set',
      lines: ['You were signed out everywhere. You can log in with the new one now.'],
    };
  } catch (error) {
    if (!(error instanceof ParleyError && error.code === 'INVALID_INPUT')) throw error;
    const { issues } = (error as ParleyError<'INVALID_INPUT'>).data;
    return passwordForm(token, issues[0]!.message);
  }
}

/** The fields of a form, or null for what is none or too long. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_FORM) return null;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
