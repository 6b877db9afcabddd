import { type ChatEvent, LIMITS } from '@parley/contract';
import type { TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { AppRouter } from '../src/public.ts';
import type { Api, Person } from './people.ts';
import { type ClockedServer, clockedServer, seenBy, statusesOf, untilSeen } from './presences.ts';
import { mp4 } from './samples.ts';
import { inAnHour } from './schedules.ts';
import type { Subscription } from './subscription.ts';
import { upload } from './uploads.ts';

/**
 * Somebody, a person whom they do all sorts of things to, and a third one who shares a group with both. There are two
 * such worlds on a server, and the same is done in both of them at the same moment. In one of them `they` have blocked
 * `me`; in the other they have not, and are away.
 */
interface World {
  me: Person;
  they: Person;
  third: Person;
  /** Over a socket. What a mutation tells has arrived when it is answered: see `untilHeard`. */
  api: Api;
  /** Of two devices of mine, one on each node if there are two. */
  mine: [Subscription, Subscription];
  group: string;
  /** The direct conversation of me and them, once there is one. */
  direct: string;
  /** The thread that I begin in it. */
  thread: string;
  /** Everything that I was answered, by what I did. */
  answers: Record<string, unknown>;
}

/** Only done where there is no conversation yet. */
const BEGINNING = 'begin a conversation';
/** What a block is told by: see docs/blocks.md. */
const FINDING = 'look for them';

const LATER = inAnHour();

/** What a person does who might have been blocked: all that there is to do with somebody. */
const DEEDS: Record<string, (world: World) => Promise<unknown>> = {
  async [BEGINNING](world) {
    const opened = await world.api.conversations.openDirect.mutate({ userId: world.they.id });
    world.direct = opened.id;
    return opened;
  },
  'open it again': ({ api, they }) => api.conversations.openDirect.mutate({ userId: they.id }),
  'read what they wrote': ({ api, direct: conversationId }) =>
    api.messages.markRead.mutate({ conversationId, seq: 1_000 }),
  async 'send a message, again, and another one by the same key'({ api, direct }) {
    const message = { conversationId: direct, clientMessageId: v7() };
    return [
      await api.messages.send.mutate({ ...message, text: 'are you there?' }),
      await api.messages.send.mutate({ ...message, text: 'are you there?' }),
      await refusal(api.messages.send.mutate({ ...message, text: 'are you?' })),
    ];
  },
  'take what they wrote, and see how far mine has come': async ({ api, direct: conversationId }) => [
    await api.messages.undelivered.query({}),
    await api.messages.markDelivered.mutate({ conversationId }),
    await api.messages.undelivered.query({}),
    await api.sync.unread.query(),
    await api.messages.readers.query({ conversationId, seq: 1 }),
    await refusal(api.messages.readers.query({ conversationId, seq: 3 })),
  ],
  async 'write, and stop'({ api, direct, group }) {
    for (const conversationId of [direct, group])
      for (const signal of ['start', 'stop'] as const) await api.typing[signal].mutate({ conversationId });
    return null;
  },
  'say how long it is kept': async ({ api, direct: conversationId }) => [
    await api.conversations.setRetention.mutate({ conversationId, retentionDays: 7 }),
    await api.conversations.setRetention.mutate({ conversationId, retentionDays: null }),
  ],
  async 'react to what they wrote and what I wrote, and pin it'({ api, direct: conversationId }) {
    const answers: unknown[] = [];
    for (const seq of [1, 2]) {
      const place = { conversationId, seq };
      answers.push(
        await refusal(api.reactions.add.mutate({ ...place, emoji: '👍' })),
        await refusal(api.reactions.add.mutate({ ...place, emoji: ':tea:' })),
        await refusal(api.reactions.remove.mutate({ ...place, emoji: '👍' })),
        await refusal(api.reactions.list.query(place)),
        await refusal(api.messages.pin.mutate(place)),
      );
    }
    answers.push(await api.messages.pinned.query({ conversationId }));
    for (const seq of [1, 2]) answers.push(await refusal(api.messages.unpin.mutate({ conversationId, seq })));
    return answers;
  },
  'write what I do not send': ({ api, direct: conversationId }) =>
    api.drafts.set.mutate({ conversationId, text: 'I meant to say' }),
  async 'write for later, and send it at once'({ api, direct: conversationId }) {
    const message = { conversationId, text: 'are you up?', clientMessageId: v7(), sendAt: LATER };
    const scheduled = await api.scheduled.create.mutate(message);
    return [scheduled, await api.scheduled.sendNow.mutate({ id: scheduled.id })];
  },
  'ask how they are': ({ api, they }) => api.presence.get.query({ userIds: [they.id] }),
  async 'talk in a thread, leave it, and come again'(world) {
    const { api, they, direct } = world;
    const root = { conversationId: direct, seq: 1 };
    const { id: conversationId, ...opened } = await api.threads.open.mutate(root);
    world.thread = conversationId;
    const say = (text: string, mentions: string[] = []) =>
      api.messages.send.mutate({
        conversationId,
        text,
        clientMessageId: v7(),
        ...(mentions.length > 0 && { mentions: { userIds: mentions } }),
      });
    return [
      opened,
      await say('is this about me?'),
      await say('is it?', [they.id]),
      await api.messages.markRead.mutate({ conversationId, seq: 1_000 }),
      await api.threads.unfollow.mutate({ conversationId }),
      await api.threads.list.query({}),
      await api.threads.open.mutate(root),
      await say('tell me'),
      await api.conversations.members.query({ conversationId }),
      await api.messages.readers.query({ conversationId, seq: 1 }),
      await api.threads.list.query({}),
    ];
  },
  'look at the messages': ({ api, direct }) => api.messages.list.query({ conversationId: direct }),
  'look for what was said': async ({ api, direct, they }) => [
    await api.search.messages.query({ query: 'are you', conversationId: direct }),
    (await api.search.messages.query({ query: 'hello', from: they.id })).messages,
  ],
  'look at the conversation': async ({ api, direct: conversationId }) => [
    await api.conversations.get.query({ conversationId }),
    await api.conversations.members.query({ conversationId }),
  ],
  'look at all conversations': ({ api }) => api.conversations.list.query({}),
  'ask to be friends, twice': async ({ api, they: { id: userId } }) => [
    await api.friendRequests.send.mutate({ userId }),
    await api.friendRequests.send.mutate({ userId }),
    await api.friendRequests.list.query({}),
  ],
  'accept what they never asked': ({ api, they: { id: userId } }) =>
    refusal(api.friendRequests.accept.mutate({ userId })),
  'reject what they never asked': ({ api, they: { id: userId } }) =>
    refusal(api.friendRequests.reject.mutate({ userId })),
  'take the request back, and ask again': async ({ api, they: { id: userId } }) => [
    await api.friendRequests.cancel.mutate({ userId }),
    await refusal(api.friendRequests.cancel.mutate({ userId })),
    await api.friendRequests.send.mutate({ userId }),
  ],
  'look at their page': async ({ api, they }) => [
    await api.users.get.query({ userId: they.id }),
    await api.users.get.query({ username: they.credentials.username }),
  ],
  'have them as a contact': async ({ api, they: { id: userId } }) => [
    await api.contacts.create.mutate({ userId, alias: 'my dear' }),
    await api.contacts.list.query({}),
    await api.contacts.list.query({ mutualOnly: true }),
  ],
  async 'show a story, see who saw it, and take it away'({ api, me }) {
    const { id: fileId } = await upload(me, mp4(), { purpose: 'story' });
    const story = await api.stories.create.mutate({ fileId, caption: 'look at me' });
    const storyId = story.id;
    return [
      story,
      await api.stories.mine.query(),
      await api.stories.feed.query({}),
      await api.stories.viewers.query({ storyId }),
      await api.stories.delete.mutate({ storyId }),
    ];
  },
  'begin a group with them': ({ api, they }) =>
    refusal(api.groups.create.mutate({ title: 'us', userIds: [they.id] })),
  async 'put them into a group of mine'({ api, they, third }) {
    const { id: conversationId } = await api.groups.create.mutate({ title: 'mine', userIds: [third.id] });
    return api.groups.addMembers.mutate({ conversationId, userIds: [they.id] });
  },
  'speak and read in the group': async ({ api, group: conversationId }) => [
    await api.messages.send.mutate({ conversationId, text: 'hello all', clientMessageId: v7() }),
    await api.messages.markRead.mutate({ conversationId, seq: 1_000 }),
    await api.messages.list.query({ conversationId }),
    await api.conversations.members.query({ conversationId }),
  ],
  'be somebody else': ({ api }) => api.users.updateProfile.mutate({ fullName: 'Honest John' }),
  'be away': ({ api }) => api.presence.set.mutate({ status: 'away' }),
  'report them': ({ api, they }) =>
    api.reports.create.mutate({ kind: 'user', userId: they.id, reason: 'other' }),
  'block them, too, for a while': async ({ api, they: { id: userId }, direct }) => {
    const message = { conversationId: direct, text: 'no!', clientMessageId: v7() };
    return [
      await api.blocks.add.mutate({ userId }),
      await api.blocks.list.query(),
      await refusal(api.messages.send.mutate(message)),
      await refusal(api.friendRequests.send.mutate({ userId })),
      await api.blocks.remove.mutate({ userId }),
      await refusal(api.blocks.remove.mutate({ userId })),
      await api.messages.send.mutate(message),
    ];
  },
  'begin anew': ({ api }) => api.sync.bootstrap.query(),
  async [FINDING]({ api, they }) {
    const find = async (query: string) => (await api.users.search.query({ query })).users;
    const lists = {
      byUsername: await find(they.credentials.username),
      byName: await find('sought after'),
      inTheDirectory: (await api.users.list.query({ limit: LIMITS.usersPage })).users,
    };
    return Object.entries(lists).flatMap(([how, users]) =>
      users.some(({ id }) => id === they.id) ? [how] : [],
    );
  },
};

/** How a call was refused. */
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => ({ answer }),
    ({ data }) => ({ refused: data }),
  );

