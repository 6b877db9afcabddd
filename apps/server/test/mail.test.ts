import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { pino } from 'pino';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectDatabase } from '../src/database/database.ts';
import { createJobQueue } from '../src/jobs/job-queue.ts';
import { deriveKey } from '../src/keys.ts';
import type { Mail } from '../src/mail/driver.ts';
import { queueMail } from '../src/mail/queue-mail.ts';
import { resendDriver } from '../src/mail/resend.ts';
import { smtpDriver } from '../src/mail/smtp.ts';
import { type MailTemplate, writeMail } from '../src/mail/templates.ts';
import { runSql, testDatabase } from './database.ts';
import { mailTo } from './inbox.ts';
import { serverProcess } from './process.ts';
import { type TestServer, type TestServerOptions, testServer } from './server.ts';

const LINK = 'http://localhost:4000/verify-email?token=t0k3n&x=1';
const withCode = { username: 'alice', code: '271828', link: LINK };

/** One of each: a template that is not here does not compile. */
const EXAMPLES: { [Name in MailTemplate['template']]: MailTemplate } = {
  'verify-email': { template: 'verify-email', ...withCode },
  'reset-password': { template: 'reset-password', ...withCode },
  'change-email': { template: 'change-email', ...withCode },
  'address-in-use': { template: 'address-in-use', username: 'alice', resetLink: LINK },
  'email-changed': { template: 'email-changed', username: 'alice', newEmail: 'a***@example.com' },
  'password-changed': { template: 'password-changed', username: 'alice' },
  'account-deleted': { template: 'account-deleted', username: 'alice' },
  'export-ready': { template: 'export-ready', username: 'alice', until: '2026-11-27' },
};

const queue = ({ nodes: [{ app }] }: TestServer, to: string, mail: MailTemplate = EXAMPLES['verify-email']) =>
  app.database.transaction((tx) => queueMail(tx, app, to, mail));

const jobStates = (url: string) =>
  runSql<{ state: string }>(url, `SELECT state FROM pgboss.job WHERE name = 'mail.send'`);

const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 15_000, interval: 20 });

/** As until, while the tries of failed jobs are made due: nobody waits for their time here. */
const untilTried = (url: string, condition: () => boolean | Promise<boolean>) =>
  until(async () => {
    await runSql(
      url,
      `UPDATE pgboss.job SET start_after = now() WHERE state = 'retry' AND start_after > now()`,
    );
    return condition();
  });

