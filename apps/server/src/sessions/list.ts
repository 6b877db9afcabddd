import { id, timestamp } from '@parley/contract';
import { z } from 'zod';
import type { SignedIn } from '../context.ts';

/** A session as its own person sees it. */
export const ownSession = z.object({
  id,
  /** What the person calls the device, or what it calls itself. */
  device: z.string(),
  /** Where it was begun from. */
  address: z.string(),
  createdAt: timestamp,
  /** When its tokens were last renewed. */
  lastUsedAt: timestamp,
  /** Whether it is the one that asks. */
  isCurrent: z.boolean(),
});
export type OwnSession = z.infer<typeof ownSession>;

/** Sessions of one answer: more than anybody looks through. */
const MOST = 100;

/** The caller's open sessions, the one last used first. */
export async function listSessions({ app, session }: SignedIn): Promise<OwnSession[]> {
  const { sessionId, userId } = session;
  const rows = await app.database.prisma.session.findMany({
    where: { userId, endedAt: null, expiresAt: { gt: app.clock.now() } },
    orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
    take: MOST,
  });
  return rows.map(({ id, device, address, createdAt, lastUsedAt }) => ({
    id,
    device,
    address,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    isCurrent: id === sessionId,
  }));
}