/** What is told in a world, without what is so by chance: ids get names, in the order of their coming. */
function blurred({ me, they, third }: World, told: unknown): unknown {
  const names = new Map([
    [me.id, 'me'],
    [they.id, 'they'],
    [third.id, 'third'],
  ]);
  const nameOf = (id: string): string => names.get(id) ?? names.set(id, `id ${names.size}`).get(id)!;
  const text = JSON.stringify(told)
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, nameOf)
    // Of a name what makes it unique; a cursor.
    .replace(/_[\da-f]{8,}/g, '')
    .replace(/"cursor":"[^"]*"/g, '"cursor":""');
  return JSON.parse(text);
}

/**
 * Mutations are answered when what they tell has been heard: it is told as it is when it is read, so nothing is done
 * on top of it.
 */
const untilHeard =
  (heard: (operation: { id: number; path: string }) => Promise<void>): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) => {
    if (op.type !== 'mutation') return next(op);
    return observable((observer) => {
      observableToPromise(next(op))
        .then(async (answer) => {
          await heard(op);
          observer.next(answer);
          observer.complete();
        })
        .catch((cause) => observer.error(cause));
    });
  };

/** `hasBefore`: the two have a direct conversation already. */
async function makeWorld(server: ClockedServer, nodes: number, hasBefore: boolean): Promise<World> {
  const me = await server.people.join('me');
  const they = await server.people.join('they');
  const third = await server.people.join('third');
  await they.api.users.updateProfile.mutate({ fullName: 'Sought After' });
  await they.api.settings.update.mutate({ lastSeenFor: 'nobody' });
  // With one from the other side they would see each other's stories.
  await they.api.contacts.create.mutate({ userId: me.id });
  const group = await third.startGroup('tea', me, they);
  let direct = '';
  if (hasBefore) {
    direct = await me.talkTo(they);
    await me.say(direct, 'good morning');
    await they.api.messages.markRead.mutate({ conversationId: direct, seq: 1 });
    await they.say(direct, 'and to you');
  }
  const phone = await me.anotherDevice();
  const mine: World['mine'] = [
    await me.subscribe({ node: nodes - 1 }),
    await phone.subscribe({ transport: 'sse' }),
  ];
  const world = { me, they, third, group, direct, thread: '', mine, answers: {} };
  const { api } = me.socket(
    nodes - 1,
    untilHeard(({ id, path }) => untilToldAll(world, `who did ${path}, and that as number ${id}?`)),
  );
  return { ...world, api };
}

