import { LIMITS } from '@parley/contract';
import { text } from '../text.ts';
import { TYPES } from './file-types.ts';

/** What a file is called when it comes. */
export const givenName = text(1, LIMITS.fileName);

/** What means something to a file system or a shell, turns letters around, or shows nothing. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** What a file is called by its owner, so that it can be a name on any machine. It is never one on this. */
export function safeName(given: string): string {
  const name = given
    .normalize('NFC')
    .replace(UNSAFE, '_')
    .replace(/^[\s.]+|(?<![\s.])[\s.]+$/g, '');
  return name === '' ? 'file' : name.replace(RESERVED, '_$1');
}

/** The same with an ending of its type: what it is called decides what opens it. */
export function withEnding(name: string, type: string): string {
  const endings = TYPES[type]!.endings;
  const lower = name.toLowerCase();
  return endings.some((ending) => lower.endsWith(`.${ending}`)) ? name : `${name}.${endings[0]}`;
}

/** The header that says whether to show a file or to store it, and under which name: RFC 6266. */
export function contentDisposition(name: string, isShown: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isShown ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${exact}`;
}
