import { messageId } from '@parley/contract';
import { v7 } from 'uuid';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makePreview } from '../src/previews/make.ts';
import { createPreviews } from '../src/previews/previews.ts';
import { runSql } from './database.ts';
import { html, startPages } from './pages.ts';
import type { Person } from './people.ts';
import { pdf } from './samples.ts';
import { schedule } from './schedules.ts';
import { ManualClock, serverForAll } from './server.ts';
import { upload } from './uploads.ts';
import { verifyAction } from './verify.ts';

const pages = await startPages();
afterAll(() => pages[Symbol.asyncDispose]());
const clock = new ManualClock();
const server = serverForAll({ nodes: 2, clock, network: pages.network, env: { LINK_PREVIEWS: 'on' } });

const TEA =
  '<title>Tea</title><meta name="description" content="A drink"><meta property="og:site_name" content="T">';

/** A page that no other test has: what was found under a link is remembered. */
function newPage(page: string, name?: string): string {
  const path = `/${v7()}`;
  pages.answers[path] = html(page);
  return pages.link(path, name);
}

const at = async (person: Person, conversationId: string, seq: number) =>
  (await person.api.messages.list.query({ conversationId })).messages.find((message) => message.seq === seq);
const previewAt = async (person: Person, conversationId: string, seq: number) =>
  (await at(person, conversationId, seq))?.preview;
const shown = (person: Person, conversationId: string, seq: number) =>
  expect.poll(() => previewAt(person, conversationId, seq), { timeout: 15_000 });

/** Waits until no link is looked at any more. */
const settled = () =>
  expect
    .poll(
      () =>
        runSql(
          server.databaseUrl,
          `SELECT 1 FROM pgboss.job WHERE name = 'previews.make' AND state NOT IN ('completed', 'failed')`,
        ),
      { timeout: 15_000 },
    )
    .toEqual([]);

async function group() {
  const [alice, bob] = await server.people.all('alice', 'bob');
  return { alice, bob, conversationId: await alice.startGroup('tea', bob) };
}

beforeEach(() => {
  pages.asked.length = 0;
});

describe('a message with a link', () => {
  test('shows what is under it, to everybody who sees it, and nothing of who reads it is told there', async () => {
    const { alice, bob, conversationId } = await group();
    const url = newPage(TEA);
    const stream = await bob.subscribe({ node: 1 });
    const { cursor } = stream;
    const sent = await alice.say(conversationId, `look: ${url}. Is it not nice?`);
    expect(sent).not.toHaveProperty('preview');
    const preview = { url, title: 'Tea', description: 'A drink', siteName: 'T' };
    const { data } = await stream.until(({ type }) => type === 'message.previewed');
    expect(data).toEqual({ type: 'message.previewed', conversationId, seq: 1, preview });
    expect(await at(alice, conversationId, 1)).toEqual({ ...sent, preview });
    expect((await bob.api.conversations.get.query({ conversationId })).conversation.lastMessage).toEqual({
      ...sent,
      preview,
    });
    const resumed = await bob.subscribe({ cursor });
    expect(resumed.events.at(-1)).toEqual(data);
    // The same again is the same message, and the page was asked for once.
    expect(await alice.say(conversationId, sent.text, messageId(alice.id, sent.id))).toEqual({
      ...sent,
      preview,
    });
    await settled();
    expect(pages.asked).toHaveLength(1);
    expect((await alice.api.messages.history.query({ conversationId, seq: 1 })).versions).toHaveLength(1);
    const refs = await runSql(server.databaseUrl, `SELECT refs FROM events WHERE type = 'message.previewed'`);
    expect(JSON.stringify(refs)).not.toMatch(/Tea|drink|example/);
  });

  test('shows nothing where there is nothing to show, and says all that it said before', async () => {
    const { alice, bob, conversationId } = await group();
    const { id } = await upload(bob, pdf());
    const url = newPage(TEA);
    for (const text of [
      'no link',
      pages.link('/nothing'),
      newPage('no title'),
      'http://tea.example:1/',
      'http://10.0.0.1/',
    ])
      await alice.say(conversationId, text);
    const full = await bob.api.messages.send.mutate({
      conversationId,
      clientMessageId: v7(),
      text: url,
      attachments: [id],
      replyTo: 1,
      mentions: { userIds: [alice.id] },
      metadata: { a: 1 },
    });
    await shown(bob, conversationId, 6).toMatchObject({ title: 'Tea' });
    expect(await at(alice, conversationId, 6)).toEqual({ ...full, preview: expect.anything() });
    await settled();
    for (const seq of [1, 2, 3, 4, 5]) expect(await previewAt(bob, conversationId, seq)).toBeUndefined();
    expect(pages.asked).toHaveLength(3);
  });

  test('that was forwarded, or scheduled, shows it as well', async () => {
    const { alice, bob, conversationId } = await group();
    const url = newPage(TEA);
    await alice.say(conversationId, url);
    await shown(bob, conversationId, 1).toMatchObject({ title: 'Tea' });
    const from = { conversationId, seq: 1 };
    await bob.api.messages.forward.mutate({ from, conversationId, clientMessageId: v7() });
    const sendAt = new Date(clock.now().getTime() + 60_000).toISOString();
    await schedule(bob, conversationId, newPage(TEA), { sendAt });
    clock.advance(60_000);
    for (const seq of [2, 3]) await shown(alice, conversationId, seq).toMatchObject({ title: 'Tea' });
  });

  test('in a group is shown to those alone who see it', async () => {
    const { alice, bob, conversationId } = await group();
    const carol = await server.people.join('carol');
    await alice.say(conversationId, 'before');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    const [bobs, carols] = [await bob.subscribe(), await carol.subscribe()];
    await alice.api.messages.edit.mutate({ conversationId, seq: 1, text: newPage(TEA) });
    await bobs.until(({ type }) => type === 'message.previewed');
    await alice.say(conversationId, 'after');
    await carols.when(() => carols.texts.includes('after'));
    expect(carols.events.map(({ type }) => type)).not.toContain('message.previewed');
  });

  test('that is withheld from the other one shows it to its sender alone', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await bob.api.blocks.add.mutate({ userId: alice.id });
    const [mine, bobs] = [await alice.subscribe({ node: 1 }), await bob.subscribe()];
    await alice.say(conversationId, newPage(TEA));
    await mine.until(({ type }) => type === 'message.previewed');
    await bob.api.blocks.remove.mutate({ userId: alice.id });
    await alice.say(conversationId, 'hello');
    await bobs.when(() => bobs.texts.includes('hello'));
    expect(bobs.events.map(({ type }) => type)).not.toContain('message.previewed');
  });
});

