import { describe, expect, test } from 'vitest';
import { serverForAll } from './server.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

const AT_FIRST = {
  dmPolicy: 'everyone',
  lastSeenFor: 'everyone',
  readReceipts: true,
  groupAddsBy: 'everyone',
};

describe('settings', () => {
  test.each(['ws', 'sse'] as const)(
    'reach one’s own devices, and nobody else, on two nodes, over %s',
    async (transport) => {
      const [alice, bob] = await server.people.all('alice', 'bob');
      await alice.talkTo(bob);
      const phone = await (await alice.anotherDevice()).subscribe({ transport, node: 1 });
      const others = await bob.subscribe({ transport, node: 1 });
      expect(await alice.api.settings.get.query()).toEqual(AT_FIRST);
      const change = { dmPolicy: 'friends', readReceipts: false } as const;
      expect(await alice.api.settings.update.mutate(change)).toEqual({ ...AT_FIRST, ...change });
      const { data } = await phone.until(({ type }) => type === 'settings.updated');
      expect(data).toEqual({ type: 'settings.updated', settings: { ...AT_FIRST, ...change } });
      expect((await alice.api.sync.bootstrap.query()).me.settings).toEqual({ ...AT_FIRST, ...change });
      await bob.api.settings.update.mutate({ lastSeenFor: 'nobody' });
      await others.until(({ type }) => type === 'settings.updated');
      expect(others.events).toEqual([
        { type: 'settings.updated', settings: { ...AT_FIRST, lastSeenFor: 'nobody' } },
      ]);
    },
  );

  test('two changes at once, on two nodes: both hold, and the later event tells of both', async () => {
    const alice = await server.people.join('alice');
    const stream = await alice.subscribe();
    const both = { ...AT_FIRST, dmPolicy: 'contacts', groupAddsBy: 'friends' };
    await Promise.all([
      alice.on(0).settings.update.mutate({ dmPolicy: 'contacts' }),
      alice.on(1).settings.update.mutate({ groupAddsBy: 'friends' }),
    ]);
    await stream.when(() => stream.events.length === 2);
    expect(stream.events[1]).toEqual({ type: 'settings.updated', settings: both });
    expect(await alice.api.settings.get.query()).toEqual(both);
  });

  test('what is so already makes no event, and what is no setting is refused', async () => {
    const alice = await server.people.join('alice');
    const { update } = alice.api.settings;
    expect(await update.mutate({ dmPolicy: 'everyone' })).toEqual(AT_FIRST);
    const { rows } = await server.nodes[0].app.database.pool.query(
      `SELECT 1 FROM events WHERE type = 'settings.updated' AND topic = $1`,
      [alice.id],
    );
    expect(rows).toEqual([]);
    for (const bad of [{ dmPolicy: 'nobody' }, { role: 'ADMIN' }, { readReceipts: null }])
      await expect(update.mutate(bad as object)).rejects.toMatchObject(refused('INVALID_INPUT'));
  });
});

describe('what they let others do', () => {
  test('dmPolicy: strangers begin nothing, and what there is goes on', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const known = await bob.talkTo(alice);
    for (const dmPolicy of ['contacts', 'friends'] as const) {
      await alice.api.settings.update.mutate({ dmPolicy });
      await expect(carol.talkTo(alice)).rejects.toMatchObject(
        refused('REFUSED_BY_SETTINGS', { userId: alice.id, httpStatus: 403 }),
      );
      expect(await bob.talkTo(alice)).toBe(known);
      await bob.say(known, 'hello');
    }
    const { conversations } = await alice.api.conversations.list.query({});
    expect(conversations.map(({ id }) => id)).toEqual([known]);
    // It is about who begins with her: she herself may.
    await alice.talkTo(carol);
    await alice.api.settings.update.mutate({ dmPolicy: 'everyone' });
  });

  test('groupAddsBy: a group is not made with them, and they are skipped when others are added', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await alice.api.settings.update.mutate({ groupAddsBy: 'contacts' });
    await expect(bob.startGroup('tea', carol, alice)).rejects.toMatchObject(
      refused('REFUSED_BY_SETTINGS', { userId: alice.id }),
    );
    const conversationId = await bob.startGroup('tea');
    const userIds = [alice.id, carol.id];
    expect(await bob.api.groups.addMembers.mutate({ conversationId, userIds })).toEqual({
      added: [carol.id],
      skipped: [{ userId: alice.id, reason: 'refused_by_settings' }],
    });
    expect((await alice.api.sync.bootstrap.query()).conversations).toEqual([]);
    // One’s own groups are another matter.
    await alice.startGroup('mine', bob);
    await alice.api.settings.update.mutate({ groupAddsBy: 'everyone' });
    expect((await bob.api.groups.addMembers.mutate({ conversationId, userIds: [alice.id] })).added).toEqual([
      alice.id,
    ]);
  });
});
