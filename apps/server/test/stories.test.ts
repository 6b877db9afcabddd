import { type ChatEvent, LIMITS, type Story } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { applyEvent } from '../../../packages/client/src/sync/apply-event.ts';
import { emptyState, takeBootstrap } from '../../../packages/client/src/sync/state.ts';
import { storiesOf, takeStories } from '../../../packages/client/src/sync/stories.ts';
import { cleanUp } from '../src/auth/clean-up.ts';
import { bodyOf } from '../src/files/keys.ts';
import { sweepFiles } from '../src/files/sweep.ts';
import { sweepStories } from '../src/stories/sweep.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { accept, ask, befriend, unfriend } from './friendships.ts';
import type { Person } from './people.ts';
import { mp4, photo } from './samples.ts';
import { ManualClock, serverForAll } from './server.ts';
import type { Subscription } from './subscription.ts';
import { download, onNode, upload } from './uploads.ts';
import { verifyAction } from './verify.ts';

const clock = new ManualClock();
const server = serverForAll({ nodes: 2, clock });

const DAY = 86_400_000;
const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_STORY = refused('NOT_FOUND', { what: 'story' });
const NO_FILE = refused('NOT_FOUND', { what: 'file' });

/** A video, as small as it can be. */
const film = async (by: Person): Promise<string> => (await upload(by, mp4(), { purpose: 'story' })).id;

const show = async (by: Person, more: { caption?: string; audience?: Person[] } = {}): Promise<Story> => {
  const { audience, ...rest } = more;
  const fileId = await film(by);
  return by.api.stories.create.mutate({
    fileId,
    ...rest,
    ...(audience && { audience: audience.map(({ id }) => id) }),
  });
};

const get = (by: Person, { id }: { id: string }) => by.api.stories.get.query({ storyId: id });
const see = (by: Person, { id }: { id: string }, node = 0) =>
  by.on(node).stories.markSeen.mutate({ storyId: id });
const remove = (by: Person, { id }: { id: string }) => by.api.stories.delete.mutate({ storyId: id });
const viewers = (by: Person, { id }: { id: string }, more: object = {}) =>
  by.api.stories.viewers.query({ storyId: id, ...more });
const contact = (by: Person, other: Person) => by.api.contacts.create.mutate({ userId: other.id });
const reply = (by: Person, { id }: { id: string }, text = 'how lovely', clientMessageId: string = v7()) =>
  by.api.stories.reply.mutate({ storyId: id, text, clientMessageId });

/** Whether somebody sees a story: one by one, in the feed, at a first load, and by its file; all must say the same. */
async function isShown(by: Person, one: Story): Promise<boolean> {
  const has = (list: Story[]) => list.some(({ id }) => id === one.id);
  const { authors } = await by.api.stories.feed.query({});
  const found = [
    await get(by, one).then(() => true, notFound(NO_STORY)),
    has(authors.flatMap(({ stories }) => stories)),
    has((await by.api.sync.bootstrap.query()).stories),
    await download(by, one.file.id).then(({ status }) => status === 200, notFound(NO_FILE)),
  ];
  expect(new Set(found).size, JSON.stringify(found)).toBe(1);
  return found[0]!;
}

const notFound = (expected: object) => (error: unknown) => {
  expect(error).toMatchObject(expected);
  return false;
};

const told = ({ events }: Subscription): ChatEvent[] =>
  events.filter(({ type }) => type.startsWith('story.'));
const typesTold = (stream: Subscription): string[] => told(stream).map(({ type }) => type);

