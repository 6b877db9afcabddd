import type { ChatEvent, Message, Reaction } from '@parley/contract';
import { LIMITS } from '@parley/contract';
import { describe, expect, test } from 'vitest';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { serverForAll } from './server.ts';
import type { Subscription } from './subscription.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll();

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_MESSAGE = refused('NOT_FOUND', { what: 'message' });

/** One message of somebody's. */
interface Spot {
  conversationId: string;
  seq: number;
}

const react = async (by: Person, { conversationId, seq }: Spot, emoji: string): Promise<Reaction[]> =>
  (await by.api.reactions.add.mutate({ conversationId, seq, emoji })).reactions;

const takeBack = async (by: Person, { conversationId, seq }: Spot, emoji: string): Promise<Reaction[]> =>
  (await by.api.reactions.remove.mutate({ conversationId, seq, emoji })).reactions;

const messageAt = async (by: Person, { conversationId, seq }: Spot): Promise<Message | undefined> =>
  (await by.api.messages.list.query({ conversationId, around: seq })).messages.find(
    (message) => message.seq === seq,
  );

/** How a message stands for somebody: `👍2*` are two, of whom they are one. */
const seenBy = async (by: Person, spot: Spot): Promise<string> =>
  brief((await messageAt(by, spot))?.reactions);

const brief = (reactions: Reaction[] = []): string =>
  reactions.map(({ emoji, count, isMine }) => `${emoji}${count}${isMine ? '*' : ''}`).join(' ');

/** Who has reacted, and how. */
const whoReacted = async (by: Person, spot: Spot, more: object = {}): Promise<string[]> =>
  (await by.api.reactions.list.query({ ...spot, ...more })).reactions.map(
    ({ user, emoji }) => `${user.fullName} ${emoji}`,
  );

type Told = Extract<ChatEvent, { type: 'reaction.added' | 'reaction.removed' }>;
const told = ({ events }: Subscription): Told[] =>
  events.filter(
    (event): event is Told => event.type === 'reaction.added' || event.type === 'reaction.removed',
  );

/** Two people in a group of the first, in which there is one message. */
async function pair() {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const { seq } = await alice.say(conversationId, 'tea?');
  return { alice, bob, spot: { conversationId, seq } };
}

