import { isDeepStrictEqual } from 'node:util';
import type { ChatState, ConversationState, Member, MembershipSettings, Message } from '@parley/client';
import { unreadOf } from '@parley/client';
import { type Truth, unreadBy } from './truth.ts';

/**
 * What the state of somebody's client says otherwise than the database, each as a short phrase; empty when they
 * are equal. Somebody who is not in the group has to know nothing of it.
 */
export function differences(state: ChatState, userId: string, truth: Truth): string[] {
  const known = Object.values(state.conversations ?? {});
  const conversation = state.conversations?.[truth.conversation.id];
  const member = truth.members.get(userId);
  const outbox = state.outbox.map(({ status }) => `a message in the outbox is ${status}`);
  if (!state.conversations) return ['no state at all', ...outbox];
  if (!member) return [...outbox, ...(known.length > 0 ? ['a group that is not theirs'] : [])];
  if (!conversation || known.length > 1)
    return [...outbox, `${known.length} conversations instead of the group`];
  return [
    ...outbox,
    ...conversationDifferences(conversation, member, truth),
    ...memberDifferences(conversation.members, truth.members),
    ...messageDifferences(conversation, member, truth.messages),
  ];
}

/** Nobody in a transcript keeps a conversation otherwise. */
const UNSET: MembershipSettings = {
  isArchived: false,
  pinnedAt: null,
  mutedUntil: null,
  notify: 'all',
  isMarkedUnread: false,
};

function conversationDifferences(known: ConversationState, member: Member, truth: Truth): string[] {
  const { members: _, timeline: __, me, ...view } = known;
  const { user: ___, ...membership } = member;
  const newest = truth.messages.at(-1);
  const lastMessage = newest && newest.seq > member.joinedSeq ? newest : null;
  const { unread, mentions } = unreadBy(truth, member);
  return [
    ...fieldDifferences('the conversation', view, {
      ...truth.conversation,
      peer: null,
      lastMessage,
      skipped: [],
      mentions,
      draft: null,
    }),
    ...fieldDifferences('their own membership', me, { ...membership, ...UNSET }),
    ...(unreadOf(known) === unread ? [] : [`${unreadOf(known)} unread instead of ${unread}`]),
  ];
}

function memberDifferences(known: ConversationState['members'], truth: Truth['members']): string[] {
  if (!known) return ['the members are not loaded'];
  const strangers = Object.keys(known).filter((id) => !truth.has(id));
  return [
    ...strangers.map((id) => `${known[id]!.user.username} is a member, and has left`),
    ...[...truth].flatMap(([id, member]) => {
      const { username } = member.user;
      return known[id]
        ? fieldDifferences(`member ${username}`, known[id], member)
        : [`member ${username} is missing`];
    }),
  ];
}

function messageDifferences(
  { timeline }: ConversationState,
  { joinedSeq }: Member,
  stored: Message[],
): string[] {
  const theirs = stored.filter(({ seq }) => seq > joinedSeq);
  const known = Map.groupBy(timeline.messages, ({ seq }) => seq);
  const ordered = timeline.messages.every(({ seq }, index, all) => index === 0 || all[index - 1]!.seq < seq);
  const surplus = timeline.messages.filter(({ seq }) => seq <= joinedSeq || !stored[seq - 1]);
  const lastSeq = stored.at(-1)?.seq ?? 0;
  return [
    ...(timeline.from <= joinedSeq + 1
      ? []
      : [`history known from seq ${timeline.from} on instead of ${joinedSeq + 1}`]),
    ...(timeline.to === Math.max(lastSeq, joinedSeq)
      ? []
      : [`history known to seq ${timeline.to} instead of ${lastSeq}`]),
    ...(ordered ? [] : ['messages out of order']),
    ...surplus.map(({ seq }) => `message ${seq} is not theirs`),
    ...theirs.flatMap((message) => {
      const found = known.get(message.seq) ?? [];
      if (found.length === 0) return [`message ${message.seq} is missing`];
      if (found.length > 1) return [`message ${message.seq} is there ${found.length} times`];
      return fieldDifferences(`message ${message.seq}`, found[0]!, message);
    }),
  ];
}

/** Tells the fields in which two values differ; what somebody wrote is named only. */
function fieldDifferences(what: string, known: object, stored: object): string[] {
  if (isDeepStrictEqual(known, stored)) return [];
  const [a, b] = [known as Record<string, unknown>, stored as Record<string, unknown>];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const differing = names.filter((name) => !isDeepStrictEqual(a[name], b[name]));
  const tell = (name: string) =>
    typeof a[name] === 'number' ? `${name} (${a[name]} instead of ${b[name]})` : name;
  return [`${what} differs in ${differing.map(tell).join(', ')}`];
}
