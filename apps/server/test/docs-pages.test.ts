import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { serverForAll } from './server.ts';

const server = serverForAll();

const get = (path: string, init: RequestInit = {}) => fetch(`${server.nodes[0].url}${path}`, init);

/** Addresses that a browser would go to by itself, or after a click. */
const addressesIn = (html: string): string[] =>
  [...html.matchAll(/(?:src|href|action|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, address]) => address!);

describe('the running server describes itself', () => {
  test('as a page, without scripts', async () => {
    const page = await get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    const html = await page.text();
    for (const id of ['messages.send', 'message.created', 'IDEMPOTENCY_CONFLICT', 'Message', 'events.stream'])
      expect(html).toContain(`<section id="${id}">`);
    expect(html).not.toContain('<script');
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(ids).toEqual([...new Set(ids)]);
    for (const address of addressesIn(html)) {
      if (address.startsWith('#')) expect(ids).toContain(address.slice(1));
      else expect(['/docs/openapi.json', '/docs/console']).toContain(address);
    }
  });

  test('as OpenAPI, whose paths are there', async () => {
    const answer = await get('/docs/openapi.json', { headers: { 'accept-encoding': 'identity' } });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('content-encoding')).toBe(null);
    const { openapi, paths } = (await answer.json()) as { openapi: string; paths: Record<string, object> };
    expect(openapi).toBe('3.1.0');
    const [path] = Object.keys(paths).filter((name) => name.endsWith('users.me'));
    const headers = { 'content-type': 'application/json' };
    expect((await get(path!, { method: 'POST', headers })).status).toBe(401);
  });

  test('and as a console, with scripts of this server and nothing from elsewhere', async () => {
    const page = await get('/docs/console');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const html = await page.text();
    const [, style] = /<style>([^<]*)/.exec(html)!;
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style!).digest('base64')}'`);
    expect(html).not.toMatch(/<script(?![^>]* src=)|\son\w+=/);
    const files = addressesIn(html);
    expect(files.sort()).toEqual([
      'console/start.js',
      'console/swagger-ui-bundle.js',
      'console/swagger-ui.css',
    ]);
    for (const file of files) {
      const { status, headers } = await get(`/docs/${file}`);
      expect([file, status]).toEqual([file, 200]);
      expect(headers.get('content-encoding')).toBe('gzip');
      expect(headers.get('content-type')).toMatch(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    }
    expect(await (await get('/docs/console/start.js')).text()).not.toMatch(/https?:/);
  });

  test('HEAD is GET without a body; nothing else is answered, and no other file', async () => {
    const head = await get('/docs', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/docs/', '/docs/console/package.json', '/docs/console/..%2f', '/docs/__proto__'])
      expect((await get(path)).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await get('/docs', { method })).status).toBe(404);
  });
});