describe('who sees a story', () => {
  test('friends and mutual contacts, and nobody else', async () => {
    const [alice, friend, mutual, hasHer, hers, stranger] = await server.people.all(
      ...(['alice', 'friend', 'mutual', 'hasHer', 'hers', 'stranger'] as const),
    );
    await befriend(alice, friend);
    for (const [by, other] of [
      [alice, mutual],
      [mutual, alice],
      [hasHer, alice],
      [alice, hers],
    ] as const)
      await contact(by, other);
    const streams = await Promise.all([friend, mutual, hasHer, hers, stranger].map((by) => by.subscribe()));
    const story = await show(alice, { caption: 'tea in the garden' });
    expect(story).toMatchObject({
      authorId: alice.id,
      file: { kind: 'video', type: 'video/mp4' },
      caption: 'tea in the garden',
      isSeen: true,
      views: 0,
    });
    expect(Date.parse(story.expiresAt) - Date.parse(story.createdAt)).toBe(DAY);
    for (const by of [friend, mutual]) {
      expect(await isShown(by, story)).toBe(true);
      expect(await get(by, story)).toEqual({ ...story, isSeen: false, views: null });
    }
    for (const by of [hasHer, hers, stranger]) expect(await isShown(by, story)).toBe(false);
    for (const stream of streams.slice(0, 2)) await stream.until(({ type }) => type === 'story.created');
    for (const stream of streams.slice(2)) expect(told(stream)).toEqual([]);
    expect((await alice.api.stories.mine.query()).stories).toEqual([story]);
    expect((await alice.api.stories.feed.query({})).authors).toEqual([]);
    expect((await friend.api.stories.mine.query()).stories).toEqual([]);
  });

  test('whoever is close to the author at the moment: what is told makes the state of a fresh start', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const stories = [await show(alice), await show(bob)];
    const bobs = await bob.subscribe();
    const areShown = async (expected: boolean) => {
      expect(await isShown(bob, stories[0]!)).toBe(expected);
      expect(await isShown(alice, stories[1]!)).toBe(expected);
    };
    const step = async (isShownThen: boolean, act: () => Promise<unknown>) => {
      await verifyAction([alice, bob], act);
      await areShown(isShownThen);
    };
    await areShown(false);
    await step(true, () => befriend(alice, bob));
    await step(true, () => contact(alice, bob));
    await step(true, () => contact(bob, alice));
    // Friends no more, and still in each other's address book.
    await step(true, () => unfriend(alice, bob));
    await step(false, () => alice.api.contacts.remove.mutate({ userId: bob.id }));
    await step(true, () => contact(alice, bob));
    await step(false, () => alice.api.blocks.add.mutate({ userId: bob.id }));
    await step(false, () => bob.api.blocks.add.mutate({ userId: alice.id }));
    await step(false, () => alice.api.blocks.remove.mutate({ userId: bob.id }));
    await step(true, () => bob.api.blocks.remove.mutate({ userId: alice.id }));
    // What changes nothing for him he is not told of.
    const [shown, gone] = ['story.created', 'story.deleted'];
    expect(typesTold(bobs)).toEqual([shown, gone, shown, gone, shown]);
  });

  test('a chosen list narrows it, and makes nobody close who is not', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    for (const friend of [bob, carol]) await befriend(alice, friend);
    const [bobs, carols] = [await bob.subscribe(), await carol.subscribe()];
    const story = await show(alice, { audience: [bob, dave, alice] });
    const forNobody = await show(alice, { audience: [] });
    const seenBy = (one: Story) => Promise.all([bob, carol, dave].map((by) => isShown(by, one)));
    expect(await seenBy(story)).toEqual([true, false, false]);
    expect(await seenBy(forNobody)).toEqual([false, false, false]);
    await verifyAction([alice, dave], () => befriend(alice, dave));
    expect(await seenBy(story)).toEqual([true, false, true]);
    await verifyAction([alice, bob], () => unfriend(bob, alice));
    expect(await seenBy(story)).toEqual([false, false, true]);
    await verifyAction([alice, carol, dave], () => remove(alice, story));
    expect(typesTold(bobs)).toEqual(['story.created', 'story.deleted']);
    expect(told(carols)).toEqual([]);
  });

  test('what is made while two become friends, or are so no more, comes to be seen, or is not, on two nodes', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const before = await bob.api.sync.bootstrap.query();
    const bobs = await bob.subscribe({ node: 1, cursor: before.cursor });
    const known = () => bobs.events.reduce(applyEvent, takeBootstrap(emptyState, before)).stories;
    for (let round = 0; round < 8; round++) {
      const become = round % 2 === 0;
      const fileId = await film(alice);
      if (become) await ask(alice, bob);
      await Promise.all([
        alice.on(round % 2).stories.create.mutate({ fileId }),
        become ? accept(bob, alice, 1) : unfriend(bob, alice, 1),
      ]);
      const { stories } = await bob.api.sync.bootstrap.query();
      expect(stories).toHaveLength(become ? round + 1 : 0);
      await expect.poll(known, { timeout: 15_000 }).toEqual(takeStories(stories));
    }
  });
});