describe('a message that changes', () => {
  async function previewed() {
    const world = await group();
    const url = newPage(TEA);
    await world.alice.say(world.conversationId, url);
    await shown(world.bob, world.conversationId, 1).toMatchObject({ title: 'Tea' });
    const edit = (text: string) =>
      world.alice.api.messages.edit.mutate({ conversationId: world.conversationId, seq: 1, text });
    return { ...world, url, edit };
  }

  test('keeps what it shows with the same link, and loses it with the link', async () => {
    const { alice, bob, conversationId, url, edit } = await previewed();
    await verifyAction([alice, bob], () => edit(`${url} is nice`));
    expect(await previewAt(bob, conversationId, 1)).toMatchObject({ url });
    // To say the same again is no edit.
    const same = await edit(`${url} is nice`);
    expect((await alice.api.messages.history.query({ conversationId, seq: 1 })).versions).toHaveLength(2);
    expect(same.preview).toMatchObject({ url });
    await verifyAction([alice, bob], () => edit('never mind'));
    expect(await previewAt(bob, conversationId, 1)).toBeUndefined();
    const other = newPage('<title>Coffee</title>');
    await edit(other);
    await shown(bob, conversationId, 1).toEqual({ url: other, title: 'Coffee' });
    expect(
      JSON.stringify(await runSql(server.databaseUrl, `SELECT extras FROM message_edits`)),
    ).not.toContain('Tea');
  });

  test('shows nothing any more when its sender says so, whatever they write around the link', async () => {
    const { alice, bob, conversationId, url, edit } = await previewed();
    const { removePreview } = alice.api.messages;
    const place = { conversationId, seq: 1 };
    const forbidden = { data: { code: 'FORBIDDEN', need: 'sender' } };
    await expect(bob.api.messages.removePreview.mutate(place)).rejects.toMatchObject(forbidden);
    const stream = await bob.subscribe();
    await verifyAction([alice, bob], () => removePreview.mutate(place));
    expect(await removePreview.mutate(place)).toBeNull();
    await edit(`${url} is nice`);
    await alice.say(conversationId, 'so');
    await stream.when(() => stream.texts.includes('so'));
    expect(stream.events.filter(({ type }) => type === 'message.previewed')).toEqual([
      { type: 'message.previewed', ...place, preview: null },
    ]);
    await settled();
    expect(await previewAt(bob, conversationId, 1)).toBeUndefined();
  });

  test('shows nothing when it is deleted, also while its link is looked at', async () => {
    const { alice, bob, conversationId } = await previewed();
    const remove = (seq: number) =>
      alice.api.messages.delete.mutate({ conversationId, seq, scope: 'everyone' });
    await verifyAction([alice, bob], () => remove(1));
    expect(await at(bob, conversationId, 1)).not.toHaveProperty('preview');
    const path = `/${v7()}`;
    const { promise: asked, resolve: ask } = Promise.withResolvers<() => void>();
    pages.answers[path] = (response, request) => ask(() => html(TEA)(response, request));
    await alice.say(conversationId, pages.link(path));
    const answer = await asked;
    await remove(2);
    answer();
    await settled();
    expect(await at(bob, conversationId, 2)).not.toHaveProperty('preview');
  });

  test('while its link is looked at, does not show what is under the old one', async () => {
    const { alice, bob, conversationId } = await previewed();
    const path = `/${v7()}`;
    const { promise: asked, resolve: ask } = Promise.withResolvers<() => void>();
    pages.answers[path] = (response, request) => ask(() => html(TEA)(response, request));
    await alice.say(conversationId, pages.link(path));
    const answer = await asked;
    await alice.api.messages.edit.mutate({ conversationId, seq: 2, text: 'never mind' });
    answer();
    await settled();
    expect(await previewAt(bob, conversationId, 2)).toBeUndefined();
  });
});

