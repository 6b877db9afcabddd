import { LIMITS } from '@parley/contract';
import { expect, test } from 'vitest';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

const write = (by: Person, conversationId: string, text: string, replyTo?: number) =>
  by.api.drafts.set.mutate({ conversationId, text, ...(replyTo && { replyTo }) });

const draftOf = async (person: Person, conversationId: string) =>
  (await person.api.conversations.get.query({ conversationId })).conversation.draft;

const rowsOf = (conversationId: string) =>
  runSql(server.databaseUrl, `SELECT text FROM drafts WHERE conversation_id = '${conversationId}'`);

async function pair() {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  await bob.say(conversationId, 'tea?');
  return { alice, bob, conversationId };
}

test('a draft is on all devices of whoever writes it, and on nobody else’s', async () => {
  const { alice, bob, conversationId } = await pair();
  const [phone, bobs] = [await (await alice.anotherDevice()).subscribe({ node: 1 }), await bob.subscribe()];
  const { joinedAt } = (await alice.api.conversations.get.query({ conversationId })).conversation.me;
  expect(await draftOf(alice, conversationId)).toBeNull();
  const draft = await write(alice, conversationId, 'I would ', 1);
  expect(draft).toEqual({ text: 'I would ', replyTo: 1, updatedAt: expect.any(String) });
  const { data } = await phone.until(({ type }) => type === 'draft.updated');
  expect(data).toEqual({ type: 'draft.updated', conversationId, joinedAt, draft });
  expect(await draftOf(alice, conversationId)).toEqual(draft);
  expect(await draftOf(bob, conversationId)).toBeNull();
  await alice.say(conversationId, 'I would like some');
  await bobs.when(() => bobs.texts.length === 1);
  expect(bobs.events.map(({ type }) => type)).not.toContain('draft.updated');
  // It is the application that says what was sent of it.
  expect(await draftOf(alice, conversationId)).toEqual(draft);
});

test('the last write wins; the same again is no news, and nothing takes it away', async () => {
  const { alice, conversationId } = await pair();
  await verifyAction([alice], () => write(alice, conversationId, 'one'));
  const stream = await alice.subscribe();
  const two = await write(alice, conversationId, 'two');
  expect(await write(alice, conversationId, 'two')).toEqual(two);
  expect(await write(alice, conversationId, '', 1)).toMatchObject({ text: '', replyTo: 1 });
  expect(await write(alice, conversationId, '')).toBeNull();
  expect(await write(alice, conversationId, '')).toBeNull();
  await alice.say(conversationId, 'so be it');
  await stream.when(() => stream.texts.length === 1);
  expect(stream.events.filter(({ type }) => type === 'draft.updated')).toHaveLength(3);
  expect(await draftOf(alice, conversationId)).toBeNull();
  await verifyAction([alice], () => write(alice, conversationId, 'three'));
  await verifyAction([alice], () => write(alice, conversationId, ''));
});

test('it may be unfinished in every way, and is as long as a message', async () => {
  const { alice, conversationId } = await pair();
  // There is no such message, or no longer: what somebody writes is not lost for that.
  for (const text of [' ', '\n', '\u200b', '👍'.repeat(LIMITS.messageText)])
    expect(await write(alice, conversationId, text, 99)).toMatchObject({ text, replyTo: 99 });
  for (const text of ['a'.repeat(LIMITS.messageText + 1), 'a\0', '\ud800'])
    await expect(write(alice, conversationId, text)).rejects.toMatchObject(refused('INVALID_INPUT'));
});

test('the log has no word of it, and tells what there is when it is read', async () => {
  const { alice, conversationId } = await pair();
  const stream = await alice.subscribe();
  const { cursor } = stream;
  await write(alice, conversationId, 'a secret draft');
  const last = await write(alice, conversationId, 'the last word');
  const events = await runSql<{ refs: object }>(
    server.databaseUrl,
    `SELECT refs FROM events WHERE topic = '${alice.id}' AND type = 'draft.updated'`,
  );
  expect(events).toHaveLength(2);
  expect(JSON.stringify(events)).not.toMatch(/secret|word/);
  await server.addNode();
  const resumed = await alice.subscribe({ cursor, node: server.nodes.length - 1 });
  expect(resumed.events).toMatchObject([{ draft: last }, { draft: last }]);
});

test('it goes with its conversation, and whoever comes again has none', async () => {
  const { alice, bob, conversationId } = await pair();
  await write(alice, conversationId, 'of alice');
  await write(bob, conversationId, 'of bob');
  await bob.api.groups.leave.mutate({ conversationId });
  expect(await rowsOf(conversationId)).toEqual([{ text: 'of alice' }]);
  await expect(write(bob, conversationId, 'too late')).rejects.toMatchObject(
    refused('NOT_FOUND', { what: 'conversation' }),
  );
  await verifyAction([alice, bob], () =>
    alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] }),
  );
  expect(await draftOf(bob, conversationId)).toBeNull();
  await write(bob, conversationId, 'of bob');
  await alice.api.groups.removeMember.mutate({ conversationId, userId: bob.id });
  expect(await rowsOf(conversationId)).toEqual([{ text: 'of alice' }]);
  await alice.api.groups.delete.mutate({ conversationId });
  expect(await rowsOf(conversationId)).toEqual([]);
});

test('it goes with the account', async () => {
  const { alice, bob, conversationId } = await pair();
  const direct = await alice.talkTo(bob);
  for (const id of [conversationId, direct]) await write(alice, id, 'not sent');
  const stream = await bob.subscribe();
  const { password } = alice.credentials;
  await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
  await stream.until(({ type }) => type === 'member.left');
  for (const id of [conversationId, direct]) expect(await rowsOf(id)).toEqual([]);
});
