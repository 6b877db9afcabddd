import type { PublicUser } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { isoOf } from '../database/iso.ts';
import { ParleyError } from '../error.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';

/** Somebody who has seen a story. */
export interface Viewer {
  user: PublicUser;
  at: string;
}

/** Where a page ends: when, and who. */
export const viewerPlace = /^\d{1,13}\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Who has seen a story of the caller's, who was the last to do so first, and how many they are. */
export async function listViewers(
  { app, session }: SignedIn,
  { storyId, limit, after }: { storyId: string; limit: number; after?: string | undefined },
): Promise<{ viewers: Viewer[]; count: number; next: string | null }> {
  const { prisma, pool } = app.database;
  const story = await prisma.story.findUnique({
    where: { id: storyId, authorId: session.userId, expiresAt: { gt: app.clock.now() } },
  });
  if (!story) throw new ParleyError('NOT_FOUND', { what: 'story' });
  const [at = null, who = null] = after?.split('.') ?? [];
  const values = [storyId, at && new Date(Number(at)), who, limit + 1];
  const { rows } = await pool.query<Viewer>({ name: 'story_viewers', text: VIEWERS, values });
  const viewers = rows.slice(0, limit);
  const last = rows.length > limit ? viewers.at(-1) : undefined;
  return {
    viewers,
    count: await prisma.storyView.count({ where: { storyId } }),
    next: last ? `${Date.parse(last.at)}.${last.user.id}` : null,
  };
}

const VIEWERS = `
  SELECT ${PUBLIC_USER_JSON} AS "user", ${isoOf('v.seen_at')} AS at
  FROM story_views v JOIN users u ON u.id = v.viewer_id
  WHERE v.story_id = $1 AND ($2::timestamptz IS NULL OR (v.seen_at, v.viewer_id) < ($2, $3::uuid))
  ORDER BY v.seen_at DESC, v.viewer_id DESC
  LIMIT $4`;
