import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Env } from '../env.ts';
import type { ByteRange, Content, Storage } from './storage.ts';

/** Nothing that leads elsewhere. */
const KEY = /^[a-z]+\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\/[\w-]+)?$/;

/** Files in a folder of this machine. */
export function createLocalStorage(
  env: Pick<Env, 'STORAGE_FOLDER' | 'STORAGE_KEEP_FREE_MB'>,
): Omit<Storage, 'direct'> & { direct: null } {
  const root = env.STORAGE_FOLDER;

  /** Folders of 4,096 at most: the last digits of an id are random. */
  function pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error('no key of ours');
    const [place = '', id = '', ...name] = key.split('/');
    return join(root, place, id.slice(-3), id, ...name);
  }

  return {
    async put(key, content) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      const unfinished = `${path}.${randomUUID()}`;
      try {
        await using file = await open(unfinished, 'wx');
        await write(file, content);
        // Once somebody was told that it is there, it is there after a power cut too.
        await file.sync();
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    get: (key, range) => read(pathOf(key), range),
    remove: (key) => rm(pathOf(key), { force: true }),
    removeAll: (folder) => rm(pathOf(folder), { recursive: true, force: true }),
    async hasRoom(bytes) {
      await mkdir(root, { recursive: true });
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize - bytes >= env.STORAGE_KEEP_FREE_MB * 1_000_000;
    },
    direct: null,
  };
}

async function write(file: FileHandle, content: Content): Promise<void> {
  await file.writeFile('path' in content ? createReadStream(content.path) : content);
}

async function read(path: string, range: ByteRange | undefined): Promise<Readable | null> {
  try {
    const file = await open(path);
    return file.createReadStream(range ? { start: range.from, end: range.to } : {});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