describe('templates', () => {
  test.each(Object.values(EXAMPLES))('$template says the same in HTML and in text', (mail) => {
    const { subject, html, text: plain } = writeMail(mail, 'Tea Room');
    expect(subject).toContain('Tea Room');
    expect(subject).not.toMatch(/[\r\n]/);
    const words = html
      .replace(/<title>.*?<\/title>|<[^>]+>/g, ' ')
      .replaceAll('&amp;', '&')
      .replaceAll('&#39;', "'");
    for (const line of plain
      .split('\n')
      .filter((line) => line.trim() && !line.startsWith('http') && line !== '-- '))
      expect(words.replace(/\s+/g, ' ')).toContain(line.trim().replace(/:$/, ''));
    expect(plain).toContain('Hello alice,');
    for (const value of Object.values(mail).filter((value) => value !== mail.template)) {
      expect(plain).toContain(value);
      expect(html).toContain(value.replaceAll('&', '&amp;'));
    }
  });

  test('without a link there is none', () => {
    const { html, text: plain } = writeMail({ template: 'address-in-use', username: 'alice' }, 'Parley');
    expect(html + plain).not.toMatch(/<a |http/);
  });

  test.each(Object.values(EXAMPLES))('S64 $template escapes what people have written', (mail) => {
    const username = `<img src=x onerror=alert(1)>"'&amp;</p><a href="https://evil.example">`;
    const { html, subject } = writeMail({ ...mail, username } as MailTemplate, 'Parley');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;&lt;/p&gt;');
    expect(html).not.toMatch(/<img|evil\.example">/);
    expect(subject).not.toContain('img');
  });

  test('S65 a name cannot begin a line of its own', () => {
    const username = 'alice\r\n\r\nYour account is locked:\u2028https://evil.example';
    const { text: plain, html } = writeMail({ template: 'password-changed', username }, 'Parley');
    expect(plain).toContain('Hello alice Your account is locked: https://evil.example,\n');
    expect(html).not.toMatch(/[\r\u2028]/);
  });
});

/** Where Resend would be: it answers each request by the next of these, the last for ever. */
async function resend(...answers: ((response: ServerResponse) => void)[]) {
  const requests: { key: string; authorization: string; body: unknown }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = await json(request);
    const { authorization = '', 'idempotency-key': key = '' } = request.headers;
    requests.push({ key: String(key), authorization, body });
    answers[Math.min(requests.length, answers.length) - 1]!(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const status =
  (
    code: number,
    body: object = { statusCode: code, name: 'some_error', message: 'alice@example.com 271828' },
  ) =>
  (response: ServerResponse) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const taken = status(200, { id: 'mail-1' });
const silence = () => {};

const byResend = (url: string): Record<string, string> => ({
  MAIL: 'resend',
  MAIL_FROM: 'Parley <parley@example.com>',
  RESEND_API_KEY: 're_test',
  RESEND_URL: url,
});

/** A server whose log is kept, from warnings on. */
async function loggingServer(options: TestServerOptions) {
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  return Object.assign(await testServer({ ...options, logger }), { logged });
}

describe('by Resend', () => {
  const mail: Mail = { to: 'alice@example.com', subject: 'Tea', html: '<p>Tea</p>', text: 'Tea' };

  test('S66 a provider that answers 429, 500 and 503 gets the same mail again under the same key, once', async () => {
    const provider = await resend(status(429), status(500), status(503), taken);
    await using server = await loggingServer({ env: byResend(provider.url) });
    await queue(server, 'alice@example.com');
    await untilTried(
      server.databaseUrl,
      async () => (await jobStates(server.databaseUrl))[0]?.state === 'completed',
    );
    const { requests } = provider;
    expect(requests).toHaveLength(4);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
    expect(requests[0]!.key).toMatch(/^[0-9a-f-]{36}$/);
    for (const { body, authorization } of requests) {
      expect(authorization).toBe('Bearer re_test');
      expect(body).toEqual({
        from: 'Parley <parley@example.com>',
        to: ['alice@example.com'],
        ...writeMail(EXAMPLES['verify-email'], 'Parley'),
      });
    }
    expect(server.logged).toHaveLength(3);
    expect(server.logged.join()).not.toMatch(/alice|271828|t0k3n|re_test/);
    await queue(server, 'bob@example.com');
    await until(() => requests.length === 5);
    expect(requests[4]!.key).not.toBe(requests[0]!.key);
  });

  test('S66 a provider that does not answer holds nobody up, and is asked again', async () => {
    const provider = await resend(silence, taken);
    const patience = new AbortController();
    const waiting = vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => patience.signal);
    onTestFinished(() => {
      waiting.mockRestore();
      patience.abort();
    });
    await using server = await loggingServer({ env: byResend(provider.url) });
    const to = 'someone@example.com';
    await queue(server, to);
    await until(() => provider.requests.length === 1);
    // Meanwhile people go on.
    const [alice, bob] = await server.people.all('alice', 'bob');
    await alice.talkTo(bob);
    expect(await jobStates(server.databaseUrl)).toContainEqual({ state: 'active' });
    patience.abort(new DOMException('', 'TimeoutError'));
    // The people have got mail as well.
    const tries = () => provider.requests.filter(({ body }) => (body as { to: string[] }).to[0] === to);
    await untilTried(server.databaseUrl, () => tries().length === 2);
    expect(tries()[1]!.key).toBe(tries()[0]!.key);
    expect(waiting).toHaveBeenCalledWith(10_000);
  });

  test('what it refuses is not tried again, and the log has nothing of it', async () => {
    const provider = await resend(status(422));
    await using server = await loggingServer({ env: byResend(provider.url) });
    await queue(server, 'alice@example.com');
    await until(async () => (await jobStates(server.databaseUrl))[0]?.state === 'failed');
    expect(provider.requests).toHaveLength(1);
    await until(() => server.logged.length === 1);
    expect(JSON.parse(server.logged[0]!)).toMatchObject({
      msg: 'a job failed for good',
      reason: 'resend 422 some_error',
    });
    expect(server.logged.join()).not.toMatch(/alice|271828/);
  });

  test.each([
    [400, {}, true],
    [403, {}, true],
    [408, {}, false],
    [409, { name: 'invalid_idempotent_request' }, true],
    [409, { name: 'concurrent_idempotent_requests' }, false],
    [429, {}, false],
    [502, {}, false],
  ])('%i %o is final: %s', async (code, more, isFinal) => {
    const { url } = await resend(status(code, { statusCode: code, name: 'x', message: '', ...more }));
    const driver = resendDriver({ from: 'parley@example.com', key: 're_test', url });
    await expect(driver.deliver(mail, 'key')).rejects.toMatchObject({ isFinal });
  });

  test('nobody there at all is not final', async () => {
    const driver = resendDriver({ from: 'parley@example.com', key: 're_test', url: 'http://127.0.0.1:1' });
    await expect(driver.deliver(mail, 'key')).rejects.toMatchObject({ isFinal: false });
  });
});

/** A real SMTP server on a free port, and what it took. */
async function smtp(options: SMTPServerOptions = {}) {
  const mails: { from: string; to: string[]; user: unknown; secure: boolean; raw: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, { envelope, user, secure }, done) {
      const raw = await text(stream);
      const { mailFrom, rcptTo } = envelope;
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        user,
        secure,
        raw,
      });
      done();
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => void server.close());
  return { mails, port: (server.server.address() as AddressInfo).port };
}

