import { readdirSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FILE_SIZES, type FilePurpose } from '@parley/contract';
import fc from 'fast-check';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { contentDisposition, safeName, withEnding } from '../src/files/name.ts';
import { sweepFiles } from '../src/files/sweep.ts';
import { signS3 } from '../src/storage/s3.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { type S3Server, s3Server } from './s3-server.ts';
import { compound, docx, ebml, hugePng, mp3, mp4, ogg, pdf, photo, picture, wav, zip } from './samples.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';
import { begin, bytesOf, download, onNode, put, upload } from './uploads.ts';

const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });

describe.each(['local', 's3', 's3 directly'])('the way of a file, with %s', (driver) => {
  let server: TestServer;
  let s3: S3Server | undefined;
  let alice: Person;
  beforeAll(async () => {
    s3 = driver === 'local' ? undefined : await s3Server();
    const env = { ...s3?.env, ...(driver === 's3 directly' && { S3_PUBLIC_ENDPOINT: s3!.url }) };
    server = await testServer({ env, nodes: 2 });
    alice = await server.people.join('alice');
    return async () => {
      await server[Symbol.asyncDispose]();
      await s3?.[Symbol.asyncDispose]();
    };
  });

  test('what is uploaded comes back byte for byte, from any node', async () => {
    const bytes = pdf(1_500_000);
    const file = await upload(alice, bytes, { name: 'invoice.pdf' });
    expect(file).toEqual({
      id: expect.any(String),
      name: 'invoice.pdf',
      size: bytes.length,
      type: 'application/pdf',
      kind: 'document',
    });
    const { url, thumbnailUrl } = await alice.api.files.link.query({ fileId: file.id });
    expect(thumbnailUrl).toBeNull();
    for (const node of [0, 1]) {
      const response = await fetch(onNode(alice, url, node));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/pdf');
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="invoice.pdf"/);
      expect((await bytesOf(response)).equals(bytes)).toBe(true);
    }
  });

  test('a part of it', async () => {
    const bytes = pdf(5_000);
    const { id } = await upload(alice, bytes);
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=100-199', 100, 200],
      ['bytes=4990-', 4_990, 5_000],
    ] as const) {
      const response = await download(alice, id, { headers: { range } });
      expect(response.status).toBe(206);
      expect((await bytesOf(response)).equals(bytes.subarray(from, to))).toBe(true);
    }
  });

  test('an image is upright, tells of nothing else, and has a thumbnail', async () => {
    const taken = await photo(640, 480);
    expect(taken.includes('Canary-Camera')).toBe(true);
    const file = await upload(alice, taken, { name: 'me.jpg' });
    expect(file).toMatchObject({ type: 'image/jpeg', kind: 'image', width: 480, height: 640 });
    expect(file.blurhash).toMatch(/^.{28}$/);
    const response = await download(alice, file.id);
    const bytes = await bytesOf(response);
    expect(bytes).toHaveLength(file.size);
    const { exif, orientation } = await sharp(bytes).metadata();
    expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined });
    expect(bytes.includes('Canary-Camera')).toBe(false);
    // What was left, red, is above.
    const top = await sharp(bytes).extract({ left: 10, top: 10, width: 1, height: 1 }).raw().toBuffer();
    expect(top[0]).toBeGreaterThan(200);
    const { thumbnailUrl } = await alice.api.files.link.query({ fileId: file.id });
    const thumbnail = await bytesOf(await fetch(onNode(alice, thumbnailUrl!)));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 240, height: 320 });
  });

  test('of an upload nothing is left but the file, and of a file that goes nothing', async () => {
    const { id } = await upload(alice, await picture().png().toBuffer());
    await runSql(server.databaseUrl, `UPDATE files SET sweep_at = now() - interval '1 s' WHERE id = '${id}'`);
    const keys = () =>
      s3
        ? [...s3.objects.keys()].filter((key) => key.includes(id))
        : readdirSync(server.nodes[0].app.env.STORAGE_FOLDER, { recursive: true })
            .map(String)
            .filter((path) => path.includes(`${id}/`));
    expect(keys().map((key) => key.split('/').at(-1))).toEqual(['body', 'thumbnail']);
    await sweepFiles(server.nodes[0].app);
    expect(keys()).toEqual([]);
    await expect(alice.api.files.link.query({ fileId: id })).rejects.toEqual(refused('NOT_FOUND'));
  });

  test('bytes that are not all there make no file', async () => {
    const bytes = pdf(1_000);
    const { uploadId, url } = await begin(alice, bytes);
    await put(url, bytes.subarray(0, 600));
    const received = driver === 's3 directly' ? 0 : 600;
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toMatchObject({
      data: { code: 'UPLOAD_INCOMPLETE', received, size: 1_000 },
    });
  });

  test('it is no good that the storage refused', () => {
    // A signature of another length is what the client of the last test sent.
    expect(s3?.refusals ?? []).toEqual(driver === 's3 directly' ? ['SignatureDoesNotMatch'] : []);
  });
});