/** What they do that I may see: all of it in the group, or about themselves. */
async function live({ they: { api }, group: conversationId }: World): Promise<void> {
  await api.typing.start.mutate({ conversationId });
  await api.messages.send.mutate({ conversationId, text: 'good evening', clientMessageId: v7() });
  await api.messages.markRead.mutate({ conversationId, seq: 1_000 });
  await api.users.setStatus.mutate({ text: 'in the garden' });
}

/** What they do while they are rid of me: all of what would be told to me. Of what I have begun they know nothing. */
async function enjoy({ they: { api }, direct: conversationId }: World, hasBefore: boolean): Promise<void> {
  await api.presence.set.mutate({ status: 'busy' });
  const calls = [
    api.typing.start.mutate({ conversationId }),
    api.typing.stop.mutate({ conversationId }),
    api.messages.markDelivered.mutate({ conversationId, seq: 1_000 }),
    api.messages.markRead.mutate({ conversationId, seq: 1_000 }),
    api.reactions.add.mutate({ conversationId, seq: 1, emoji: '👎' }),
    api.messages.send.mutate({ conversationId, text: 'no', clientMessageId: v7() }),
  ];
  const answers = await Promise.all(calls.map(refusal));
  const code = hasBefore ? 'PERSON_BLOCKED' : 'NOT_FOUND';
  expect(answers.at(-1)).toMatchObject({ refused: { code } });
}

