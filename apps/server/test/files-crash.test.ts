import { expect, test, vi } from 'vitest';
import { testDatabase } from './database.ts';
import { People } from './people.ts';
import { serverProcess } from './process.ts';
import { pdf } from './samples.ts';
import { begin, bytesOf, download, put } from './uploads.ts';

test('an upload outlives the kill of its node between two parts, and goes on', async () => {
  await using database = await testDatabase();
  await using server = await serverProcess(database.url, { PUBLIC_URL: 'http://localhost:4000' });
  const alice = await new People([server]).join('alice');
  const bytes = pdf(3_000_000);
  const { uploadId, url } = await begin(alice, bytes);
  const offset = async () => Number((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'));
  const slow = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const sending = fetch(url, { method: 'PUT', body: slow.readable, duplex: 'half' } as RequestInit);
  const writer = slow.writable.getWriter();
  writer.write(new Uint8Array(bytes.subarray(0, 1_200_000))).catch(() => {});
  await vi.waitFor(async () => expect(await offset()).toBeGreaterThan(1_000_000), { timeout: 10_000 });
  const broken = expect(sending).rejects.toThrow();
  await server.kill();
  await broken;
  await server.restart();
  const there = await offset();
  expect(there).toBeGreaterThan(1_000_000);
  expect((await put(url, bytes.subarray(there), there)).status).toBe(204);
  const { id } = await alice.api.uploads.complete.mutate({ uploadId });
  expect((await bytesOf(await download(alice, id))).equals(bytes)).toBe(true);
});
