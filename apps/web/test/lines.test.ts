import type { Member, Message } from '@parley/client';
import { expect, test } from 'vitest';
import { averageColour } from '../src/files/average-colour.ts';
import { findMessage, linesOf } from '../src/messages/lines.ts';
import { beingCalled, mentionsIn } from '../src/messages/mentions.ts';

const said = (seq: number, senderId: string, createdAt: string): Message => ({
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  senderId,
  text: `${seq}`,
  createdAt: new Date(createdAt).toISOString(),
});

test('each day has its line, what is new has one, and messages of one person stand together for some minutes', () => {
  const lines = linesOf(
    [
      said(1, 'alice', '2026-03-01T10:00'),
      said(2, 'alice', '2026-03-01T10:04'),
      said(3, 'alice', '2026-03-01T10:20'),
      said(5, 'bob', '2026-03-01T10:21'),
      said(6, 'bob', '2026-03-02T10:21'),
    ],
    [],
    // The message that was the first unread one is not shown to this person.
    4,
  );
  const shown = lines.map((line) =>
    line.kind === 'message' ? [line.message.seq, line.day !== undefined, line.isNew, line.isFirst] : line.key,
  );
  expect(shown).toEqual([
    [1, true, false, true],
    [2, false, false, false],
    [3, false, false, true],
    [5, false, true, true],
    [6, true, false, true],
  ]);
});

test('a message is found among those that are known, and no other', () => {
  const messages = [2, 3, 5, 8, 13].map((seq) => said(seq, 'alice', '2026-03-01T10:00'));
  for (const { seq } of messages) expect(findMessage(messages, seq)?.seq).toBe(seq);
  for (const seq of [1, 4, 14, undefined]) expect(findMessage(messages, seq)).toBeUndefined();
  expect(findMessage([], 1)).toBeUndefined();
});

const member = (username: string, fullName: string | null = null): Member => ({
  user: { id: `id of ${username}`, username, fullName, avatar: null, status: null, isDeleted: false },
  role: 'member',
  joinedAt: '',
  joinedSeq: 0,
  readSeq: 0,
  deliveredSeq: 0,
});
const MEMBERS = [member('alice', 'Alice Moreau'), member('bob'), member('bo_bo')];

test('a text calls the members whom it names, and everybody only where that may be', () => {
  expect(mentionsIn('Hi @nobody and @Bob.', MEMBERS, false)).toEqual({ userIds: ['id of bob'] });
  expect(mentionsIn('@everyone, lunch!', MEMBERS, true)).toEqual({ userIds: [], everyone: true });
  expect(mentionsIn('@everyone, lunch!', MEMBERS, false)).toBeUndefined();
  expect(mentionsIn('nobody@bob', MEMBERS, true)).toBeUndefined();
});

test('who may be meant is offered while a name is being written', () => {
  const names = (text: string, caret = text.length) =>
    beingCalled(text, caret, MEMBERS, true).map(({ username }) => username);
  expect(names('Hi @b')).toEqual(['bob', 'bo_bo']);
  expect(names('Hi @Al')).toEqual(['alice']);
  expect(names('@')).toEqual(['alice', 'bob', 'bo_bo', 'everyone']);
  expect(names('Hi @bob')).toEqual([]);
  expect(names('Hi @b there')).toEqual([]);
  expect(names('a@b')).toEqual([]);
});

test('the average colour of a picture is in its blurhash', () => {
  // Hashes of plain white and of plain red, as the package blurhash makes them.
  expect(averageColour('00TSUA')).toBe('#ffffff');
  expect(averageColour('00TI:j')).toBe('#ff0000');
  expect(averageColour(undefined)).toBe('#000000');
});
