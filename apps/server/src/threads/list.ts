import type { ConversationView } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { pageOf } from '../conversations/list.ts';

/** The threads that the caller follows, the most recently active first; `before` goes on after the last one of a page. */
export async function listThreads(
  ctx: SignedIn,
  input: { limit: number; before?: string | undefined },
): Promise<{ threads: ConversationView[]; hasMore: boolean }> {
  const { views, hasMore } = await pageOf(ctx, 'threads', input);
  return { threads: views, hasMore };
}
