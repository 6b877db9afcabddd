import { z } from 'zod';
import { type FileInfo, fileInfo } from './files.ts';
import { id, timestamp } from './ids.ts';
import { type PublicUser, publicUser } from './users.ts';

/** An image or a video that somebody shows to those close to them, for 24 hours. */
export type Story = {
  id: string;
  authorId: string;
  /** How to download it is asked for with `files.link`, which ends when the story does. */
  file: FileInfo;
  caption: string | null;
  createdAt: string;
  /** From then on nobody sees it any more. */
  expiresAt: string;
  /** Whether this person has seen it; one's own is. */
  isSeen: boolean;
  /** How many people have seen it: only of one's own, and null of all others. */
  views: number | null;
};

export const story = z.object({
  id,
  authorId: id,
  file: fileInfo,
  caption: z.string().nullable(),
  createdAt: timestamp,
  expiresAt: timestamp,
  isSeen: z.boolean(),
  views: z.int().nullable(),
}) satisfies z.ZodType<Story>;

/** What one author shows to this person. */
export type StoriesOfAuthor = {
  author: PublicUser;
  /** The newest first. */
  stories: Story[];
  /** Whether there is one among them that this person has not seen. */
  hasUnseen: boolean;
};

export const storiesOfAuthor = z.object({
  author: publicUser,
  stories: z.array(story),
  hasUnseen: z.boolean(),
}) satisfies z.ZodType<StoriesOfAuthor>;

/** The story that a message answers. It may be gone. */
export type StoryReference = { id: string; authorId: string };

export const storyReference = z.object({ id, authorId: id }) satisfies z.ZodType<StoryReference>;
