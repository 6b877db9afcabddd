import type { Hydrator } from '../events/hydrate.ts';
import { toDraft } from './view.ts';

/** The log has none of the text: it is told as it is when it is read. */
const updated: Hydrator<'draft.updated'> = async (
  { prisma },
  rows: { topic: string; refs: { conversationId: string; joinedAt: string } }[],
) => {
  const asked = rows.map(({ topic, refs }) => ({ userId: topic, conversationId: refs.conversationId }));
  const drafts = await prisma.draft.findMany({ where: { OR: asked } });
  const byKey = new Map(drafts.map((draft) => [keyOf(draft), toDraft(draft)]));
  return rows.map(({ refs }, index) => ({
    type: 'draft.updated',
    ...refs,
    draft: byKey.get(keyOf(asked[index]!)) ?? null,
  }));
};

const keyOf = ({ userId, conversationId }: { userId: string; conversationId: string }): string =>
  `${userId} ${conversationId}`;

export const draftEvents = { 'draft.updated': updated };