describe('S51 a story is over after 24 hours', () => {
  test('at that moment nobody reaches it in any way, and the job takes away what is left', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await befriend(alice, bob);
    const story = await show(alice);
    const { id } = await alice.api.stories.create.mutate({
      fileId: (await upload(alice, await photo(64, 48), { purpose: 'story' })).id,
    });
    await see(bob, story);
    clock.advance(DAY - 1);
    for (const person of [alice, bob]) Object.assign(person.tokens, (await person.anotherDevice()).tokens);
    expect(await isShown(bob, story)).toBe(true);
    const links = await Promise.all(
      [alice, bob].map(async (by) => (await by.api.files.link.query({ fileId: story.file.id })).url),
    );
    const statuses = () => Promise.all(links.map(async (url) => (await fetch(onNode(alice, url, 1))).status));
    expect(await statuses()).toEqual([200, 200]);

    clock.advance(1);
    expect(await statuses()).toEqual([403, 403]);
    expect(await isShown(bob, story)).toBe(false);
    for (const by of [alice, bob]) {
      await expect(get(by, story)).rejects.toMatchObject(NO_STORY);
      await expect(by.api.files.link.query({ fileId: story.file.id })).rejects.toMatchObject(NO_FILE);
      expect((await by.api.sync.bootstrap.query()).stories).toEqual([]);
    }
    expect((await alice.api.stories.mine.query()).stories).toEqual([]);
    for (const late of [() => see(bob, story), () => reply(bob, story)])
      await expect(late()).rejects.toMatchObject(NO_STORY);
    for (const late of [() => viewers(alice, story), () => remove(alice, story)])
      await expect(late()).rejects.toMatchObject(NO_STORY);

    const bobs = await bob.subscribe();
    const [{ app }] = server.nodes;
    await sweepStories(app);
    await bobs.when(() => told(bobs).length === 2);
    expect(told(bobs)).toEqual(
      expect.arrayContaining(
        [story.id, id].map((storyId) => ({ type: 'story.deleted', storyId, authorId: alice.id })),
      ),
    );
    await sweepFiles(app);
    const left = await runSql(
      server.databaseUrl,
      `SELECT id FROM files WHERE owner_id = '${alice.id}' UNION SELECT id FROM stories WHERE author_id = '${alice.id}'
       UNION SELECT story_id FROM story_views WHERE viewer_id = '${bob.id}'`,
    );
    expect(left).toEqual([]);
    expect(await app.storage.get(bodyOf(story.file.id))).toBeNull();
  });

  test('it is taken away before that by its author alone, with its file, and is gone for everybody', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await befriend(alice, bob);
    const story = await show(alice);
    for (const by of [bob, carol]) await expect(remove(by, story)).rejects.toMatchObject(NO_STORY);
    const { url } = await bob.api.files.link.query({ fileId: story.file.id });
    await verifyAction([alice, bob, carol], () => remove(alice, story));
    expect((await fetch(onNode(bob, url))).status).toBe(403);
    await expect(remove(alice, story)).rejects.toMatchObject(NO_STORY);
    expect(await isShown(bob, story)).toBe(false);
    const left = () => runSql(server.databaseUrl, `SELECT FROM files WHERE id = '${story.file.id}'`);
    await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  });
});

