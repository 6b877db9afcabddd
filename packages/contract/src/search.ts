import { z } from 'zod';

/** What a message can have besides a text: files of any kind, or of this one, or the address of a page. */
export type SearchTrait = 'file' | 'image' | 'video' | 'audio' | 'document' | 'archive' | 'link';

export const searchTrait = z.enum([
  'file',
  'image',
  'video',
  'audio',
  'document',
  'archive',
  'link',
]) satisfies z.ZodType<SearchTrait>;