describe('reactions to a message', () => {
  test('are told to all with their count, and counted for each who reads it', async () => {
    const { alice, bob, spot } = await pair();
    const stream = await alice.subscribe();
    expect(await react(bob, spot, '👍')).toEqual([{ emoji: '👍', count: 1, isMine: true }]);
    expect(brief(await react(alice, spot, '👍'))).toBe('👍2*');
    expect(brief(await react(bob, spot, ':tea_2:'))).toBe('👍2* :tea_2:1*');
    expect(brief(await takeBack(bob, spot, '👍'))).toBe('👍1 :tea_2:1*');
    expect(await seenBy(alice, spot)).toBe('👍1* :tea_2:1');
    const { conversationId } = spot;
    const { conversation } = await bob.api.conversations.get.query({ conversationId });
    expect(brief(conversation.lastMessage?.reactions)).toBe('👍1 :tea_2:1*');
    await stream.when(() => told(stream).length === 4);
    expect(told(stream)).toEqual([
      { type: 'reaction.added', ...spot, userId: bob.id, emoji: '👍', count: 1 },
      { type: 'reaction.added', ...spot, userId: alice.id, emoji: '👍', count: 2 },
      { type: 'reaction.added', ...spot, userId: bob.id, emoji: ':tea_2:', count: 1 },
      { type: 'reaction.removed', ...spot, userId: bob.id, emoji: '👍', count: 1 },
    ]);
    expect(brief(await takeBack(alice, spot, '👍'))).toBe(':tea_2:1');
    expect(await takeBack(bob, spot, ':tea_2:')).toEqual([]);
    expect(await messageAt(bob, spot)).not.toHaveProperty('reactions');
  });

  test('that are so already are no news', async () => {
    const { alice, bob, spot } = await pair();
    const stream = await alice.subscribe();
    await react(bob, spot, '👍');
    expect(brief(await react(bob, spot, '👍'))).toBe('👍1*');
    expect(brief(await takeBack(bob, spot, '❤️'))).toBe('👍1*');
    expect(brief(await takeBack(alice, spot, '👍'))).toBe('👍1');
    await react(alice, spot, '❤️');
    await stream.when(() => told(stream).some(({ emoji }) => emoji === '❤️'));
    expect(told(stream)).toHaveLength(2);
  });

  test('stand in the order of their first use, whoever began; one that was gone is the last', async () => {
    const { alice, bob, spot } = await pair();
    await react(bob, spot, '👍');
    await react(bob, spot, '❤️');
    await react(alice, spot, '👍');
    expect(brief(await takeBack(bob, spot, '👍'))).toBe('👍1 ❤️1*');
    await takeBack(alice, spot, '👍');
    expect(brief(await react(alice, spot, '👍'))).toBe('❤️1 👍1*');
  });

  test('are one emoji each, or a name', async () => {
    const { bob, spot } = await pair();
    const good = ['👍🏽', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🇫🇷', '1️⃣', ':+1:', ':a_b-9:'];
    for (const emoji of good) expect((await react(bob, spot, emoji)).at(-1)?.emoji).toBe(emoji);
    const bad = [
      '',
      'a',
      '👍👍',
      '👍 ',
      '❤',
      '1',
      ':Tea:',
      '::',
      `:${'a'.repeat(33)}:`,
      ':tea',
      '<b>',
      '👍\0',
    ];
    for (const emoji of bad)
      await expect(react(bob, spot, emoji)).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('are of so many kinds and no more; of one that is there anybody may be', async () => {
    const { alice, bob, spot } = await pair();
    for (let n = 0; n < LIMITS.reactions; n += 1) await react(n % 2 ? alice : bob, spot, `:tea_${n}:`);
    await expect(react(bob, spot, '👍')).rejects.toMatchObject(
      refused('TOO_MANY', { what: 'reactions', limit: LIMITS.reactions }),
    );
    expect((await react(bob, spot, ':tea_1:'))[1]).toEqual({ emoji: ':tea_1:', count: 2, isMine: true });
    await takeBack(bob, spot, ':tea_0:');
    expect((await react(bob, spot, '👍')).at(-1)?.emoji).toBe('👍');
  });

  test('of many at the same moment are all counted', async () => {
    const { alice, spot } = await pair();
    const people = await Promise.all(Array.from({ length: 20 }, () => server.people.join('reader')));
    const userIds = people.map(({ id }) => id);
    await alice.api.groups.update.mutate({ conversationId: spot.conversationId, history: 'all' });
    await alice.api.groups.addMembers.mutate({ conversationId: spot.conversationId, userIds });
    const stream = await alice.subscribe();
    await Promise.all(people.flatMap((one) => [react(one, spot, '👍'), react(one, spot, '👍')]));
    await stream.when(() => told(stream).length === people.length);
    expect(told(stream).map(({ count }) => count)).toEqual(people.map((_, n) => n + 1));
    expect(await seenBy(alice, spot)).toBe('👍20');
  });

  test('are listed with who and when, page by page, also of one kind', async () => {
    const { alice, bob, spot } = await pair();
    for (const [by, emoji] of [
      [bob, '👍'],
      [alice, '👍'],
      [alice, '❤️'],
    ] as const)
      await react(by, spot, emoji);
    // At one and the same moment.
    await runSql(server.databaseUrl, `UPDATE reactions SET created_at = date_trunc('second', created_at)`);
    const all = await alice.api.reactions.list.query(spot);
    expect(all.reactions).toHaveLength(3);
    expect(all.next).toBeNull();
    expect(all.reactions[0]).toEqual({
      user: expect.objectContaining({ id: expect.any(String), isDeleted: false }),
      emoji: expect.any(String),
      at: expect.any(String),
    });
    const paged: typeof all.reactions = [];
    for (let after: string | undefined; ; ) {
      const page = await alice.api.reactions.list.query({ ...spot, limit: 1, ...(after && { after }) });
      paged.push(...page.reactions);
      if (page.next === null) break;
      after = page.next;
    }
    expect(paged).toEqual(all.reactions);
    expect(new Set(await whoReacted(bob, spot, { emoji: '👍' }))).toEqual(new Set(['bob 👍', 'alice 👍']));
    await expect(whoReacted(alice, spot, { after: '1.2.3' })).rejects.toMatchObject(refused('INVALID_INPUT'));
  });

  test('stay when it is edited, and go when it is deleted', async () => {
    const { alice, bob, spot } = await pair();
    await react(bob, spot, '👍');
    const stream = await bob.subscribe();
    const edited = await alice.api.messages.edit.mutate({ ...spot, text: 'coffee?' });
    expect(brief(edited.reactions)).toBe('👍1');
    const { data } = await stream.until(({ type }) => type === 'message.edited');
    expect(data).toMatchObject({ message: { text: 'coffee?' } });
    expect(data).not.toHaveProperty('message.reactions');
    expect(await seenBy(bob, spot)).toBe('👍1*');
    await alice.api.messages.delete.mutate({ ...spot, scope: 'everyone' });
    expect(await messageAt(bob, spot)).not.toHaveProperty('reactions');
    for (const call of [react, takeBack])
      await expect(call(bob, spot, '👍')).rejects.toMatchObject(NO_MESSAGE);
    await expect(whoReacted(bob, spot)).rejects.toMatchObject(NO_MESSAGE);
    const rows = `SELECT FROM reactions WHERE conversation_id = '${spot.conversationId}'`;
    expect(await runSql(server.databaseUrl, rows)).toEqual([]);
  });

  test('are for those who see it', async () => {
    const { alice, bob, spot } = await pair();
    const carol = await server.people.join('carol');
    await alice.api.groups.addMembers.mutate({ conversationId: spot.conversationId, userIds: [carol.id] });
    await bob.api.messages.delete.mutate({ ...spot, scope: 'me' });
    for (const by of [bob, carol]) {
      await expect(react(by, spot, '👍')).rejects.toMatchObject(NO_MESSAGE);
      await expect(takeBack(by, spot, '👍')).rejects.toMatchObject(NO_MESSAGE);
      await expect(whoReacted(by, spot)).rejects.toMatchObject(NO_MESSAGE);
    }
    const other = await bob.startGroup('coffee');
    await expect(react(bob, { ...spot, conversationId: other }, '👍')).rejects.toMatchObject(NO_MESSAGE);
  });

  test('are those of each reader, also where an older message is the newest again', async () => {
    const { alice, bob, spot } = await pair();
    const { seq } = await bob.say(spot.conversationId, 'no');
    await react(bob, spot, '👍');
    const stream = await bob.subscribe();
    const action = () =>
      bob.api.messages.delete.mutate({ conversationId: spot.conversationId, seq, scope: 'me' });
    await verifyAction([alice, bob], action);
    const { data } = await stream.until(({ type }) => type === 'message.hidden');
    expect(data).toMatchObject({ lastMessage: { reactions: [{ emoji: '👍', count: 1, isMine: true }] } });
  });
});

describe('whoever comes into a group', () => {
  test('gets its newest message with the reactions to it, none of which is theirs', async () => {
    const { alice, bob, spot } = await pair();
    const { conversationId } = spot;
    await alice.api.groups.update.mutate({ conversationId, history: 'all' });
    await react(bob, spot, '👍');
    const carol = await server.people.join('carol');
    const stream = await carol.subscribe();
    const add = (one: Person) => alice.api.groups.addMembers.mutate({ conversationId, userIds: [one.id] });
    await verifyAction([alice, bob, carol], () => add(carol));
    const { data } = await stream.until(({ type }) => type === 'member.added');
    expect(data).toMatchObject({ lastMessage: { reactions: [{ emoji: '👍', count: 1, isMine: false }] } });
  });

  test('again loads it, if there is one of theirs among them: it has stayed', async () => {
    const { alice, bob, spot } = await pair();
    const { conversationId } = spot;
    await alice.api.groups.update.mutate({ conversationId, history: 'all' });
    await react(bob, spot, '👍');
    await bob.api.groups.leave.mutate({ conversationId });
    expect(await seenBy(alice, spot)).toBe('👍1');
    const stream = await bob.subscribe();
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [bob.id] });
    const { data } = await stream.until(({ type }) => type === 'member.added');
    expect(data).toMatchObject({ lastMessage: null });
    expect(await seenBy(bob, spot)).toBe('👍1*');
  });
});

describe('beside a block', () => {
  /** Alice has blocked Bob; each has said something before. */
  async function blocked() {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { seq } = await alice.say(conversationId, 'hello');
    const spot = { conversationId, seq };
    await alice.api.blocks.add.mutate({ userId: bob.id });
    return { alice, bob, spot, unblock: () => alice.api.blocks.remove.mutate({ userId: bob.id }) };
  }

  test('whoever is blocked reacts for themselves, and nobody else ever counts it', async () => {
    const { alice, bob, spot, unblock } = await blocked();
    const [alices, bobs, phone] = [
      await alice.subscribe(),
      await bob.subscribe(),
      await (await bob.anotherDevice()).subscribe(),
    ];
    expect(brief(await react(bob, spot, '👍'))).toBe('👍1*');
    expect(brief(await react(bob, spot, '❤️'))).toBe('👍1* ❤️1*');
    for (const stream of [bobs, phone]) {
      await stream.when(() => told(stream).length === 2);
      expect(told(stream).map(({ count }) => count)).toEqual([1, 1]);
    }
    expect(brief(await takeBack(bob, spot, '❤️'))).toBe('👍1*');
    await unblock();
    expect(await whoReacted(alice, spot)).toEqual([]);
    expect(await whoReacted(bob, spot)).toEqual(['bob 👍']);
    expect(await seenBy(alice, spot)).toBe('');
    // Each counts what they see, and in the order in which they saw it.
    expect(brief(await react(bob, spot, '🎉'))).toBe('👍1* 🎉1*');
    expect(brief(await react(alice, spot, '👍'))).toBe('🎉1 👍1*');
    expect(await seenBy(bob, spot)).toBe('👍2* 🎉1*');
    await alices.when(() => told(alices).length === 2);
    await bobs.when(() => told(bobs).length === 5);
    expect(told(alices).map(({ emoji, count }) => emoji + count)).toEqual(['🎉1', '👍1']);
    expect(told(bobs).map(({ emoji, count }) => emoji + count)).toEqual(['👍1', '❤️1', '❤️0', '🎉1', '👍2']);
    // Taken back and made anew it is like any other.
    await takeBack(bob, spot, '👍');
    expect(brief(await react(bob, spot, '👍'))).toBe('🎉1* 👍2*');
    expect(await seenBy(alice, spot)).toBe('🎉1 👍2*');
  });

  test('old state and events are the new state, for both', async () => {
    const { alice, bob, spot, unblock } = await blocked();
    await verifyAction([alice, bob], async () => {
      await react(bob, spot, '👍');
      await react(bob, spot, '❤️');
      await takeBack(bob, spot, '❤️');
    });
    await unblock();
    await verifyAction([alice, bob], async () => {
      await react(bob, spot, '🎉');
      await react(alice, spot, '👍');
      await takeBack(alice, spot, '👍');
      await react(alice, spot, '👍');
    });
  });

  test('whoever blocks reacts to nothing, and takes back what both have seen', async () => {
    const { alice, bob, spot, unblock } = await blocked();
    await expect(react(alice, spot, '👍')).rejects.toMatchObject(refused('PERSON_BLOCKED'));
    await unblock();
    await react(alice, spot, '👍');
    await alice.api.blocks.add.mutate({ userId: bob.id });
    const bobs = await bob.subscribe();
    expect(await takeBack(alice, spot, '👍')).toEqual([]);
    await bobs.when(() => told(bobs).length === 1);
    expect(await seenBy(bob, spot)).toBe('');
  });

  test('a withheld message is reacted to by its sender alone', async () => {
    const { alice, bob, spot, unblock } = await blocked();
    const { seq } = await bob.say(spot.conversationId, 'are you there?');
    const own = { ...spot, seq };
    await verifyAction([alice, bob], () => react(bob, own, '👍'));
    await unblock();
    await verifyAction([alice, bob], () => react(bob, own, '❤️'));
    expect(await seenBy(bob, own)).toBe('👍1* ❤️1*');
    await expect(react(alice, own, '👍')).rejects.toMatchObject(NO_MESSAGE);
  });
});

describe('when an account goes', () => {
  async function gone(messages: 'keep' | 'erase') {
    const { alice, bob, spot } = await pair();
    const { conversationId } = spot;
    const own = { conversationId, seq: (await bob.say(conversationId, 'mine')).seq };
    for (const emoji of ['👍', '❤️']) await react(bob, spot, emoji);
    for (let n = 0; n < 15; n += 1) {
      const { seq } = await alice.say(conversationId, `${n}`);
      await react(bob, { conversationId, seq }, '👍');
      await react(bob, { conversationId, seq }, ':tea:');
    }
    await react(alice, spot, '👍');
    await react(alice, own, '👍');
    const stream = await alice.subscribe();
    await bob.api.auth.deleteAccount.mutate({ password: bob.credentials.password, messages });
    return { alice, bob, spot, own, stream };
  }

  test('that leaves its messages, what it has reacted with stays, too', async () => {
    const { alice, spot, own, stream } = await gone('keep');
    await stream.until(({ type }) => type === 'member.left');
    expect(await seenBy(alice, spot)).toBe('👍2* ❤️1');
    expect(await seenBy(alice, own)).toBe('👍1*');
    const { reactions } = await alice.api.reactions.list.query(spot);
    expect(reactions.map(({ user }) => user.isDeleted)).toEqual([true, true, false]);
  });

  test('that is erased, all of its reactions go and are told of, and those to its messages', async () => {
    const { alice, bob, spot, own, stream } = await gone('erase');
    await stream.until(({ type }) => type === 'messages.erased');
    expect(told(stream)).toHaveLength(32);
    expect(await seenBy(alice, spot)).toBe('👍1*');
    expect(await messageAt(alice, own)).toMatchObject({ text: '', deletedAt: expect.any(String) });
    expect(await messageAt(alice, own)).not.toHaveProperty('reactions');
    const left = `SELECT user_id FROM reactions WHERE user_id = '${bob.id}' OR conversation_id = '${spot.conversationId}'`;
    expect(await runSql(server.databaseUrl, left)).toEqual([{ user_id: alice.id }]);
  });
});
