import { z } from 'zod';
import { id } from './ids.ts';

/** What a file is uploaded for: it decides how large it may be, and of which types. */
export type FilePurpose = 'message' | 'avatar' | 'group_icon' | 'story';

export const filePurpose = z.enum([
  'message',
  'avatar',
  'group_icon',
  'story',
]) satisfies z.ZodType<FilePurpose>;

/** How an application shows it. */
export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'archive';

/** A file that is there whole. How to download it is asked for with `files.link`. */
export type FileInfo = {
  id: string;
  /** What its owner calls it, with the ending of its type. */
  name: string;
  /** Bytes. An image is written anew when it comes, so that it may differ from what was sent. */
  size: number;
  /** Its MIME type, by what is in it. */
  type: string;
  kind: FileKind;
  /** Only of an image: its pixels, upright … */
  width?: number | undefined;
  height?: number | undefined;
  /** … and what to show until it is there: https://blurha.sh. An image has a thumbnail. */
  blurhash?: string | undefined;
};

export const fileInfo = z.object({
  id,
  name: z.string(),
  size: z.int(),
  type: z.string(),
  kind: z.enum(['image', 'video', 'audio', 'document', 'archive']),
  width: z.int().optional(),
  height: z.int().optional(),
  blurhash: z.string().optional(),
}) satisfies z.ZodType<FileInfo>;

const MEGABYTE = 1_000_000;

/** Bytes of one file. */
export const FILE_SIZES = {
  message: 10 * MEGABYTE,
  avatar: 2 * MEGABYTE,
  group_icon: 2 * MEGABYTE,
  story: 20 * MEGABYTE,
} as const satisfies Record<FilePurpose, number>;

const IMAGES = ['image/jpeg', 'image/png', 'image/webp'];
const VIDEOS = ['video/mp4', 'video/quicktime', 'video/matroska'];

/** The types that are taken, by what is in the file: what it is called counts for nothing. */
export const FILE_TYPES: Record<FilePurpose, readonly string[]> = {
  message: [
    ...IMAGES,
    'image/gif',
    ...VIDEOS,
    'video/webm',
    'audio/mpeg',
    'audio/mp4',
    'audio/ogg',
    'audio/wav',
    'application/pdf',
    'application/msword',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/zip',
  ],
  avatar: IMAGES,
  group_icon: IMAGES,
  story: [...IMAGES, ...VIDEOS],
};