describe('what a story is made of', () => {
  test('a file of one’s own for a story, whole, and used nowhere: the same again is the same story', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const create = (fileId: string, node = 0) => alice.on(node).stories.create.mutate({ fileId });
    const { uploadId } = await alice.api.uploads.create.mutate({ purpose: 'story', name: 'a.mp4', size: 10 });
    const others = [await film(bob), (await upload(alice, mp4())).id, uploadId, v7()];
    for (const fileId of others) await expect(create(fileId)).rejects.toMatchObject(NO_FILE);
    const fileId = await film(alice);
    const made = await Promise.all([0, 1, 0, 1].map((node) => create(fileId, node)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await expect(
      alice.api.messages.send.mutate({ toUserId: bob.id, attachments: [fileId], clientMessageId: v7() }),
    ).rejects.toMatchObject(NO_FILE);
    await sweepFiles(server.nodes[0].app);
    expect((await download(alice, fileId)).status).toBe(200);
    await remove(alice, made[0]!);
    await expect(create(fileId)).rejects.toMatchObject(NO_FILE);
  });

  test('a caption of 255 characters, and 50 stories at a time', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await befriend(alice, bob);
    const fileId = await film(alice);
    const create = (caption: string) => alice.api.stories.create.mutate({ fileId, caption });
    for (const caption of ['', '  ', 'x'.repeat(256), 'a\0b'])
      await expect(create(caption)).rejects.toMatchObject(refused('INVALID_INPUT'));
    expect((await create('🫖'.repeat(255))).caption).toHaveLength(510);
    await runSql(
      server.databaseUrl,
      `INSERT INTO stories (id, author_id, file_id, chosen, created_at, expires_at)
       SELECT gen_random_uuid(), author_id, gen_random_uuid(), false, created_at, expires_at
       FROM stories, generate_series(2, ${LIMITS.stories}) WHERE author_id = '${alice.id}'`,
    );
    await expect(show(alice)).rejects.toMatchObject(
      refused('TOO_MANY', { what: 'stories', limit: LIMITS.stories }),
    );
    clock.advance(DAY);
    Object.assign(alice.tokens, (await alice.anotherDevice()).tokens);
    expect(await show(alice)).toMatchObject({ authorId: alice.id });
  });
});

describe('who has seen a story', () => {
  test('is counted once each, and known to its author alone', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    for (const friend of [bob, carol]) await befriend(alice, friend);
    const story = await show(alice);
    await verifyAction([alice, bob], () => Promise.all([0, 1, 0].map((node) => see(bob, story, node))));
    await verifyAction([alice, carol], () => see(carol, story));
    await verifyAction([alice, bob], async () => {
      await see(bob, story);
      await see(alice, story);
    });
    await expect(see(dave, story)).rejects.toMatchObject(NO_STORY);
    expect(await get(bob, story)).toMatchObject({ isSeen: true, views: null });
    expect((await alice.api.stories.mine.query()).stories).toMatchObject([{ views: 2 }]);

    const page = await viewers(alice, story);
    expect(page).toMatchObject({ count: 2, next: null });
    expect(new Set(page.viewers.map(({ user }) => user.id))).toEqual(new Set([bob.id, carol.id]));
    const first = await viewers(alice, story, { limit: 1 });
    const second = await viewers(alice, story, { limit: 1, after: first.next });
    expect([...first.viewers, ...second.viewers]).toEqual(page.viewers);
    expect(second.next).toBeNull();
    for (const by of [bob, dave]) await expect(viewers(by, story)).rejects.toMatchObject(NO_STORY);
  });

  test('many at once are told to the author in few words, and the last word is right', async () => {
    const [alice, ...friends] = await server.people.all('alice', ...Array.from({ length: 6 }, () => 'fan'));
    for (const friend of friends) await befriend(alice, friend);
    const story = await show(alice);
    const stream = await alice.subscribe();
    await Promise.all(friends.map((by, n) => see(by, story, n % 2)));
    const counts = () => told(stream).map((event) => event.type === 'story.seen' && event.views);
    await stream.when(() => counts().at(-1) === friends.length);
    expect(counts().length).toBeLessThan(friends.length);
    expect(counts()).toEqual(counts().toSorted((a, b) => Number(a) - Number(b)));
  });
});