const bySmtp = (port: number): Record<string, string> => ({
  MAIL: 'smtp',
  MAIL_FROM: 'Parley <parley@example.com>',
  SMTP_URL: `smtp://127.0.0.1:${port}`,
});

/** A message as its headers, unfolded, and its parts, decoded. */
function parse(raw: string) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const headers = head!.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const boundary = /boundary="([^"]+)"/.exec(head!)?.[1];
  const parts = rest
    .join('\r\n\r\n')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [partHead, ...lines] = part.trimStart().split('\r\n\r\n');
      const body = lines.join('\r\n\r\n').trimEnd();
      const encoding = /Content-Transfer-Encoding: (\S+)/i.exec(partHead!)?.[1];
      return { type: /Content-Type: ([^;\s]+)/i.exec(partHead!)?.[1], body: decode(body, encoding) };
    });
  return { headers, parts };
}

function decode(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body.replaceAll('\r\n', '\n');
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
}

describe('by SMTP', () => {
  test('arrives with its headers and both parts', async () => {
    const { mails, port } = await smtp();
    await using server = await testServer({ env: { ...bySmtp(port), APP_NAME: 'Teestübchen' } });
    await queue(server, 'alice@example.com');
    await until(() => mails.length > 0);
    const [{ from, to, raw }] = mails as [(typeof mails)[number]];
    expect({ from, to }).toEqual({ from: 'parley@example.com', to: ['alice@example.com'] });
    const { headers, parts } = parse(raw);
    expect(headers).toContain('From: Parley <parley@example.com>');
    expect(headers).toContain('To: alice@example.com');
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers.find((line) => line.startsWith('Message-ID:'))).toMatch(
      /^Message-ID: <[0-9a-f-]{36}@example\.com>$/,
    );
    const { html, text: plain } = writeMail(EXAMPLES['verify-email'], 'Teestübchen');
    expect(parts).toEqual([
      { type: 'text/plain', body: plain.trimEnd() },
      { type: 'text/html', body: html.trimEnd() },
    ]);
  });

  test('a password goes over TLS or not at all', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _, done) =>
      done(null, password === 'geheim' ? { user: username } : {});
    const secure = await smtp({ disabledCommands: [], authOptional: false, onAuth });
    const open = await smtp({ authOptional: false, allowInsecureAuth: true, onAuth });
    const driver = (port: number) =>
      smtpDriver({
        from: 'parley@example.com',
        // The certificate is one that nobody has signed.
        url: `smtp://parley:geheim@127.0.0.1:${port}?tls.rejectUnauthorized=false`,
      });
    const mail: Mail = { to: 'alice@example.com', subject: 'Tea', html: '<p>Tea</p>', text: 'Tea' };
    const [good, bad] = [driver(secure.port), driver(open.port)];
    await good.deliver(mail, 'key');
    expect(secure.mails).toMatchObject([{ user: 'parley', secure: true }]);
    await expect(bad.deliver(mail, 'key')).rejects.toMatchObject({ isFinal: false });
    expect(open.mails).toEqual([]);
    await Promise.all([good.close(), bad.close()]);
  });

  test.each([
    [550, true],
    [451, false],
  ])('a server that answers %i is final: %s', async (responseCode, isFinal) => {
    const { port } = await smtp({
      onRcptTo: ({ address }, _, done) => done(Object.assign(new Error(`no ${address}`), { responseCode })),
    });
    const driver = smtpDriver({ from: 'parley@example.com', url: `smtp://127.0.0.1:${port}` });
    const failure = driver.deliver({ to: 'alice@example.com', subject: 'Tea', html: '', text: 'Tea' }, 'key');
    await expect(failure).rejects.toMatchObject({ isFinal, message: `smtp EENVELOPE ${responseCode}` });
    await driver.close();
  });

  test('a greylisting server gets it again', async () => {
    let refusals = 0;
    const { mails, port } = await smtp({
      onRcptTo: (_, __, done) =>
        refusals++ === 0 ? done(Object.assign(new Error('come back'), { responseCode: 451 })) : done(),
    });
    await using server = await testServer({ env: bySmtp(port) });
    await queue(server, 'alice@example.com');
    await untilTried(server.databaseUrl, () => mails.length > 0);
    expect(mails).toHaveLength(1);
  });

  test.each([
    'alice@example.com\r\nBcc: eve@example.com',
    'alice@example.com\nBcc: eve@example.com',
    'alice@example.com, eve@example.com',
    'Eve <eve@example.com>',
    '"a, eve@example.com, b"@example.com',
    'alice@example.com;eve@example.com',
    'group: eve@example.com;',
    'alice@@example.com',
    '',
  ])('S65 the address %j is one mailbox or is refused for good, whatever the driver', async (to) => {
    const { mails, port } = await smtp();
    const provider = await resend(taken);
    const from = 'parley@example.com';
    const mail: Mail = { to, subject: 'Tea', html: '', text: 'Tea' };
    for (const driver of [
      smtpDriver({ from, url: `smtp://127.0.0.1:${port}` }),
      resendDriver({ from, key: 're_test', url: provider.url }),
    ]) {
      await expect(driver.deliver(mail, 'key')).rejects.toMatchObject({ isFinal: true });
      await driver.close();
    }
    expect([...mails, ...provider.requests]).toEqual([]);
  });

  test('S65 a name with a line break makes no header and no recipient', async () => {
    const { mails, port } = await smtp();
    await using server = await testServer({ env: bySmtp(port) });
    const username = 'alice\r\nBcc: eve@example.com\r\n\r\n';
    await queue(server, 'alice@example.com', { ...withCode, template: 'verify-email', username });
    await until(() => mails.length > 0);
    expect(mails[0]!.to).toEqual(['alice@example.com']);
    expect(parse(mails[0]!.raw).headers.filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(mails[0]!.raw).not.toMatch(/^Bcc/m);
  });

  test('a server killed with -9 half-way through a mail sends it when it is back, under the same id', async () => {
    const began: string[] = [];
    const { mails, port } = await smtp({
      onMailFrom: ({ address }, _, done) => {
        // The first one waits for ever.
        if (began.push(address) > 1) done();
      },
    });
    await using database = await testDatabase();
    const APP_SECRET = randomBytes(36).toString('base64url');
    await using server = await serverProcess(database.url, { ...bySmtp(port), APP_SECRET });
    await using db = Object.assign(connectDatabase(database.url, 2), {
      [Symbol.asyncDispose]: () => db.close(),
    });
    const jobs = createJobQueue({
      database: db,
      key: deriveKey(APP_SECRET, 'sealed-job'),
      logger: pino({ level: 'silent' }),
    });
    await db.transaction((tx) =>
      jobs.enqueue(tx, 'mail.send', { to: 'alice@example.com', mail: EXAMPLES['verify-email'] }),
    );
    await until(() => began.length === 1);
    await server.kill();
    expect(await jobStates(database.url)).toEqual([{ state: 'active' }]);
    // The time passes after which a job counts as lost.
    await runSql(
      database.url,
      `UPDATE pgboss.job SET state = 'retry', start_after = now() WHERE state = 'active'`,
    );
    await server.restart();
    await until(() => mails.length > 0);
    const [{ id }] = (await runSql<{ id: string }>(database.url, 'SELECT id FROM pgboss.job')) as [
      { id: string },
    ];
    expect(mails.map(({ to }) => to)).toEqual([['alice@example.com']]);
    expect(mails[0]!.raw).toContain(`Message-ID: <${id}@example.com>`);
  });
});

