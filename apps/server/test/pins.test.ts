import { type ChatEvent, LIMITS } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import type { Subscription } from './subscription.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll();

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_MESSAGE = refused('NOT_FOUND', { what: 'message' });

const pin = (by: Person, conversationId: string, seq: number) =>
  by.api.messages.pin.mutate({ conversationId, seq });
const unpin = (by: Person, conversationId: string, seq: number) =>
  by.api.messages.unpin.mutate({ conversationId, seq });
const pinned = async (by: Person, conversationId: string): Promise<number[]> =>
  (await by.api.messages.pinned.query({ conversationId })).messages.map(({ seq }) => seq);

const told = ({ events }: Subscription): ChatEvent[] =>
  events.filter(({ type }) => type === 'message.pinned' || type === 'message.unpinned');

/** A group of alice's, with bob and carol in it, of whom carol is an admin; and three messages. */
async function group() {
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  const id = await alice.startGroup('tea', bob, carol);
  await alice.api.groups.setRole.mutate({ conversationId: id, userId: carol.id, role: 'admin' });
  for (const text of ['one', 'two', 'three']) await bob.say(id, text);
  return { alice, bob, carol, id };
}

describe('a message is pinned', () => {
  test('for everybody, newest pin first, and its time is wherever it is read', async () => {
    const { alice, bob, carol, id } = await group();
    const stream = await bob.subscribe();
    for (const [by, seq] of [
      [alice, 3],
      [carol, 1],
      [alice, 2],
    ] as const)
      expect(await pin(by, id, seq)).toBeNull();
    expect(await pinned(bob, id)).toEqual([2, 1, 3]);
    expect(await unpin(carol, id, 1)).toBeNull();
    await stream.when(() => told(stream).length === 4);
    const events = told(stream);
    const at = events.flatMap((event) => (event.type === 'message.pinned' ? [event.pinnedAt] : []));
    const place = { conversationId: id };
    expect(events).toEqual([
      { type: 'message.pinned', ...place, seq: 3, actorId: alice.id, pinnedAt: at[0] },
      { type: 'message.pinned', ...place, seq: 1, actorId: carol.id, pinnedAt: at[1] },
      { type: 'message.pinned', ...place, seq: 2, actorId: alice.id, pinnedAt: at[2] },
      { type: 'message.unpinned', ...place, seq: 1, actorId: carol.id },
    ]);
    const { messages } = await bob.api.messages.list.query({ conversationId: id });
    expect(messages.map(({ pinnedAt }) => pinnedAt)).toEqual([undefined, at[2], at[0]]);
    const { conversation } = await bob.api.conversations.get.query({ conversationId: id });
    expect(conversation.lastMessage?.pinnedAt).toBe(at[0]);
    expect(await bob.api.messages.pinned.query({ conversationId: id })).toEqual({
      messages: [messages[1], messages[2]],
    });
  });

  test('once: what is so already is no news', async () => {
    const { alice, carol, id } = await group();
    const stream = await carol.subscribe();
    await pin(alice, id, 1);
    await pin(carol, id, 1);
    await unpin(alice, id, 2);
    await unpin(alice, id, 1);
    await stream.when(() => told(stream).some(({ type }) => type === 'message.unpinned'));
    expect(told(stream)).toHaveLength(2);
  });

  test('in a group by owner and admins, in a direct conversation by both', async () => {
    const { alice, bob, id } = await group();
    await expect(pin(bob, id, 1)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    await pin(alice, id, 1);
    await expect(unpin(bob, id, 1)).rejects.toMatchObject(refused('FORBIDDEN', { need: 'admin' }));
    // A moderator of the installation is no admin of the group.
    await appoint(server, bob, 'MODERATOR');
    await expect(pin(bob, id, 2)).rejects.toMatchObject(refused('FORBIDDEN'));
    const direct = await alice.talkTo(bob);
    for (const by of [alice, bob]) await by.say(direct, 'hello');
    await verifyAction([alice, bob], async () => {
      await pin(alice, direct, 2);
      await pin(bob, direct, 1);
      await unpin(bob, direct, 2);
    });
    expect(await pinned(alice, direct)).toEqual([1]);
  });

  test('so often and no more', async () => {
    const { alice, id } = await group();
    for (let n = 0; n < LIMITS.pins; n += 1) await alice.say(id, `${n}`);
    await runSql(
      server.databaseUrl,
      `UPDATE messages SET pinned_at = now() WHERE conversation_id = '${id}' AND seq > 4`,
    );
    await pin(alice, id, 1);
    await expect(pin(alice, id, 2)).rejects.toMatchObject(
      refused('TOO_MANY', { what: 'pins', limit: LIMITS.pins }),
    );
    await unpin(alice, id, 1);
    await pin(alice, id, 2);
  });

  test('until it is deleted or erased', async () => {
    const { alice, bob, id } = await group();
    for (const seq of [1, 2]) await pin(alice, id, seq);
    const at = { conversationId: id, seq: 1 };
    await verifyAction([alice, bob], () => bob.api.messages.delete.mutate({ ...at, scope: 'everyone' }));
    expect(await pinned(alice, id)).toEqual([2]);
    for (const call of [pin, unpin]) await expect(call(alice, id, 1)).rejects.toMatchObject(NO_MESSAGE);
    const stream = await alice.subscribe();
    const { password } = bob.credentials;
    await bob.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
    await stream.until(({ type }) => type === 'messages.erased');
    expect(await pinned(alice, id)).toEqual([]);
    const { messages } = await alice.api.messages.list.query({ conversationId: id });
    for (const message of messages) expect(message).not.toHaveProperty('pinnedAt');
  });

  test('for those who see it', async () => {
    const { alice, bob, id } = await group();
    for (const seq of [1, 2, 3]) await pin(alice, id, seq);
    await bob.api.messages.delete.mutate({ conversationId: id, seq: 2, scope: 'me' });
    expect(await pinned(bob, id)).toEqual([3, 1]);
    const dora = await server.people.join('dora');
    await alice.api.groups.addMembers.mutate({ conversationId: id, userIds: [dora.id] });
    expect(await pinned(dora, id)).toEqual([]);
    await bob.api.groups.leave.mutate({ conversationId: id });
    await expect(pinned(bob, id)).rejects.toMatchObject(refused('NOT_FOUND', { what: 'conversation' }));
  });

  test('beside a block as ever, but for what is withheld: that is of its sender alone', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const direct = await alice.talkTo(bob);
    await alice.say(direct, 'hello');
    await alice.api.blocks.add.mutate({ userId: bob.id });
    const { seq } = await bob.say(direct, 'are you there?');
    const [alices, bobs] = [await alice.subscribe(), await bob.subscribe()];
    await verifyAction([alice, bob], async () => {
      await pin(bob, direct, seq);
      await pin(bob, direct, 1);
      await unpin(alice, direct, 1);
      await pin(alice, direct, 1);
    });
    await bobs.when(() => told(bobs).length === 4);
    await alices.when(() => told(alices).length === 3);
    expect(await pinned(bob, direct)).toEqual([1, seq]);
    expect(await pinned(alice, direct)).toEqual([1]);
    await expect(pin(alice, direct, seq)).rejects.toMatchObject(NO_MESSAGE);
  });
});