test('the feed: authors with something unseen first, then the newest; page by page as in one, and as the client has it', async () => {
  const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
  for (const author of [bob, carol, dave]) await befriend(alice, author);
  const made: Story[] = [];
  for (const by of [bob, carol, dave, bob]) {
    clock.advance(1_000);
    made.push(await show(by));
  }
  const feed = async (more: object = {}) => alice.api.stories.feed.query(more);
  const order = async () => (await feed()).authors.map(({ author }) => author.id);
  expect(await order()).toEqual([bob.id, dave.id, carol.id]);
  await see(alice, made[3]!);
  expect(await order()).toEqual([bob.id, dave.id, carol.id]);
  await see(alice, made[0]!);
  await see(alice, made[2]!);
  const { authors } = await feed();
  expect(authors).toMatchObject([
    { author: { id: carol.id }, hasUnseen: true, stories: [{ id: made[1]!.id, isSeen: false }] },
    { author: { id: bob.id }, hasUnseen: false, stories: [{ id: made[3]!.id }, { id: made[0]!.id }] },
    { author: { id: dave.id }, hasUnseen: false },
  ]);
  const state = takeBootstrap(emptyState, await alice.api.sync.bootstrap.query());
  expect(storiesOf(state, clock.now().getTime())).toEqual(authors);
  const pages: typeof authors = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await feed({ limit: 1, ...(after && { after }) });
    pages.push(...page.authors);
    after = page.next;
  }
  expect(pages).toEqual(authors);
});

describe('a reply to a story', () => {
  test('is a direct message that says which story it answers, also when that is gone', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    await befriend(alice, bob);
    const story = await show(alice);
    const key = v7();
    const sent = await verifyAction([alice, bob], () => reply(bob, story, 'how lovely', key));
    const { conversationId, seq } = sent;
    const reference = { id: story.id, authorId: alice.id };
    expect(sent).toMatchObject({ senderId: bob.id, text: 'how lovely', story: reference });
    expect(conversationId).toBe(await alice.talkTo(bob));
    await expect(reply(bob, story, 'something else', key)).rejects.toMatchObject(
      refused('IDEMPOTENCY_CONFLICT'),
    );
    await remove(alice, story);
    expect(await reply(bob, story, 'how lovely', key)).toEqual(sent);
    await expect(reply(bob, story, 'too late')).rejects.toMatchObject(NO_STORY);
    const other = { id: v7() };
    await expect(reply(bob, other, 'how lovely', key)).rejects.toMatchObject(NO_STORY);
    const edited = await bob.api.messages.edit.mutate({ conversationId, seq, text: 'how very lovely' });
    expect(edited.story).toEqual(reference);
    const [page] = (await alice.api.messages.list.query({ conversationId })).messages;
    expect(page).toEqual(edited);
    const from = { conversationId, seq };
    const forward = { from, conversationId, clientMessageId: v7() };
    expect(await bob.api.messages.forward.mutate(forward)).not.toHaveProperty('story');
  });

  test('goes where a message would go, and nowhere else', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    for (const [by, other] of [
      [alice, bob],
      [bob, alice],
    ] as const)
      await contact(by, other);
    const story = await show(alice);
    await expect(reply(alice, story)).rejects.toMatchObject(refused('NOT_YOURSELF'));
    await expect(reply(carol, story)).rejects.toMatchObject(NO_STORY);
    await alice.api.settings.update.mutate({ dmPolicy: 'friends' });
    await expect(reply(bob, story)).rejects.toMatchObject(refused('REFUSED_BY_SETTINGS'));
    await alice.api.settings.update.mutate({ dmPolicy: 'contacts' });
    expect(await reply(bob, story)).toMatchObject({ seq: 1 });
    await alice.api.blocks.add.mutate({ userId: bob.id });
    await expect(reply(bob, story)).rejects.toMatchObject(NO_STORY);
    const forged = { toUserId: alice.id, text: 'hi', clientMessageId: v7(), story: { id: story.id } };
    await expect(bob.api.messages.send.mutate(forged)).rejects.toMatchObject(refused('INVALID_INPUT'));
  });
});