/** The third one says a last word: what came before has arrived by then. */
async function untilToldAll(
  { third, group, mine }: Pick<World, 'third' | 'group' | 'mine'>,
  text: string,
): Promise<void> {
  await third.say(group, text);
  for (const stream of mine) await stream.when(() => stream.texts.includes(text));
}

/** Does everything in both worlds, and keeps the answers. */
async function doAll(server: ClockedServer, worlds: [blocked: World, free: World], deeds: string[]) {
  for (const [index, name] of deeds.entries()) {
    await server.later(3);
    await Promise.all(
      worlds.map(async (world) => {
        world.answers[name] = await DEEDS[name]!(world);
      }),
    );
    // Now and then, since the marks of a group are gathered for a second.
    if (index % 8 > 0) continue;
    await Promise.all([enjoy(worlds[0], !deeds.includes(BEGINNING)), ...worlds.map(live)]);
    for (const world of worlds) await untilToldAll(world, `not after "${name}"!`);
  }
  for (const world of worlds) await untilToldAll(world, 'so much for that');
}

const writing = ({ received }: Subscription) =>
  received.flatMap(({ data }) => (data.type === 'typing' ? [data] : []));

/** Of these events those of which somebody wants to be spared: of friendship, stories, and what others do there. */
const bothering = (events: ChatEvent[], { they, direct, thread }: World): string[] =>
  events
    .filter(
      (event) =>
        event.type.startsWith('friend') ||
        event.type.startsWith('story') ||
        event.type.startsWith('reaction') ||
        (event.type === 'message.created' && [direct, thread].includes(event.message.conversationId)) ||
        (event.type === 'conversation.created' && [direct, thread].includes(event.conversation.id)) ||
        (event.type === 'thread.updated' && event.conversationId === direct) ||
        ((event.type === 'receipt.read' || event.type === 'receipt.delivered') &&
          event.conversationId === direct &&
          event.marks.some(({ userId }) => userId !== they.id)),
    )
    .map(({ type }) => type);

/** What there is in somebody's direct conversations, and how far the other one is. */
const directOf = ({ conversations }: Bootstrap) =>
  conversations
    .filter(({ kind }) => kind === 'direct')
    .map(({ id, lastSeq, lastMessage, skipped, peer }) => ({
      id,
      lastSeq,
      lastMessage,
      skipped,
      theirMarks: [peer?.readSeq, peer?.deliveredSeq],
    }));
type Bootstrap = Awaited<ReturnType<Api['sync']['bootstrap']['query']>>;

/** Somebody who was here is away, as far as this stream was told, and was never hidden from it. */
function expectAway(stream: Subscription, person: Person): void {
  // A node that comes back after its lease says it again.
  const statuses = statusesOf(stream, person).filter((status, at, all) => status !== all[at - 1]);
  expect(statuses).toEqual(['online', 'offline']);
  expect(seenBy(stream, person)).toEqual({ userId: person.id, status: 'offline', lastSeenAt: null });
}

/** Since then, whoever blocked me has heard of me what I said in the group, and there is nothing else to be found. */
async function expectPeace(world: World, before: Bootstrap, live: Subscription, node: number): Promise<void> {
  const { me, they, direct } = world;
  const resumed = await they.subscribe({ cursor: before.cursor, node });
  for (const { events } of [live, resumed]) {
    expect(events.some(({ type }) => type === 'block.added')).toBe(true);
    expect(events.some((event) => event.type === 'message.created' && event.message.senderId === me.id)).toBe(
      true,
    );
    expect(bothering(events, world)).toEqual([]);
  }
  expect(writing(live).map(({ conversationId }) => conversationId)).not.toContain(direct);
  expectAway(live, me);
  const after = await they.api.sync.bootstrap.query();
  expect(after.friendRequests).toEqual([]);
  expect(directOf(after)).toEqual(directOf(before));
  expect(after.threads).toEqual([]);
}