describe('the rules', () => {
  const OURS = 'https://chat.example.org';
  const server = serverForAll({ env: { STORAGE_QUOTA_MB: '100', ALLOWED_ORIGINS: OURS } });
  const join = (name = 'alice') => server.people.join(name);
  afterEach(() => vi.restoreAllMocks());

  /** Begins to send an upload, and leaves it at that. */
  function sending(url: string, ...headers: string[]): Socket {
    const { hostname, port, pathname, search } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write([`PUT ${pathname}${search} HTTP/1.1`, `Host: ${hostname}`, ...headers, '', ''].join('\r\n'));
    return socket;
  }

  const filesOnDisk = () => {
    const { STORAGE_FOLDER } = server.nodes[0].app.env;
    return readdirSync(STORAGE_FOLDER, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
  };
  const temporary = (id: string) => readdirSync(tmpdir()).filter((name) => name.includes(id));

  test.each<[string, () => Buffer | Promise<Buffer>, string, string]>([
    ['tea.pdf', pdf, 'application/pdf', 'document'],
    ['letter.doc', () => compound('WordDocument'), 'application/msword', 'document'],
    [
      'letter.docx',
      docx,
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'document',
    ],
    ['all.zip', () => zip({ 'a.txt': 'a' }), 'application/zip', 'archive'],
    ['clip.mp4', mp4, 'video/mp4', 'video'],
    ['clip.mov', () => mp4('qt  '), 'video/quicktime', 'video'],
    ['clip.mkv', () => ebml('matroska'), 'video/matroska', 'video'],
    ['clip.webm', () => ebml('webm'), 'video/webm', 'video'],
    ['word.m4a', () => mp4('M4A '), 'audio/mp4', 'audio'],
    ['word.mp3', mp3, 'audio/mpeg', 'audio'],
    ['word.ogg', ogg, 'audio/ogg', 'audio'],
    ['word.wav', wav, 'audio/wav', 'audio'],
    ['me.png', () => picture().png().toBuffer(), 'image/png', 'image'],
    ['me.webp', () => picture().webp().toBuffer(), 'image/webp', 'image'],
    ['me.gif', () => picture().gif().toBuffer(), 'image/gif', 'image'],
    ['me.jpeg', () => picture().jpeg().toBuffer(), 'image/jpeg', 'image'],
  ])('%s is taken', async (name, make, type, kind) => {
    const alice = await join();
    const file = await upload(alice, await make(), { name });
    expect(file).toMatchObject({ name, type, kind });
    const { headers } = await download(alice, file.id);
    expect(headers.get('content-type')).toBe(type);
    const isShown = !['document', 'archive'].includes(kind);
    expect(headers.get('content-disposition')).toMatch(isShown ? /^inline;/ : /^attachment;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  });

  test.each<[string, () => Buffer | Promise<Buffer>, FilePurpose?]>([
    ['page.jpg', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    [
      'drawing.svg',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ],
    ['tea.txt', () => Buffer.from('tea')],
    ['setup.pdf', () => Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)])],
    ['run.zip', () => Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['table.doc', () => compound('Workbook')],
    ['tool.zip', () => zip({ 'META-INF/MANIFEST.MF': 'Manifest-Version: 1.0' })],
    ['broken.jpg', async () => (await photo()).subarray(0, 2_000)],
    [
      'broken.png',
      async () => Buffer.concat([(await picture().png().toBuffer()).subarray(0, 60), Buffer.alloc(99)]),
    ],
    ['tea.pdf', pdf, 'avatar'],
    ['me.gif', () => picture().gif().toBuffer(), 'group_icon'],
    ['clip.webm', () => ebml('webm'), 'story'],
  ])('S77: %s is refused, and is gone', async (name, make, purpose = 'message') => {
    const alice = await join();
    const bytes = await make();
    const { uploadId, url } = await begin(alice, bytes, { name, purpose });
    await put(url, bytes);
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(
      refused('FILE_TYPE_REFUSED'),
    );
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(refused('NOT_FOUND'));
    await expect
      .poll(() => filesOnDisk().filter(({ parentPath }) => parentPath.includes(uploadId)))
      .toEqual([]);
    expect(temporary(uploadId)).toEqual([]);
  });

  test.each([
    ['gif', Buffer.from('/*=1;alert(document.domain)//')],
    ['png', zip({ 'evil.html': '<script>alert(1)</script>' })],
    ['jpeg', Buffer.from('<script>alert(1)</script>')],
    ['webp', Buffer.from('<script>alert(1)</script>')],
  ] as const)('S77: what was hidden behind a %s is not kept', async (format, hidden) => {
    const alice = await join();
    const clean = await picture()[format]().toBuffer();
    const { id } = await upload(alice, Buffer.concat([clean, hidden]), { name: `me.${format}` });
    const kept = await bytesOf(await download(alice, id));
    expect(kept.includes(hidden)).toBe(false);
    expect(await sharp(kept).metadata()).toMatchObject({ format, width: 640, height: 480 });
  });

  test('pictures that move go on moving', async () => {
    const alice = await join();
    const frames = await Promise.all(
      [40, 200].map((red) => picture(64, 48).tint({ r: red, g: 0, b: 0 }).png().toBuffer()),
    );
    const moving = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer();
    const file = await upload(alice, moving, { name: 'me.gif' });
    expect(file).toMatchObject({ width: 64, height: 48 });
    expect((await sharp(await bytesOf(await download(alice, file.id))).metadata()).pages).toBe(2);
  });

  test('S79: an image of too many pixels costs next to nothing', async () => {
    const alice = await join();
    const bytes = hugePng(30_000, 30_000);
    expect(bytes.length).toBeLessThan(FILE_SIZES.message);
    const { uploadId, url } = await begin(alice, bytes);
    await put(url, bytes);
    const [before, cpu] = [process.memoryUsage.rss(), process.cpuUsage()];
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(
      refused('FILE_TYPE_REFUSED'),
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000);
    expect(process.cpuUsage(cpu).user).toBeLessThan(1_000_000);
  });

  // Made before anybody is connected: it takes seconds, in which connections that wait for their next request are lost.
  const enormous = (part: string) => zip({ [part]: Buffer.alloc(500_000_000) });
  test.each([
    ['nobody asks for', enormous('word/document.xml')],
    ['says what it is', enormous('[Content_Types].xml')],
  ])('S79: an archive whose part that %s is enormous is not unpacked', async (_, bytes) => {
    const alice = await join();
    const { uploadId, url } = await begin(alice, bytes);
    await put(url, bytes);
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    });
    await alice.api.uploads.complete.mutate({ uploadId }).catch(() => {});
    clearInterval(watch);
    expect(Math.max(most, process.memoryUsage.rss()) - before).toBeLessThan(200_000_000);
  });

  test.each([
    ['message', 10_000_000],
    ['avatar', 2_000_000],
    ['group_icon', 2_000_000],
    ['story', 20_000_000],
  ] as const)('a file for %s has %i bytes at most', async (purpose, limit) => {
    const alice = await join();
    const create = (size: number) => alice.api.uploads.create.mutate({ purpose, name: 'tea', size });
    expect(await create(limit)).toMatchObject({ uploadId: expect.any(String) });
    await expect(create(limit + 1)).rejects.toMatchObject({ data: { code: 'FILE_TOO_LARGE', limit } });
  });

  test('never more than was announced', async () => {
    const alice = await join();
    const bytes = pdf(1_000);
    const { uploadId, url } = await begin(alice, bytes);
    expect((await put(url, pdf(1_001))).status).toBe(413);
    // Of a length that nobody says.
    const endless = sending(url, 'Transfer-Encoding: chunked');
    let answer = '';
    endless.on('data', (data) => {
      answer += data;
    });
    const more = setInterval(() => endless.write(`400\r\n${'x'.repeat(1_024)}\r\n`), 1);
    await new Promise((resolve) => endless.once('close', resolve));
    clearInterval(more);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset')).toBe('0');
    expect((await put(url, bytes)).status).toBe(204);
    expect((await put(url, bytes.subarray(0, 1), 1_000)).status).toBe(413);
    expect(await alice.api.uploads.complete.mutate({ uploadId })).toMatchObject({ size: 1_000 });
    expect((await put(url, bytes)).status).toBe(404);
  });

  test('an upload goes on where it broke off', async () => {
    const alice = await join();
    const bytes = pdf(2_000_000);
    const { uploadId, url } = await begin(alice, bytes);
    const socket = sending(url, 'Content-Length: 2000000');
    socket.write(bytes.subarray(0, 700_000), () => socket.destroy());
    const offset = async () => Number((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'));
    await expect.poll(offset).toBeGreaterThan(524_287);
    const early = await put(url, bytes.subarray(0, 100), 0);
    expect([early.status, Number(early.headers.get('upload-offset'))]).toEqual([409, expect.any(Number)]);
    expect(await early.json()).toMatchObject({ code: 'UPLOAD_INCOMPLETE', httpStatus: 409, size: 2_000_000 });
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(
      refused('UPLOAD_INCOMPLETE'),
    );
    // What came last may still be on its way to the disk.
    for (let sent = 0; sent !== 204; ) {
      const there = await offset();
      sent = (await put(url, bytes.subarray(there), there)).status;
    }
    const { id } = await alice.api.uploads.complete.mutate({ uploadId });
    expect((await bytesOf(await download(alice, id))).equals(bytes)).toBe(true);
  });

  test('an upload counts once, in however many parts it comes, and each part as a call', async () => {
    const env = { LIMIT_UPLOADS: '2/600', LIMIT_OPERATIONS: '11/600' };
    await using server = await testServer({ env });
    const alice = await server.people.join('alice');
    const bytes = pdf(1_000);
    const inParts = async (url: string) => {
      for (let at = 0; at < 1_000; at += 250)
        expect((await put(url, bytes.subarray(at, at + 250), at)).status).toBe(204);
    };
    const first = await begin(alice, bytes);
    await inParts(first.url);
    const second = await begin(alice, bytes);
    await inParts(second.url);
    await expect(begin(alice, bytes)).rejects.toMatchObject({ data: { code: 'RATE_LIMITED' } });
    const over = await put(second.url, bytes, 1_000);
    expect([over.status, over.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });

  test('of two who send the same upload at once nothing is mixed', async () => {
    const alice = await join();
    const [one, other] = [pdf(3_000_000), Buffer.concat([pdf(100), Buffer.alloc(2_999_900, 'y')])];
    const { uploadId, url } = await begin(alice, one);
    const both = await Promise.allSettled([put(url, one), put(url, other)]);
    for (let there = 0; there < one.length; ) {
      there = Number((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'));
      await put(url, one.subarray(there), there);
    }
    expect(
      both.filter((each) => each.status === 'fulfilled' && each.value.status === 204).length,
    ).toBeLessThan(2);
    const { id } = await alice.api.uploads.complete.mutate({ uploadId });
    const kept = await bytesOf(await download(alice, id));
    expect(kept).toHaveLength(one.length);
    // Each part is of one of the two, from its beginning to its end.
    const turns = kept
      .subarray(100)
      .toString('latin1')
      .replace(/(.)\1*/g, '$1');
    expect(turns.length).toBeLessThan(12);
    expect(
      filesOnDisk().filter(
        ({ parentPath }) => parentPath.includes(`incoming`) && parentPath.includes(uploadId),
      ),
    ).toEqual([]);
  });

  test('whoever sends nothing more is given up, and what came is kept', async () => {
    const { setTimeout: original } = IncomingMessage.prototype;
    vi.spyOn(IncomingMessage.prototype, 'setTimeout').mockImplementation(function (
      this: IncomingMessage,
      milliseconds,
      listener,
    ) {
      return original.call(this, milliseconds / 100, listener) as IncomingMessage;
    });
    const alice = await join();
    const { url } = await begin(alice, pdf(1_000));
    const socket = sending(url, 'Content-Length: 1000');
    socket.write('%PDF-');
    await new Promise((resolve) => socket.once('close', resolve));
    await expect
      .poll(async () => (await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'))
      .toBe('5');
  });

  test('somebody sends four uploads at a time to a node, and no more', async () => {
    const alice = await join();
    const sockets = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { url } = await begin(alice, pdf(1_000));
        return sending(url, 'Content-Length: 1000');
      }),
    );
    const bytes = pdf(1_000);
    const { url } = await begin(alice, bytes);
    const fifth = async () => {
      const { status, headers } = await put(url, bytes.subarray(0, 0));
      return [status, headers.get('retry-after')];
    };
    await expect.poll(fifth).toEqual([503, '1']);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await put(url, bytes)).status).toBe(204);
  });

  test('to complete an upload again, and ten times at once, gives the same file', async () => {
    const alice = await join();
    const bytes = await photo();
    const { uploadId, url } = await begin(alice, bytes);
    await put(url, bytes);
    const files = await Promise.all(
      Array.from({ length: 10 }, () => alice.api.uploads.complete.mutate({ uploadId })),
    );
    files.push(await alice.api.uploads.complete.mutate({ uploadId }));
    expect(new Set(files.map((file) => JSON.stringify(file))).size).toBe(1);
  });

  test("S37: an upload and a file that nothing uses are nobody else's", async () => {
    const [alice, mallory] = await Promise.all([join(), join('mallory')]);
    const bytes = pdf();
    const { uploadId, url } = await begin(alice, bytes);
    await put(url, bytes);
    const notFound = refused('NOT_FOUND');
    await expect(mallory.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(notFound);
    const { id: fileId } = await alice.api.uploads.complete.mutate({ uploadId });
    await expect(mallory.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(notFound);
    await expect(mallory.api.files.link.query({ fileId })).rejects.toEqual(notFound);
    await expect(mallory.api.files.link.query({ fileId: v7() })).rejects.toEqual(notFound);
  });

  test('S80: a link that was changed in anything is no link', async () => {
    const [alice, bob] = await Promise.all([join(), join('bob')]);
    const [file, other] = [await upload(alice, pdf()), await upload(alice, pdf())];
    const { url } = await alice.api.files.link.query({ fileId: file.id });
    const good = new URL(onNode(alice, url));
    const status = async (change: (url: URL) => void) => {
      const changed = new URL(good);
      change(changed);
      return (await fetch(changed)).status;
    };
    const set = (name: string, value: string) => (changed: URL) => changed.searchParams.set(name, value);
    expect(await status(() => {})).toBe(200);
    expect(await status(set('expires', String(Number(good.searchParams.get('expires')) + 1)))).toBe(403);
    expect(await status(set('expires', '1e99'))).toBe(403);
    expect(await status(set('session', bob.tokens.sessionId))).toBe(403);
    expect(await status(set('session', "' OR 1=1 --"))).toBe(403);
    expect(await status(set('signature', 'x'))).toBe(403);
    expect(await status(set('signature', ''))).toBe(403);
    expect(await status((changed) => changed.searchParams.delete('signature'))).toBe(403);
    expect(await status((changed) => (changed.pathname = `/files/${other.id}`))).toBe(403);
    for (const path of [
      '..%2f..%2fetc%2fpasswd',
      `${file.id}/../x`,
      'x',
      '',
      `${file.id}%00`,
      `../incoming/${file.id}`,
    ])
      expect([403, 404]).toContain(await status((changed) => (changed.pathname = `/files/${path}`)));
    const sends = new URL((await begin(alice, pdf())).url);
    good.searchParams.set('signature', sends.searchParams.get('signature')!);
    expect((await fetch(good)).status).toBe(403);
    sends.pathname = sends.pathname.replace(/[^/]+$/, v7());
    expect((await put(sends.href, pdf())).status).toBe(404);
  });

  test('S80: a link dies with the session that asked for it', async () => {
    const alice = await join();
    const { id: fileId } = await upload(alice, pdf());
    const { url } = await alice.api.files.link.query({ fileId });
    expect((await fetch(onNode(alice, url))).status).toBe(200);
    await alice.api.auth.logout.mutate();
    expect((await fetch(onNode(alice, url))).status).toBe(403);
  });

  test('what is downloaded can be asked for by its head, and from any page that is allowed', async () => {
    const alice = await join();
    const { id: fileId } = await upload(alice, pdf(5_000));
    const head = await download(alice, fileId, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5000', '']);
    expect(head.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(head.headers.get('cache-control')).toBe('private, max-age=60');
    const beyond = await download(alice, fileId, { headers: { range: 'bytes=5000-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */5000']);
    const last = await download(alice, fileId, { headers: { range: 'bytes=-7' } });
    expect([last.status, last.headers.get('content-range')]).toEqual([206, 'bytes 4993-4999/5000']);
    for (const range of ['bytes=2-1', 'bytes=0-1,3-4', 'bytes=x', 'lines=1-2', 'bytes=-'])
      expect([200, 416]).toContain((await download(alice, fileId, { headers: { range } })).status);
    const stale = { range: 'bytes=0-1', 'if-range': '"another"' };
    expect((await download(alice, fileId, { headers: stale })).status).toBe(200);
    const elsewhere = await download(alice, fileId, { headers: { origin: 'https://evil.example' } });
    expect(elsewhere.status).toBe(403);
  });

  test('S71: a page of an allowed origin may send bytes and ask how much is there, and no other page', async () => {
    const alice = await join();
    const { url } = await begin(alice, pdf());
    const preflight = (origin: string) =>
      fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
    expect((await preflight('https://chat.example.org.evil.example')).status).toBe(403);
    const { status, headers } = await preflight(OURS);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, OURS]);
    expect(headers.get('access-control-allow-methods')).toContain('PUT');
    expect(headers.get('access-control-allow-headers')).toContain('upload-offset');
    const head = await fetch(url, { method: 'HEAD', headers: { origin: OURS } });
    expect(head.headers.get('access-control-expose-headers')).toContain('upload-offset');
  });

  test('S81: what somebody has is counted, also what they have only announced', async () => {
    const alice = await join();
    const create = () => alice.api.uploads.create.mutate({ purpose: 'story', name: 'tea', size: 20_000_000 });
    const five = await Promise.allSettled(Array.from({ length: 8 }, create));
    expect(five.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(create()).rejects.toMatchObject({ data: { code: 'QUOTA_EXCEEDED', limit: 100_000_000 } });
    await expect(upload(alice, pdf())).rejects.toEqual(refused('QUOTA_EXCEEDED'));
  });

  test('a hundred uploads wait, and no more', async () => {
    const alice = await join();
    await runSql(
      server.databaseUrl,
      `INSERT INTO files (id, owner_id, purpose, name, size, created_at)
       SELECT gen_random_uuid(), '${alice.id}', 'message', 'tea', 1, now() FROM generate_series(1, 100)`,
    );
    await expect(begin(alice, pdf())).rejects.toMatchObject({
      data: { code: 'TOO_MANY', what: 'uploads', limit: 100 },
    });
  });

  describe('a form', () => {
    const form = (bytes: Buffer, name = 'tea.pdf') => {
      const body = new FormData();
      body.set('comment', 'hello');
      body.set('file', new File([new Uint8Array(bytes)], name));
      return body;
    };
    const post = (
      person: Person | null,
      body: FormData | string | null,
      init: RequestInit = {},
      query = '',
    ) =>
      fetch(`${server.nodes[0].url}/uploads${query}`, {
        method: 'POST',
        body,
        ...init,
        headers: { ...(person && { authorization: `Bearer ${person.tokens.accessToken}` }), ...init.headers },
      });

    test('with one file makes a file of it', async () => {
      const alice = await join();
      const bytes = pdf(1_200_000);
      const response = await post(alice, form(bytes, 'in voice.pdf'));
      expect(response.status).toBe(201);
      const file = (await response.json()) as { id: string };
      expect(file).toMatchObject({ name: 'in voice.pdf', size: bytes.length, type: 'application/pdf' });
      expect((await bytesOf(await download(alice, file.id))).equals(bytes)).toBe(true);
      const avatar = await post(alice, form(await photo(), 'me.jpg'), {}, '?purpose=avatar');
      expect(await avatar.json()).toMatchObject({ kind: 'image', width: 480 });
    });

    test('is refused with what is wrong, and leaves nothing', async () => {
      const alice = await join();
      const before = filesOnDisk().length;
      const code = async (answer: Promise<Response>) => {
        const response = await answer;
        const { code, httpStatus } = (await response.json()) as { code: string; httpStatus: number };
        expect(httpStatus).toBe(response.status);
        return code;
      };
      const boundary = { 'content-type': 'multipart/form-data; boundary=x' };
      const two = form(pdf());
      two.append('other', new File(['%PDF-1.7'], 'other.pdf'));
      const many = form(pdf());
      for (let count = 0; count < 10_000; count++) many.append(`__proto__`, 'x');
      expect(await code(post(null, form(pdf())))).toBe('UNAUTHENTICATED');
      expect(await code(post(alice, '{}', { headers: { 'content-type': 'application/json' } }))).toBe(
        'UNSUPPORTED_REQUEST',
      );
      expect(await code(post(alice, null, { method: 'GET' }))).toBe('UNSUPPORTED_REQUEST');
      expect(await code(post(alice, form(pdf()), {}, '?purpose=anything'))).toBe('INVALID_INPUT');
      expect(await code(post(alice, 'nonsense', { headers: boundary }))).toBe('INVALID_INPUT');
      expect(
        await code(post(alice, '--x\r\n', { headers: { 'content-type': 'multipart/form-data;' } })),
      ).toBe('INVALID_INPUT');
      expect(await code(post(alice, two))).toBe('INVALID_INPUT');
      expect(await code(post(alice, new FormData()))).toBe('INVALID_INPUT');
      expect(await code(post(alice, form(Buffer.from('<html>'))))).toBe('FILE_TYPE_REFUSED');
      expect(await code(post(alice, form(pdf(), 'x'.repeat(5_000))))).toBe('INVALID_INPUT');
      for (const body of [form(pdf(10_000_001)), many]) {
        const answer = await post(alice, body).catch(() => null);
        expect([400, 413, undefined]).toContain(answer?.status);
      }
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
      const half = `--x\r\nContent-Disposition: form-data; name="file"; filename="tea.pdf"\r\n\r\n${pdf()}`;
      expect(await code(post(alice, half, { headers: boundary }))).toBe('INVALID_INPUT');
      await sweepFiles(server.nodes[0].app);
      expect(filesOnDisk()).toHaveLength(before);
    });

    test('takes no cookie for a session', async () => {
      const alice = await join();
      const headers = {
        cookie: `parley-access=${alice.tokens.accessToken}`,
        'sec-fetch-site': 'same-origin',
      };
      expect((await post(null, form(pdf()), { headers })).status).toBe(401);
    });
  });
});

describe('S78: names', () => {
  test.each([
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\boot.ini', '_.._boot.ini'],
    ['a\r\nSet-Cookie: x=1', 'a_Set-Cookie_ x=1'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['console.txt', 'console.txt'],
    ['photo\u202egpj.exe', 'photo_gpj.exe'],
    ['...', 'file'],
    ['a\0b', 'a_b'],
    ['e\u0301.pdf', '\u00e9.pdf'],
  ])('%j becomes %j', (given, name) => {
    expect(safeName(given)).toBe(name);
  });

  test('a name ends as its type does: that decides what opens it', () => {
    expect(withEnding('invoice.exe', 'application/pdf')).toBe('invoice.exe.pdf');
    expect(withEnding('Invoice.PDF', 'application/pdf')).toBe('Invoice.PDF');
    expect(withEnding('me.JPEG', 'image/jpeg')).toBe('me.JPEG');
  });

  test('whatever a name is, it is one header and one name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (given) => {
        const name = safeName(given);
        expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}]|^\.|^$/u);
        const header = contentDisposition(name, false);
        expect(header).toMatch(/^attachment; filename="[ !#-[\]-~]*"; filename\*=UTF-8''[\w%.!~-]+$/);
        expect(decodeURIComponent(header.split("''")[1]!)).toBe(name);
      }),
      { numRuns: 200 },
    );
  });

  test('it is shown and sent as it was given', async () => {
    await using server = await testServer();
    const alice = await server.people.join('alice');
    const { id, name } = await upload(alice, pdf(), { name: 'Zoë\'s "tea".pdf' });
    expect(name).toBe("Zoë's _tea_.pdf");
    const { headers } = await download(alice, id);
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="Zo_'s _tea_.pdf"; filename*=UTF-8''Zo%C3%AB%27s%20_tea_.pdf`,
    );
    for (const bad of ['', ' ', 'x'.repeat(256), 'a\0b', '\ud800'])
      await expect(begin(alice, pdf(), { name: bad })).rejects.toEqual(refused('INVALID_INPUT'));
  });
});

test('S80: a link is good for five minutes, and one to upload for a day', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const alice = await server.people.join('alice');
  const bytes = pdf(1_000);
  const waiting = await begin(alice, bytes);
  const { url } = await alice.api.files.link.query({ fileId: (await upload(alice, bytes)).id });
  const status = async () => (await fetch(onNode(alice, url))).status;
  clock.advance(5 * 60_000 - 1);
  expect(await status()).toBe(200);
  clock.advance(1);
  expect(await status()).toBe(403);
  clock.advance(24 * 3_600_000 - 5 * 60_000 - 1);
  expect((await put(waiting.url, bytes.subarray(0, 1))).status).toBe(204);
  clock.advance(1);
  expect((await put(waiting.url, bytes.subarray(1), 1)).status).toBe(404);
});

describe('what nobody uses', () => {
  const DAY = 24 * 3_600_000;

  test('S81: uploads that were not completed, and files that nothing uses, go after a day', async () => {
    const clock = new ManualClock();
    await using server = await testServer({ clock });
    const { app } = server.nodes[0];
    const alice = await server.people.join('alice');
    const waiting = await begin(alice, pdf(1_000));
    await put(waiting.url, pdf(500));
    clock.advance(DAY / 2);
    await alice.refresh();
    const ready = await upload(alice, pdf());
    await sweepFiles(app);
    const rows = () => app.database.prisma.file.findMany({ orderBy: { createdAt: 'asc' } });
    expect(await rows()).toMatchObject([{ id: waiting.uploadId }, { id: ready.id }]);
    clock.advance(DAY / 2);
    await sweepFiles(app);
    expect(await rows()).toMatchObject([{ id: ready.id }]);
    expect((await put(waiting.url, pdf(500), 500)).status).toBe(404);
    clock.advance(DAY / 2);
    await sweepFiles(app);
    expect(await rows()).toEqual([]);
    const left = readdirSync(app.env.STORAGE_FOLDER, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test('S81: what a link past this server brings when its file is gone counts, and goes with the link', async () => {
    await using s3 = await s3Server();
    const env = { ...s3.env, S3_PUBLIC_ENDPOINT: s3.url, STORAGE_QUOTA_MB: '1' };
    await using server = await testServer({ env });
    const { app } = server.nodes[0];
    const alice = await server.people.join('alice');
    const noise = Buffer.alloc(600_000, 1);
    const { uploadId, url } = await begin(alice, noise);
    await put(url, noise);
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(
      refused('FILE_TYPE_REFUSED'),
    );
    await expect.poll(() => s3.objects.size).toBe(0);
    expect((await put(url, noise)).status).toBe(200);
    await sweepFiles(app);
    await expect(begin(alice, noise)).rejects.toEqual(refused('QUOTA_EXCEEDED'));
    const older = (column: string) => `${column} = ${column} - interval '25 hours'`;
    await runSql(server.databaseUrl, `UPDATE files SET ${older('created_at')}, ${older('sweep_at')}`);
    await sweepFiles(app);
    expect(s3.objects.size).toBe(0);
    expect(await runSql(server.databaseUrl, 'SELECT id FROM files')).toEqual([]);
    await begin(alice, noise);
  });

  test('a sweep that was broken off anywhere begins again anywhere', async () => {
    await using s3 = await s3Server();
    await using server = await testServer({ env: s3.env, nodes: 2 });
    const alice = await server.people.join('alice');
    for (const after of [0, 2, 4, 8]) {
      const files = [await upload(alice, pdf()), await upload(alice, await photo())];
      await runSql(server.databaseUrl, `UPDATE files SET sweep_at = now() - interval '1 s'`);
      // Each request is tried three times.
      s3.fail(3, 500, after);
      await expect(sweepFiles(server.nodes[0].app)).rejects.toThrow('UNAVAILABLE');
      s3.fail(0, 0);
      await Promise.all(server.nodes.map(({ app }) => sweepFiles(app)));
      expect(s3.objects.size).toBe(0);
      expect(await runSql(server.databaseUrl, 'SELECT id FROM files')).toEqual([]);
      for (const { id: fileId } of files)
        await expect(alice.api.files.link.query({ fileId })).rejects.toEqual(refused('NOT_FOUND'));
    }
  });

  test('what somebody leaves unused goes with their account', async () => {
    await using server = await testServer();
    const alice = await server.people.join('alice');
    await upload(alice, pdf());
    await begin(alice, pdf());
    const { password } = alice.credentials;
    await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    await expect.poll(() => runSql(server.databaseUrl, 'SELECT id FROM files')).toEqual([]);
  });
});

describe('a storage that fails', () => {
  test('for a moment: nobody notices', async () => {
    await using s3 = await s3Server();
    await using server = await testServer({ env: s3.env });
    const alice = await server.people.join('alice');
    s3.fail(2, 503);
    expect(await upload(alice, pdf())).toMatchObject({ type: 'application/pdf' });
  });

  test('for longer: it is told, and nothing is lost', async () => {
    await using s3 = await s3Server();
    await using server = await testServer({ env: s3.env });
    const alice = await server.people.join('alice');
    const bytes = pdf(1_000);
    const { uploadId, url } = await begin(alice, bytes);
    s3.fail(100, 500);
    const response = await put(url, bytes);
    expect([response.status, await response.json()]).toEqual([503, { code: 'UNAVAILABLE', httpStatus: 503 }]);
    s3.fail(0, 0);
    await put(url, bytes);
    s3.fail(100, 500);
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toEqual(refused('UNAVAILABLE'));
    s3.fail(0, 0);
    expect(await alice.api.uploads.complete.mutate({ uploadId })).toMatchObject({ size: 1_000 });
  });

  test('a disk that is nearly full takes nothing more', async () => {
    await using server = await testServer({ env: { STORAGE_KEEP_FREE_MB: '1000000000' } });
    const alice = await server.people.join('alice');
    await expect(begin(alice, pdf())).rejects.toMatchObject({ data: { code: 'BUSY', retryAfter: 60 } });
  });
});

describe('signatures for an S3 are those that AWS has published', () => {
  const env = {
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    S3_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const now = new Date('2013-05-24T00:00:00Z');
  const host = 'https://examplebucket.s3.amazonaws.com';
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

  test.each([
    [
      {
        method: 'GET',
        url: `${host}/test.txt`,
        headers: { range: 'bytes=0-9', 'x-amz-content-sha256': empty },
      },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      {
        method: 'PUT',
        url: `${host}/test$file.text`,
        headers: {
          date: 'Fri, 24 May 2013 00:00:00 GMT',
          'x-amz-storage-class': 'REDUCED_REDUNDANCY',
          'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        },
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    [
      { method: 'GET', url: `${host}/?lifecycle=`, headers: { 'x-amz-content-sha256': empty } },
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      { method: 'GET', url: `${host}/?max-keys=2&prefix=J`, headers: { 'x-amz-content-sha256': empty } },
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ] as const)('%o', async (request, signature) => {
    const { headers } = await signS3(env, now, request);
    expect(headers.get('authorization')).toMatch(new RegExp(`Signature=${signature}$`));
  });

  test('in a link', async () => {
    const { url } = await signS3(env, now, { method: 'GET', url: `${host}/test.txt`, seconds: 86_400 });
    expect(new URL(url).searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });
});
