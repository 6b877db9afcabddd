import type { ConversationView, PublicUser } from '@parley/client';

export const nameOf = (user: PublicUser): string =>
  user.isDeleted ? 'Deleted user' : (user.fullName ?? user.username);

/** What a conversation is called for whoever looks at it. */
export const titleOf = ({ peer, title }: ConversationView): string =>
  peer ? nameOf(peer.user) : (title ?? 'Group');
