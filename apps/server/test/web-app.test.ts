import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestServer, testServer } from './server.ts';

const PAGE = '<!doctype html><title>App</title>';
const SCRIPT = `console.log(${JSON.stringify('hello '.repeat(500))})`;

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-app-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), PAGE);
  await writeFile(join(folder, 'assets', 'main-abc.js'), SCRIPT);
  await writeFile(join(folder, 'notes.txt'), 'not for everybody');
  const env = {
    WEB_APP: folder,
    PUBLIC_URL: 'https://chat.example.org',
    S3_PUBLIC_ENDPOINT: 'https://bucket.example.net/x',
  };
  server = await testServer({ env });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit) => fetch(server.nodes[0].url + path, init);

test('the page of the app is at the root, with a policy that lets in its own scripts alone', async () => {
  const response = await get('/?from=mail');
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get('cache-control')).toBe('no-cache');
  const policy = Object.fromEntries(
    response.headers
      .get('content-security-policy')!
      .split('; ')
      .map((line) => [line.split(' ')[0], line.split(' ').slice(1)]),
  );
  expect(policy).toMatchObject({
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'frame-ancestors': ["'none'"],
  });
  expect(policy['connect-src']).toEqual([
    "'self'",
    'wss://chat.example.org',
    'https://chat.example.org',
    'https://bucket.example.net',
  ]);
});

test('what is named after its content is kept for good, and comes zipped to who takes it so', async () => {
  const response = await get('/assets/main-abc.js');
  expect(await response.text()).toBe(SCRIPT);
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(Number(response.headers.get('content-length'))).toBeLessThan(SCRIPT.length / 2);
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  const plain = await get('/assets/main-abc.js', { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(await plain.text()).toBe(SCRIPT);
  const head = await get('/', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('nothing else of the disk can be had', async () => {
  for (const path of [
    '/notes.txt',
    '/assets',
    '/assets/',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
  ])
    expect([path, await statusOf(path)]).toEqual([path, 404]);
  expect((await get('/', { method: 'POST' })).status).toBe(404);
});

/** As it stands: `fetch` would tidy the path up. */
const statusOf = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.nodes[0].port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

test('the API and the origins stay what they are; its own address is one of them', async () => {
  expect((await get('/healthz')).status).toBe(200);
  const from = (origin: string) => get('/trpc/users.me', { headers: { origin } });
  expect((await from('https://chat.example.org')).status).toBe(401);
  expect((await from('https://elsewhere.example')).status).toBe(403);
});

test('where no app is built, none is served', async () => {
  await using without = await testServer();
  expect((await fetch(`${without.nodes[0].url}/`)).status).toBe(404);
});
