import type { Member } from '@parley/contract';

/** One page of `conversations.members`. */
export interface MembersPage {
  members: Member[];
  next: string | null;
  cursor: string;
}

/**
 * Everybody in a conversation, page by page. The cursor is that of the first page: what happened from then on is applied
 * to all of them. That brings whoever came, takes whoever went, and changes nothing of what a later page shows already.
 */
export async function readAllMembers(
  readPage: (after: string | undefined) => Promise<MembersPage>,
): Promise<{ members: Member[]; cursor: string }> {
  const first = await readPage(undefined);
  const members = new Map(first.members.map((member) => [member.user.id, member]));
  for (let { next } = first; next !== null; ) {
    const page = await readPage(next);
    for (const member of page.members) members.set(member.user.id, member);
    next = page.next;
  }
  return { members: [...members.values()], cursor: first.cursor };
}
