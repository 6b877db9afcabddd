import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';
import { People } from './people.ts';
import { serverProcess } from './process.ts';
import { Ballast, canMount, onSmallDisk } from './small-disk.ts';
import { begin, bytesOf, download, put } from './uploads.ts';

/** Megabytes. An image of three is there a second time while it is completed, and a third time written anew. */
const DISK = 12;

/** What cannot be made smaller: written anew it has the same bytes. */
const noise = (): Promise<Buffer> =>
  sharp(randomBytes(3_000_000), { raw: { width: 1_000, height: 1_000, channels: 3 } })
    .png()
    .toBuffer();

test.skipIf(!canMount)('a disk that is full in the middle of an upload loses nothing of it', async () => {
  const folder = join(tmpdir(), `parley-small-disk-${v7()}`);
  await using database = await testDatabase();
  const variables = {
    STORAGE_FOLDER: folder,
    TMPDIR: folder,
    STORAGE_KEEP_FREE_MB: '1',
    PUBLIC_URL: 'http://localhost:4000',
  };
  await using server = await serverProcess(database.url, variables, onSmallDisk(folder, DISK));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  const ballast = new Ballast(server.pid, folder);

  const image = await noise();
  const alice = await new People([server]).join('alice');
  const { uploadId, url } = await begin(alice, image);
  await ballast.leave(1_000_000);
  const response = await put(url, image);
  expect([response.status, await response.json()]).toEqual([503, { code: 'UNAVAILABLE', httpStatus: 503 }]);
  const there = Number((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'));
  expect(there).toBeGreaterThan(400_000);
  await ballast.remove();
  expect((await put(url, image.subarray(there), there)).status).toBe(204);

  // Room for a second copy, in the folder for temporary files, then for none in the storage, which is the third.
  for (const room of [1_000_000, 4_000_000]) {
    await ballast.leave(room);
    await expect(alice.api.uploads.complete.mutate({ uploadId })).rejects.toMatchObject({
      data: { code: 'UNAVAILABLE' },
    });
  }
  await ballast.remove();
  const { id } = await alice.api.uploads.complete.mutate({ uploadId });
  expect((await bytesOf(await download(alice, id))).equals(image)).toBe(true);
});
