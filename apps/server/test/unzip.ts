import { crc32, inflateRawSync } from 'node:zlib';

/** The files of a ZIP archive by their names, found as the directory at its end has them. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.length - 22;
  if (archive.readUInt32LE(end) !== 0x0605_4b50) throw new Error('no end');
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const files = new Map<string, Buffer>();
  for (let n = 0; n < count; n++) {
    if (archive.readUInt32LE(at) !== 0x0201_4b50) throw new Error('no record');
    const [crc, packed, size] = [16, 20, 24].map((place) => archive.readUInt32LE(at + place));
    const [name = 0, extra = 0] = [28, 30].map((place) => archive.readUInt16LE(at + place));
    const head = archive.readUInt32LE(at + 42);
    const path = archive.toString('utf8', at + 46, at + 46 + name);
    if (archive.readUInt32LE(head) !== 0x0403_4b50) throw new Error('no header');
    const begin = head + 30 + name + archive.readUInt16LE(head + 28);
    const content = inflateRawSync(archive.subarray(begin, begin + packed!));
    if (content.length !== size || crc32(content) !== crc) throw new Error(`${path} is broken`);
    files.set(path, content);
    at += 46 + name + extra;
  }
  return files;
}
