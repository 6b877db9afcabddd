import type { Message } from '@parley/contract';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Api, Person } from './people.ts';
import { inAnHour } from './schedules.ts';
import { ManualClock, serverForAll, testServer } from './server.ts';

const server = serverForAll();

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: { data: { code: string } }) => error.data.code,
  );

/** What may be done to one message, or said of it, by whoever sees it. */
const ON_A_MESSAGE: Record<
  string,
  (api: Api, place: { conversationId: string; seq: number }) => Promise<unknown>
> = {
  edit: (api, place) => api.messages.edit.mutate({ ...place, text: 'mine now' }),
  'delete for everyone': (api, place) => api.messages.delete.mutate({ ...place, scope: 'everyone' }),
  'delete for me': (api, place) => api.messages.delete.mutate({ ...place, scope: 'me' }),
  'remove the preview': (api, place) => api.messages.removePreview.mutate(place),
  history: (api, place) => api.messages.history.query(place),
  readers: (api, place) => api.messages.readers.query(place),
  pin: (api, place) => api.messages.pin.mutate(place),
  unpin: (api, place) => api.messages.unpin.mutate(place),
  react: (api, place) => api.reactions.add.mutate({ ...place, emoji: '👍' }),
  'take a reaction back': (api, place) => api.reactions.remove.mutate({ ...place, emoji: '👍' }),
  reactions: (api, place) => api.reactions.list.query(place),
  'open a thread': (api, place) => api.threads.open.mutate(place),
  report: (api, { conversationId, seq }) =>
    api.reports.create.mutate({ kind: 'message', conversationId, seq, reason: 'spam' }),
  page: (api, { conversationId, seq }) => api.messages.list.query({ conversationId, around: seq }),
  read: (api, place) => api.messages.markRead.mutate(place),
  delivered: (api, place) => api.messages.markDelivered.mutate(place),
  pinned: (api, { conversationId }) => api.messages.pinned.query({ conversationId }),
  draft: (api, { conversationId }) => api.drafts.set.mutate({ conversationId, text: 'x' }),
  schedule: (api, { conversationId }) =>
    api.scheduled.create.mutate({ conversationId, text: 'x', clientMessageId: v7(), sendAt: inAnHour() }),
};

/** A group of the first two with three messages, and another of all three with one. */
async function twoGroups() {
  const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
  const theirs = await alice.startGroup('private', bob);
  const shared = await alice.startGroup('open', bob, mallory);
  const secret = await alice.say(theirs, 'the key is under the mat');
  await bob.say(theirs, 'not any more');
  await alice.say(shared, 'hello');
  return { alice, bob, mallory, theirs, shared, secret };
}

const listed = async (by: Person, conversationId: string): Promise<Message[]> =>
  (await by.api.messages.list.query({ conversationId })).messages;

test.each(Object.entries(ON_A_MESSAGE))(
  'S37, S38: %s, of a message in a group that one is not in, is as if there were none',
  async (_, act) => {
    const { alice, mallory, theirs } = await twoGroups();
    const before = await listed(alice, theirs);
    expect(await codeOf(act(mallory.api, { conversationId: theirs, seq: 1 }))).toBe('NOT_FOUND');
    expect(await codeOf(act(mallory.api, { conversationId: v7(), seq: 1 }))).toBe('NOT_FOUND');
    expect(await listed(alice, theirs)).toEqual(before);
  },
);

test('S38: the id of a message goes with its own conversation only', async () => {
  const { mallory, shared, theirs, secret } = await twoGroups();
  const { api } = mallory;
  for (const mark of [api.messages.markRead, api.messages.markDelivered]) {
    expect(await codeOf(mark.mutate({ conversationId: shared, messageIds: [secret.id] }))).toBe('NOT_FOUND');
    expect(await codeOf(mark.mutate({ conversationId: theirs, messageIds: [secret.id] }))).toBe('NOT_FOUND');
  }
  const send = { conversationId: shared, clientMessageId: v7(), text: 'what?' };
  expect(await codeOf(api.messages.send.mutate({ ...send, replyTo: 2 }))).toBe('NOT_FOUND');
  const from = { conversationId: theirs, seq: secret.seq };
  const forward = { from, conversationId: shared, clientMessageId: v7() };
  expect(await codeOf(api.messages.forward.mutate(forward))).toBe('NOT_FOUND');
  expect((await listed(mallory, shared)).map(({ text }) => text)).toEqual(['hello']);
});

test('S39: what somebody else has written, a member neither edits nor deletes; nor the own one when it is old', async () => {
  const clock = new ManualClock();
  await using own = await testServer({ clock });
  const [alice, bob] = await own.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  await alice.say(conversationId, 'mine');
  await bob.say(conversationId, 'his');
  const first = { conversationId, seq: 1 };
  expect(await codeOf(bob.api.messages.edit.mutate({ ...first, text: 'his too' }))).toBe('FORBIDDEN');
  expect(await codeOf(bob.api.messages.delete.mutate({ ...first, scope: 'everyone' }))).toBe('FORBIDDEN');
  clock.advance(15 * 60_000 + 1);
  await bob.refresh();
  const second = { conversationId, seq: 2 };
  expect(await codeOf(bob.api.messages.edit.mutate({ ...second, text: 'late' }))).toBe('EDITING_OVER');
  expect((await listed(alice, conversationId)).map(({ text }) => text)).toEqual(['mine', 'his']);
});
