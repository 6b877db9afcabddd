// Builds the server's image, starts it as docker-compose.yml says, and uses what a bundle most easily leaves out:
// the app, the console, images, search, jobs; then stops it, and starts it again. Exits with 1 at the first thing that is
// not as it should be, and prints what the server has said.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const PROJECT = 'parley-ci';
const PICTURE = 'docs/screenshots/phone-list.png';

process.chdir(new URL('..', import.meta.url).pathname);
const [compose, ...before] =
  spawnSync('docker', ['compose', 'version']).status === 0 ? ['docker', 'compose'] : ['docker-compose'];
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  PORT: String(port),
  PUBLIC_URL: url,
  MAIL: 'smtp',
  MAIL_FROM: 'parley@example.com',
  REQUIRE_EMAIL_VERIFICATION: 'false',
  ...Object.fromEntries(['JWT_SECRETS', 'PASSWORD_PEPPER', 'APP_SECRET'].map((name) => [name, secret()])),
};

build();
try {
  run('up', '--detach', '--no-build');
  await ready();
  const { accessToken } = await call('auth.register', {
    username: 'alice',
    email: 'alice@example.com',
    password: 'tea and more tea',
    refreshTokenIn: 'body',
  });
  const { id: conversationId } = await call('groups.create', { title: 'tea', userIds: [] }, accessToken);
  await served();
  const file = await upload(accessToken);
  const message = { conversationId, text: 'the kettle', clientMessageId: uuid(), attachments: [file.id] };
  await call('messages.send', message, accessToken);
  await download(file, accessToken);
  await exported(accessToken);

  run('stop', 'server');
  assert.equal(state('ExitCode'), '0', 'the server ends by itself when it is told to');
  run('start', 'server');
  await ready();
  const { messages } = await call('search.messages', { query: 'kettle' }, accessToken);
  assert.equal(messages.length, 1, 'what was sent before is found behind a restart');
  await download(file, accessToken);
  console.log('ci: the image builds, starts, and does its work');
} catch (error) {
  run('logs', '--no-color', '--tail=50', 'server');
  throw error;
} finally {
  run('down', '--volumes');
}

function build() {
  // The name that compose gives it, by its first version and by its second.
  const tags = ['_', '-'].flatMap((sign) => ['--tag', `${PROJECT}${sign}server`]);
  const from = env.NODE_IMAGE ? ['--build-arg', `NODE_IMAGE=${env.NODE_IMAGE}`] : [];
  const how = ['--quiet', '--network', 'host', '--file', 'apps/server/Dockerfile'];
  execFileSync('docker', ['build', ...how, ...from, ...tags, '.'], { stdio: 'inherit' });
}

function run(...args) {
  execFileSync(compose, [...before, '--project-name', PROJECT, ...args], { env, stdio: 'inherit' });
}

function state(what) {
  const args = [...before, '--project-name', PROJECT, 'ps', '--all', '--quiet', 'server'];
  const id = String(execFileSync(compose, args, { env })).trim();
  return String(execFileSync('docker', ['inspect', '--format', `{{.State.${what}}}`, id])).trim();
}

/** Asked of Docker, so that the image's own check of its health is tried too. */
async function ready() {
  for (let tries = 0; tries < 60; tries++) {
    if (state('Health.Status') === 'healthy') return;
    await wait(1_000);
  }
  assert.fail('the server is not ready after a minute');
}

async function call(procedure, input, token) {
  const answer = await fetch(`${url}/api/${procedure}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, `${procedure}: ${text}`);
  return JSON.parse(text);
}

async function served() {
  for (const path of [
    '/',
    '/docs',
    '/docs/openapi.json',
    '/docs/console',
    '/docs/console/swagger-ui-bundle.js',
  ]) {
    const answer = await fetch(url + path);
    assert.equal(answer.status, 200, path);
    assert.ok((await answer.arrayBuffer()).byteLength > 0, path);
  }
}

async function upload(token) {
  const form = new FormData();
  form.set('file', new File([readFileSync(PICTURE)], 'picture.png'));
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/uploads`, { method: 'POST', headers, body: form });
  const file = await answer.json();
  assert.equal(answer.status, 201, JSON.stringify(file));
  assert.ok(file.blurhash, 'an image is looked at');
  return file;
}

async function download({ id, size }, token) {
  const { url: link } = await call('files.link', { fileId: id }, token);
  const answer = await fetch(link);
  assert.equal((await answer.arrayBuffer()).byteLength, size);
}

async function exported(token) {
  await call('account.requestExport', { password: 'tea and more tea' }, token);
  for (let tries = 0; tries < 60; tries++) {
    const [made] = await call('account.exports', {}, token);
    if (made?.status === 'ready') return;
    await wait(500);
  }
  assert.fail('an export is not ready after half a minute');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function secret() {
  return randomBytes(48).toString('base64');
}

function uuid() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${randomBytes(6).toString('hex')}`;
}