describe('the inbox of development', () => {
  const page = async (server: TestServer, path = '') => {
    const response = await fetch(`${server.nodes[0].url}/dev/inbox${path}`);
    return { status: response.status, headers: response.headers, html: await response.text() };
  };

  test('shows what would have left, newest first', async () => {
    await using server = await testServer();
    expect((await page(server)).html).toContain('No mail yet');
    await queue(server, 'alice@example.com');
    const first = await mailTo(server, 'alice@example.com');
    expect(first).toMatchObject({ code: '271828', link: LINK });
    await queue(server, 'alice@example.com', EXAMPLES['password-changed']);
    const second = await mailTo(server, 'Alice@Example.com');
    expect(second.subject).toBe('Your password for Parley was changed');
    const { html, headers } = await page(server);
    expect(html.indexOf(second.subject)).toBeGreaterThan(0);
    expect(html.indexOf(second.subject)).toBeLessThan(html.indexOf(first.subject));
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);

    const links = [...html.matchAll(/href="(\?mail=[^"]+)"/g)].map(([, link]) => link!);
    const one = await page(server, links[1]);
    expect(one.html).toContain('271828');
    // The link can be clicked, in the frame and below.
    expect(one.html).toContain(`<a href="${LINK.replaceAll('&', '&amp;')}" target="_blank"`);
    expect(one.html).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="/);
    expect(one.html).not.toContain('http-equiv="refresh"');
  });

  test('S64 what a mail says is no part of the page', async () => {
    await using server = await testServer();
    const username = '"><script>alert(1)</script>';
    await queue(server, 'alice@example.com', { template: 'password-changed', username });
    await mailTo(server, 'alice@example.com');
    const { html } = await page(server);
    const { html: one } = await page(server, /\?mail=[^"]+/.exec(html)![0]);
    expect(one).toContain('script&gt;');
    expect(one).not.toContain('<script');
  });

  test.each([
    '?mail=',
    '?mail=nonsense',
    "?mail='--",
    '?mail=%00',
    '?mail=00000000-0000-0000-0000-000000000000',
  ])('of a mail that is not there (%s) the list is shown', async (query) => {
    await using server = await testServer();
    const { status: code, html } = await page(server, query);
    expect(code).toBe(200);
    expect(html).toContain('No mail yet');
  });

  test('is not there where mail leaves', async () => {
    const { port } = await smtp();
    await using server = await testServer({ env: bySmtp(port) });
    expect((await page(server)).status).toBe(404);
  });

  test('is not there in production, where another service keeps the accounts and no mail is sent', async () => {
    await using server = await testServer({
      env: {
        NODE_ENV: 'production',
        AUTH: 'jwks',
        AUTH_ISSUER: 'https://issuer.example',
        AUTH_AUDIENCE: 'parley',
        AUTH_JWKS_URL: 'http://127.0.0.1:1/jwks',
      },
    });
    expect((await page(server)).status).toBe(404);
  });
});
