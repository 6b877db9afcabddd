import { createReadStream, openAsBlob } from 'node:fs';
import { FILE_TYPES, type FilePurpose } from '@parley/contract';
import { fileTypeFromBlob } from 'file-type';
import { ParleyError } from '../error.ts';

/** Other names of types that we know. */
const ALIASES: Record<string, string> = {
  'image/apng': 'image/png',
  'audio/x-m4a': 'audio/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
};

/** The type of a file by what is in it. Errors: `FILE_TYPE_REFUSED` where the purpose takes none of it. */
export async function inspect(path: string, purpose: FilePurpose): Promise<string> {
  // As a blob, which is read bit by bit too: for a path it loads a package when it runs, past the bundle.
  const found = (await fileTypeFromBlob(await openAsBlob(path)))?.mime ?? null;
  const type = found === 'application/x-cfb' && (await isWord(path)) ? 'application/msword' : found;
  const known = type === null ? null : (ALIASES[type] ?? type);
  if (known === null || !FILE_TYPES[purpose].includes(known))
    throw new ParleyError('FILE_TYPE_REFUSED', { type: known });
  return known;
}

/** The entry of a folder in a compound file, 128 bytes long: a stream of the name that Word gives to its text. */
const ENTRY = 128;
const WORD = Buffer.from('WordDocument\0', 'utf16le');

/** Programs, spreadsheets and mails come in compound files too. */
async function isWord(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { highWaterMark: 512 * ENTRY }))
    for (let at = 0; at + ENTRY <= chunk.length; at += ENTRY)
      if (chunk[at + 66] === 2 && chunk.subarray(at, at + WORD.length).equals(WORD)) return true;
  return false;
}
