import type { FileKind } from '@parley/contract';

/** A type of files. */
export interface FileType {
  kind: FileKind;
  /** What its names end in; the first one is added where a name ends in none of them. */
  endings: readonly string[];
  /** Whether a browser may show it in place; everything else it is to store. */
  isShown: boolean;
}

const shown = (kind: FileKind, ...endings: string[]): FileType => ({ kind, endings, isShown: true });
const stored = (kind: FileKind, ...endings: string[]): FileType => ({ kind, endings, isShown: false });

/** All types there are here, by what they are called. None of them runs anything in a browser that shows it. */
export const TYPES: Readonly<Record<string, FileType>> = {
  'image/jpeg': shown('image', 'jpg', 'jpeg'),
  'image/png': shown('image', 'png'),
  'image/gif': shown('image', 'gif'),
  'image/webp': shown('image', 'webp'),
  'video/mp4': shown('video', 'mp4', 'm4v'),
  'video/quicktime': shown('video', 'mov'),
  'video/matroska': shown('video', 'mkv'),
  'video/webm': shown('video', 'webm'),
  'audio/mpeg': shown('audio', 'mp3'),
  'audio/mp4': shown('audio', 'm4a'),
  'audio/ogg': shown('audio', 'ogg', 'oga', 'opus'),
  'audio/wav': shown('audio', 'wav'),
  'application/pdf': stored('document', 'pdf'),
  'application/msword': stored('document', 'doc'),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': stored('document', 'docx'),
  'application/zip': stored('archive', 'zip'),
};
