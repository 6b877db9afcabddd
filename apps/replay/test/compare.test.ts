import {
  applyEvent,
  type ChatState,
  type Conversation,
  emptyState,
  type Member,
  type Message,
  takeBootstrap,
} from '@parley/client';
import { describe, expect, test } from 'vitest';
import { differences } from '../src/compare.ts';
import type { Truth } from '../src/truth.ts';

const NOW = '2026-11-20T10:00:00.000Z';
const GROUP = '00000000-0000-7000-8000-000000000001';
const idOf = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const person = (number: number, joinedSeq: number, readSeq: number): Member => ({
  user: {
    id: idOf(number),
    username: `person_${number}`,
    fullName: null,
    avatar: null,
    status: null,
    isDeleted: false,
  },
  role: 'member',
  joinedAt: NOW,
  joinedSeq,
  readSeq,
  deliveredSeq: readSeq,
});
const message = (seq: number): Message => ({
  id: idOf(100 + seq),
  conversationId: GROUP,
  seq,
  senderId: idOf(11),
  text: `text ${seq}`,
  createdAt: NOW,
  ...(seq === 4 && { mentions: { userIds: [idOf(10)] } }),
});
const conversation: Conversation = {
  id: GROUP,
  kind: 'group',
  title: 'x',
  description: null,
  createdAt: NOW,
  memberCount: 2,
  lastSeq: 5,
  icon: null,
  slowModeSeconds: 0,
  history: 'joined',
  retentionDays: null,
  parent: null,
};

/** Ann came after the second message and has read three; Bob said them all. */
const [ann, bob] = [person(10, 2, 3), person(11, 0, 5)];
const truth: Truth = {
  conversation,
  members: new Map([ann, bob].map((member) => [member.user.id, member])),
  messages: [1, 2, 3, 4, 5].map(message),
  entitled: new Map(),
  log: { count: 7, head: 7 },
};

/** Ann's state, made by the client's own reducer. */
const state = [3, 4, 5].reduce<ChatState>(
  (known, seq) => applyEvent(known, { type: 'message.created', message: message(seq) }),
  applyEvent(
    takeBootstrap(emptyState, {
      cursor: 'e.1',
      me: {
        ...ann.user,
        bio: null,
        email: 'ann@example.com',
        isEmailVerified: true,
        role: 'USER',
        createdAt: NOW,
        availability: 'online',
        settings: {
          dmPolicy: 'everyone',
          lastSeenFor: 'everyone',
          readReceipts: true,
          groupAddsBy: 'everyone',
        },
      },
      conversations: [],
      hasMore: false,
      threads: [],
      friends: [],
      friendRequests: [],
      contacts: [],
      blocks: [],
      scheduled: [],
      stories: [],
    }),
    {
      type: 'member.added',
      actorId: bob.user.id,
      conversation: { ...conversation, lastSeq: 2 },
      members: [ann, bob],
      lastMessage: null,
    },
  ),
);

const known = state.conversations![GROUP]!;
const having = (change: Partial<typeof known>): ChatState => ({
  ...state,
  conversations: { [GROUP]: { ...known, ...change } },
});
const withMessages = (messages: Message[]) => having({ timeline: { ...known.timeline, messages } });
const { messages } = known.timeline;

test('a client that equals the database', () => {
  expect(differences(state, ann.user.id, truth)).toEqual([]);
});

describe('a client that differs from the database in', () => {
  test.each<[string, ChatState, string]>([
    ['a missing message', withMessages(messages.slice(1)), 'message 3 is missing'],
    ['a message twice', withMessages([messages[0]!, ...messages]), 'message 3 is there 2 times'],
    ['the order', withMessages(messages.toReversed()), 'messages out of order'],
    [
      'a text',
      withMessages([{ ...messages[0]!, text: 'x' }, ...messages.slice(1)]),
      'message 3 differs in text',
    ],
    ['a message before their time', withMessages([message(2), ...messages]), 'message 2 is not theirs'],
    ['a message that nobody stored', withMessages([...messages, message(6)]), 'message 6 is not theirs'],
    ['the end', having({ timeline: { ...known.timeline, to: 4 } }), 'history known to seq 4 instead of 5'],
    [
      'the beginning',
      having({ timeline: { ...known.timeline, from: 4 } }),
      'history known from seq 4 on instead of 3',
    ],
    ['the title', having({ title: 'y' }), 'the conversation differs in title'],
    ['the newest message', having({ lastMessage: message(4) }), 'the conversation differs in lastMessage'],
    [
      'the count of members',
      having({ memberCount: 3 }),
      'the conversation differs in memberCount (3 instead of 2)',
    ],
    ['what is unread', having({ lastSeq: 4 }), '1 unread instead of 2'],
    [
      'the own read mark',
      having({ me: { ...known.me, readSeq: 4 } }),
      'their own membership differs in readSeq (4 instead of 3)',
    ],
    ['what calls them', having({ mentions: [] }), 'the conversation differs in mentions'],
    [
      'what has come to them',
      having({ me: { ...known.me, deliveredSeq: 4 } }),
      'their own membership differs in deliveredSeq (4 instead of 3)',
    ],
    ['members that are not loaded', having({ members: undefined }), 'the members are not loaded'],
    ['a member too few', having({ members: { [ann.user.id]: ann } }), 'member person_11 is missing'],
    [
      'a member too many',
      having({ members: { ...known.members, x: person(12, 0, 0) } }),
      'person_12 is a member, and has left',
    ],
    [
      "somebody's read mark",
      having({ members: { ...known.members, [bob.user.id]: { ...bob, readSeq: 4 } } }),
      'member person_11 differs in readSeq (4 instead of 5)',
    ],
    [
      'what has come to somebody',
      having({ members: { ...known.members, [bob.user.id]: { ...bob, deliveredSeq: 6 } } }),
      'member person_11 differs in deliveredSeq (6 instead of 5)',
    ],
    ['the group', { ...state, conversations: {} }, '0 conversations instead of the group'],
    [
      'the outbox',
      {
        ...state,
        outbox: [
          {
            clientMessageId: idOf(9),
            conversationId: GROUP,
            text: 'x',
            status: 'queued',
            unanswered: 0,
            message: undefined,
            error: undefined,
          },
        ],
      },
      'a message in the outbox is queued',
    ],
  ])('%s', (_, other, difference) => {
    expect(differences(other, ann.user.id, truth)).toContain(difference);
  });
});

test('whoever left has to know nothing', () => {
  const without = { ...truth, members: new Map([[bob.user.id, bob]]) };
  expect(differences({ ...state, conversations: {} }, ann.user.id, without)).toEqual([]);
  expect(differences(state, ann.user.id, without)).toEqual(['a group that is not theirs']);
});
