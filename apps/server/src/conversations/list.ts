import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { loadViews } from './view.ts';

/** The caller's conversations, the most recently active first; `before` goes on after the last one of a page. */
export async function listConversations(
  ctx: SignedIn,
  input: { limit: number; before?: string | undefined },
): Promise<{ conversations: ConversationView[]; hasMore: boolean }> {
  const { pool, prisma } = ctx.app.database;
  const { userId } = ctx.session;
  const query: Parameters<typeof loadViews>[2] = { limit: input.limit + 1 };
  if (input.before !== undefined) {
    const membership = { conversationId: input.before, userId };
    if (!(await prisma.member.findUnique({ where: { conversationId_userId: membership } })))
      throw new ParleyError('NOT_FOUND', { what: 'conversation' });
    query.before = await prisma.conversation.findUniqueOrThrow({ where: { id: input.before } });
  }
  const views = await loadViews(pool, userId, query);
  return { conversations: views.slice(0, input.limit), hasMore: views.length > input.limit };
}
