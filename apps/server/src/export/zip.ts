import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** One file of an archive. Its content is read once, when its turn comes. */
export interface ZipEntry {
  /** Its path, with slashes. */
  name: string;
  content: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
}

/**
 * A ZIP archive as it is written, one piece after the other: nothing is held but the names. Each file is of less than
 * 4 GiB; of files, and of bytes together, there may be any number. All are of the moment `at`.
 */
export function zip(entries: AsyncIterable<ZipEntry>, at: Date): Readable {
  const file = new ZipFile();
  const output = file.outputStream as Readable;
  const given = new AbortController();
  const fail = (error: Error): void => void output.destroy(error);
  output.once('close', () => given.abort());
  file.on('error', fail);
  fill(file, entries, at, given.signal).catch(fail);
  return output;
}

/** The next file is asked for when the one before it has been read. */
async function fill(
  file: ZipFile,
  entries: AsyncIterable<ZipEntry>,
  at: Date,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name, content } of entries) {
    const stream = Readable.from(content, { objectMode: false });
    file.addReadStream(stream, name, { mtime: at });
    await finished(stream, { signal });
  }
  file.end();
}