test('a reported story is kept for the moderators when it is over, and for nobody else', async () => {
  const [alice, bob, carol, mod] = await server.people.all('alice', 'bob', 'carol', 'mod');
  await appoint(server, mod, 'MODERATOR');
  for (const friend of [bob, carol]) await befriend(alice, friend);
  const [story, other] = [await show(alice, { caption: 'buy my tea' }), await show(alice)];
  const report = (by: Person, { id: storyId }: Story) =>
    by.api.reports.create.mutate({ kind: 'story', storyId, reason: 'spam' });
  await expect(report(mod, story)).rejects.toMatchObject(NO_STORY);
  await expect(report(alice, story)).rejects.toMatchObject(refused('NOT_YOURSELF'));
  await expect(download(mod, story.file.id)).rejects.toMatchObject(NO_FILE);
  const { id } = await report(bob, story);
  expect(await report(bob, story)).toEqual({ id });
  const [kept] = await runSql(
    server.databaseUrl,
    `SELECT user_id AS "userId", story_id AS "storyId", file_id AS "fileId", text, reason FROM reports WHERE id = '${id}'`,
  );
  const facts = { userId: alice.id, storyId: story.id, fileId: story.file.id };
  expect(kept).toEqual({ ...facts, text: 'buy my tea', reason: 'spam' });
  expect((await report(bob, other)).id).not.toBe(id);
  await remove(alice, story);
  const { password } = alice.credentials;
  await alice.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
  const left = () => runSql(server.databaseUrl, `SELECT FROM stories WHERE author_id = '${alice.id}'`);
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  await sweepFiles(server.nodes[0].app);
  for (const { file } of [story, other]) {
    expect((await download(mod, file.id)).status).toBe(200);
    for (const by of [bob, carol]) await expect(download(by, file.id)).rejects.toMatchObject(NO_FILE);
  }
  // With the reports, after 400 days, the files go too.
  await runSql(server.databaseUrl, `UPDATE reports SET created_at = created_at - interval '401 days'`);
  await cleanUp(server.nodes[0].app);
  await sweepFiles(server.nodes[0].app);
  const files = `SELECT FROM files WHERE id IN ('${story.file.id}', '${other.file.id}')`;
  expect(await runSql(server.databaseUrl, files)).toEqual([]);
});

test('with an account its stories go at once, and what it has seen', async () => {
  const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
  for (const friend of [alice, carol]) await befriend(bob, friend);
  const [hers, his] = [await show(alice), await show(bob, { audience: [alice, carol] })];
  for (const by of [alice, carol]) await see(by, his);
  const { url } = await bob.api.files.link.query({ fileId: hers.file.id });
  const bobs = await bob.subscribe();
  const toldOfViews = () => told(bobs).some((event) => event.type === 'story.seen' && event.views === 1);
  await verifyAction([bob, carol], async () => {
    const { password } = alice.credentials;
    await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    expect((await fetch(onNode(bob, url))).status).toBe(403);
    expect(await isShown(bob, hers)).toBe(false);
    await bobs.when(toldOfViews);
  });
  expect(await viewers(bob, his)).toMatchObject({ count: 1, viewers: [{ user: { id: carol.id } }] });
  const named = `SELECT FROM story_audience WHERE user_id = '${alice.id}'`;
  expect(await runSql(server.databaseUrl, named)).toEqual([]);
  const left = () => runSql(server.databaseUrl, `SELECT FROM files WHERE owner_id = '${alice.id}'`);
  await expect.poll(left, { timeout: 15_000 }).toEqual([]);
});
