import type { Hydrator } from '../events/hydrate.ts';
import { toScheduled } from './view.ts';

/** The log has nothing of what it says: it is told as it is when it is read. */
const updated: Hydrator<'scheduled.updated'> = async ({ prisma }, rows: { refs: { id: string } }[]) => {
  const ids = rows.map(({ refs }) => refs.id);
  const found = await prisma.scheduledMessage.findMany({ where: { id: { in: ids } } });
  const byId = new Map(found.map((row) => [row.id, toScheduled(row)]));
  return ids.map((id) => {
    const scheduled = byId.get(id);
    return scheduled ? { type: 'scheduled.updated', scheduled } : null;
  });
};

const removed: Hydrator<'scheduled.removed'> = async (
  _,
  rows: { refs: { id: string; sentSeq: number | null } }[],
) => rows.map(({ refs }) => ({ type: 'scheduled.removed', ...refs }));

export const scheduledEvents = {
  'scheduled.updated': updated,
  'scheduled.removed': removed,
};