test('a job that is run again, by whichever node, changes nothing', async () => {
  const { alice, bob, conversationId } = await group();
  await alice.say(conversationId, newPage(TEA));
  await shown(bob, conversationId, 1).toMatchObject({ title: 'Tea' });
  const stream = await bob.subscribe();
  for (const { app } of server.nodes) await makePreview(app, { conversationId, seq: 1, busy: 0 });
  await makePreview(server.nodes[0].app, { conversationId: v7(), seq: 1, busy: 0 });
  await alice.say(conversationId, 'the end');
  await stream.when(() => stream.texts.includes('the end'));
  expect(stream.events.map(({ type }) => type)).not.toContain('message.previewed');
});

test('of one host two pages are fetched at a time, and a link once an hour', async () => {
  const time = new ManualClock();
  const { database, jobs, logger } = server.nodes[0].app;
  const previews = createPreviews({ network: pages.network, clock: time, database, jobs, logger });
  const waiting: (() => void)[] = [];
  pages.answers['/slow'] = (response, request) => waiting.push(() => html(TEA)(response, request));
  const links = ['/slow?1', '/slow?2', '/slow?3'].map((path) => pages.link(path));
  const [first, second] = [previews.get(links[0]!), previews.get(links[1]!)];
  const same = previews.get(links[0]!);
  expect(await previews.get(links[2]!)).toBe('busy');
  expect(await previews.get(newPage(TEA, 'coffee.example'))).toMatchObject({ title: 'Tea' });
  await expect.poll(() => waiting.length, { timeout: 15_000 }).toBe(2);
  for (const answer of waiting.splice(0)) answer();
  expect(await Promise.all([first, second, same])).toMatchObject([
    { url: links[0], title: 'Tea' },
    { url: links[1], title: 'Tea' },
    { url: links[0], title: 'Tea' },
  ]);
  const asked = pages.asked.length;
  await previews.get(links[0]!);
  expect(pages.asked).toHaveLength(asked);
  time.advance(3_600_000);
  const again = previews.get(links[0]!);
  await expect.poll(() => waiting.length, { timeout: 15_000 }).toBe(1);
  waiting[0]!();
  expect(await again).toMatchObject({ title: 'Tea' });
});

test('a busy host is asked later, and not for ever', async () => {
  const { alice, conversationId } = await group();
  await runSql(
    server.databaseUrl,
    `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
     VALUES ('${v7()}', '${conversationId}', 1, '${alice.id}', '', 'https://busy.example', now())`,
  );
  const queued: unknown[] = [];
  const { app } = server.nodes[0];
  const busy = {
    ...app,
    previews: { ...app.previews!, get: async () => 'busy' as const },
    jobs: { ...app.jobs, enqueue: async (...given: unknown[]) => void queued.push(given.slice(1)) },
  };
  await makePreview(busy, { conversationId, seq: 1, busy: 0 });
  await makePreview(busy, { conversationId, seq: 1, busy: 5 });
  expect(queued).toEqual([['previews.make', { conversationId, seq: 1, busy: 1 }, { startAfter: 5 }]]);
});

describe('where links are not looked at', () => {
  const without = serverForAll({ network: pages.network });

  test('nobody asks, and no job is left', async () => {
    const alice = await without.people.join('alice');
    const conversationId = await alice.startGroup('tea');
    await alice.say(conversationId, newPage(TEA));
    await alice.api.messages.edit.mutate({ conversationId, seq: 1, text: newPage(TEA) });
    const jobs = `SELECT 1 FROM pgboss.job WHERE name = 'previews.make'`;
    expect(await runSql(without.databaseUrl, jobs)).toEqual([]);
    await makePreview(without.nodes[0].app, { conversationId, seq: 1, busy: 0 });
    expect(pages.asked).toEqual([]);
  });
});