/** The block ends: what came during it does not come after it, and what comes then does. */
async function expectNothingLater(world: World, live: Subscription): Promise<void> {
  const { they, me, direct: conversationId } = world;
  const { messages } = await they.api.messages.list.query({ conversationId }).catch(() => ({ messages: [] }));
  const { length } = live.texts;
  await they.api.blocks.remove.mutate({ userId: me.id });
  await me.api.messages.send.mutate({ conversationId, text: 'at last', clientMessageId: v7() });
  await live.when(() => live.texts.length > length);
  expect(live.texts.slice(length)).toEqual(['at last']);
  expect((await they.api.friendRequests.list.query({})).requests).toEqual([]);
  const page = await they.api.messages.list.query({ conversationId });
  expect(page.messages.map(({ text }) => text)).toEqual([...messages.map(({ text }) => text), 'at last']);
}

/** Their account goes, and everybody is told. */
async function leave(world: World): Promise<void> {
  const { password } = world.they.credentials;
  await world.they.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
  for (const stream of world.mine)
    await stream.until((event) => event.type === 'member.left' && event.userId === world.they.id);
  await untilToldAll(world, 'the end');
}

describe('S43 whoever is blocked cannot tell it from being alone, and whoever blocked them has peace', () => {
  test.each([
    [1, 'that they begin', false],
    [2, 'that there was before', true],
  ])('on %i node(s), with a conversation %s', async (nodes, _, hasBefore) => {
    await using server = await clockedServer({ nodes, env: { USER_DIRECTORY: 'on' } });
    const blocked = await makeWorld(server, nodes, hasBefore);
    const free = await makeWorld(server, nodes, hasBefore);
    const worlds: [World, World] = [blocked, free];
    const [alice, bob] = [blocked.they, free.they];
    // What a block does to whoever puts people into groups, others do by this.
    await bob.api.settings.update.mutate({ groupAddsBy: 'friends' });
    const alices = await alice.subscribe();
    const bobs = await bob.subscribe();
    const untilAll = async (status: 'online' | 'offline') => {
      for (const { mine, they } of worlds)
        for (const stream of mine) await untilSeen(stream, they, status, server);
      await untilSeen(alices, blocked.me, status, server);
    };
    await untilAll('online');
    const [before, { cursor }] = [
      await alice.api.sync.bootstrap.query(),
      await bob.api.sync.bootstrap.query(),
    ];
    expect(directOf(before)).toHaveLength(hasBefore ? 1 : 0);

    // One of them blocks, and the other one goes.
    await alice.api.blocks.add.mutate({ userId: blocked.me.id });
    bobs.close();
    await untilAll('offline');
    const deeds = Object.keys(DEEDS).filter((name) => !hasBefore || name !== BEGINNING);
    await doAll(server, worlds, deeds);

    for (const name of deeds.filter((name) => name !== FINDING))
      expect([name, blurred(blocked, blocked.answers[name])]).toEqual([
        name,
        blurred(free, free.answers[name]),
      ]);
    expect(blocked.answers[FINDING]).toEqual([]);
    expect(free.answers[FINDING]).toEqual(['byUsername', 'byName', 'inTheDirectory']);
    for (const { mine, they } of worlds) for (const stream of mine) expectAway(stream, they);

    // A node that begins now has all of it from the database.
    await server.addNode();
    await alices.when(() => alices.texts.includes('so much for that'));
    await expectPeace(blocked, before, alices, nodes);
    // It would have shown: the other one has heard it.
    const heard = bothering((await bob.subscribe({ cursor, node: nodes })).events, free);
    expect(heard).toEqual(
      expect.arrayContaining(['friendRequest.created', 'message.created', 'thread.updated', 'story.deleted']),
    );
    if (hasBefore) expect(heard).toContain('receipt.read');

    await expectNothingLater(blocked, alices);
    const late = { conversationId: free.direct, text: 'at last', clientMessageId: v7() };
    await free.me.api.messages.send.mutate(late);
    for (const world of worlds) await leave(world);
    for (const [device, stream] of blocked.mine.entries()) {
      const other = free.mine[device]!;
      expect(blurred(blocked, stream.events)).toEqual(blurred(free, other.events));
      expect(blurred(blocked, writing(stream))).toEqual(blurred(free, writing(other)));
    }
  });
});
