// @vitest-environment happy-dom
import type { ChatClient, ConnectionStatus } from '@parley/client';
import { act, createElement, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { UploadState } from '../src/files/upload.ts';
import {
  ChatProvider,
  useChat,
  useConnection,
  useContacts,
  useConversation,
  useConversations,
  useFileLink,
  useFriends,
  useIsTakingLong,
  useMe,
  useMembers,
  useMessages,
  usePresence,
  useReceipt,
  useSend,
  useStories,
  useTyping,
  useUnread,
  useUpload,
} from '../src/react/index.ts';
import { createStore } from '../src/store.ts';
import { applyEvent } from '../src/sync/apply-event.ts';
import { createPages } from '../src/sync/pages.ts';
import {
  type ChatState,
  emptyState,
  mergeConversation,
  mergeMembers,
  putTyping,
  takeBootstrap,
} from '../src/sync/state.ts';
import { type Action, ME, Model } from './model.ts';

const roots: Root[] = [];
beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
});
afterEach(async () => {
  await act(async () => {
    for (const root of roots.splice(0)) root.unmount();
  });
  vi.useRealTimers();
});

const sends = (count: number, where = 0): Action[] =>
  Array.from({ length: count }, () => ({ do: 'send', who: 1, where }));
const TWO_GROUPS: Action[] = [
  { do: 'group', with: [1] },
  { do: 'group', with: [2] },
];

/** A client over a model of the server, as far as the hooks use one. */
function world(before: Action[] = TWO_GROUPS) {
  const model = new Model().run(before);
  const store = createStore<ChatState>(emptyState);
  const connection = createStore<ConnectionStatus>('live');
  const isTakingLong = createStore(false);
  let applied = model.log.length;
  let failing: Error | null = null;
  const cursor = 'e.0';
  const pages = createPages({
    store,
    async read({ conversationId, limit = 50, ...range }) {
      if (failing) throw failing;
      return { ...model.page(conversationId, { ...range, limit })!, cursor };
    },
    async load(read, merge) {
      const page = await read();
      store.set(merge(store.get(), page));
      return page;
    },
    loadConversation: async () => {},
    arrived: () => {},
  });
  const loadOlder = vi.fn(pages.loadOlder);
  const loadMembers = vi.fn(async ({ conversationId }: { conversationId: string }) =>
    store.set(mergeMembers(store.get(), conversationId, model.members(conversationId))),
  );
  const load = vi.fn(async ({ conversationId }: { conversationId: string }) => {
    if (failing) throw failing;
    store.set(mergeConversation(store.get(), model.conversation(conversationId)!));
  });
  const send = vi.fn();
  const upload = createStore<UploadState>({ status: 'starting', sent: 0, size: undefined });
  const files = {
    link: vi.fn(async ({ fileId }: { fileId: string }) => `https://chat/${fileId}`),
    upload: vi.fn(() => ({ state: upload, done: Promise.resolve(), cancel: vi.fn() })),
  };
  const chat = {
    state: store,
    connection: { ...connection, isTakingLong },
    messages: { ...pages, loadOlder, send },
    conversations: { load, loadMembers },
    files,
  } as unknown as ChatClient;
  const ids = model.snapshot().conversations.map(({ id }) => id);
  return {
    chat,
    store,
    model,
    connection,
    isTakingLong,
    ids,
    loadOlder,
    loadMembers,
    load,
    send,
    files,
    upload,
    fail(error: Error | null) {
      failing = error;
    },
    /** The first snapshot is there. */
    connect: () => act(async () => store.set(takeBootstrap(store.get(), model.snapshot()))),
    /** Something happens, and the stream brings it. */
    happens: (...list: Action[]) =>
      act(async () => {
        for (const { event } of model.run(list).log.slice(applied)) store.set(applyEvent(store.get(), event));
        applied = model.log.length;
      }),
    change: (edit: (state: ChatState) => ChatState) => act(async () => store.set(edit(store.get()))),
  };
}

function Probe({ use }: { use: () => void }): null {
  use();
  return null;
}

/** The tests are compiled without a DOM's types. */
function newElement(): never {
  const { document } = globalThis as unknown as { document: { createElement(name: string): never } };
  return document.createElement('div');
}

/** What a hook gave, at each rendering of a component that uses it. */
async function render<Value>(
  { chat }: { chat: ChatClient },
  hook: () => Value,
  { strict = false }: { strict?: boolean } = {},
): Promise<{ last: () => Value; count: () => number }> {
  const seen: Value[] = [];
  const probe = createElement(Probe, { use: () => void seen.push(hook()) });
  const root = createRoot(newElement());
  roots.push(root);
  const tree = createElement(ChatProvider, { client: chat }, probe);
  await act(async () => root.render(strict ? createElement(StrictMode, null, tree) : tree));
  return { last: () => seen.at(-1)!, count: () => seen.length };
}

const refusal = (code: string) => Object.assign(new Error(code), { data: { code, httpStatus: 404 } });

test('without a provider it is said what is missing', async () => {
  const failed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const root = createRoot(newElement());
  const lost = createElement(Probe, { use: () => void useChat() });
  await expect(act(async () => root.render(lost))).rejects.toThrow('ChatProvider');
  failed.mockRestore();
});

test('what is not known yet is undefined, not empty', async () => {
  const it = world();
  const all = await render(it, () => ({
    me: useMe(),
    conversations: useConversations(),
    conversation: useConversation(it.ids[0]!),
    messages: useMessages(it.ids[0]!).messages,
    members: useMembers(it.ids[0]!),
    unread: useUnread(),
    stories: useStories(),
    friends: useFriends(),
    contacts: useContacts(),
    presence: usePresence(ME.id),
    link: useFileLink('file'),
  }));
  expect(Object.values({ ...all.last(), link: undefined })).toEqual(Array(11).fill(undefined));
  await it.connect();
  expect(all.last()).toMatchObject({
    me: { id: ME.id },
    conversations: [{}, {}],
    conversation: { id: it.ids[0] },
    messages: [],
    members: [{}, {}],
    unread: { total: 0, mentions: 0 },
    stories: { own: [], others: [] },
    friends: [],
    contacts: [],
    link: 'https://chat/file',
  });
});

describe('a component is rendered again only when what it shows is another', () => {
  test('the list of conversations: not for members, pages, typing or presence', async () => {
    const it = world([...TWO_GROUPS, ...sends(40)]);
    await it.connect();
    const list = await render(it, useConversations);
    const one = await render(it, () => useConversation(it.ids[1]!));
    const unread = await render(it, useUnread);
    const [before] = list.last()!.filter(({ id }) => id === it.ids[1]);
    await act(async () => {
      await it.chat.messages.loadOlder({ conversationId: it.ids[0]! });
      await it.chat.conversations.loadMembers({ conversationId: it.ids[0]! });
      it.store.set(putTyping(it.store.get(), it.ids[0]!, 'someone', 'later'));
    });
    expect([list.count(), one.count(), unread.count()]).toEqual([1, 1, 1]);
    await it.happens(...sends(1));
    expect([list.count(), one.count(), unread.count()]).toEqual([2, 1, 2]);
    expect(list.last()!.find(({ id }) => id === it.ids[0])).toMatchObject({ lastSeq: 41 });
    // The other one is the same object, so that a memoised row is not rendered.
    expect(list.last()!.find(({ id }) => id === it.ids[1])).toBe(before);
    expect(unread.last()).toMatchObject({ total: 41 });
  });

  test('messages: not for those of another conversation, nor for marks', async () => {
    const it = world([...TWO_GROUPS, ...sends(2)]);
    await it.connect();
    const shown = await render(it, () => useMessages(it.ids[0]!));
    const count = shown.count();
    await it.happens(...sends(1, 1), { do: 'read', who: 1, where: 0 }, { do: 'promote', who: 1, where: 0 });
    expect(shown.count()).toBe(count);
    await it.happens(...sends(1));
    expect(shown.count()).toBe(count + 1);
    expect(shown.last().messages).toHaveLength(3);
  });

  test('who writes, how somebody is, and how things stand', async () => {
    const it = world();
    await it.connect();
    const typing = await render(it, () => useTyping(it.ids[0]!));
    const presence = await render(it, () => usePresence('user'));
    const status = await render(it, useConnection);
    const isLong = await render(it, useIsTakingLong);
    await it.change((state) => putTyping(state, it.ids[1]!, 'someone', 'later'));
    await it.change((state) => putTyping(state, it.ids[0]!, 'someone', 'later'));
    await it.change((state) => putTyping(state, it.ids[0]!, 'someone', 'even later'));
    expect([typing.last(), typing.count()]).toEqual([['someone'], 2]);
    expect([presence.count(), status.count(), isLong.count()]).toEqual([1, 1, 1]);
    await act(async () => {
      it.connection.set('offline');
      it.isTakingLong.set(true);
    });
    expect([status.last(), status.count(), isLong.last(), isLong.count()]).toEqual(['offline', 2, true, 2]);
  });

  test('how far a message has come, with everybody and with each', async () => {
    const it = world([
      { do: 'group', with: [1, 2] },
      { do: 'send', who: 0, where: 0 },
    ]);
    await it.connect();
    const receipt = await render(it, () => useReceipt({ conversationId: it.ids[0]!, seq: 1 }));
    expect(receipt.last()).toBe('sent');
    const count = receipt.count();
    // The one of them, and then the other.
    await it.happens({ do: 'deliver', who: 5, where: 0 });
    expect([receipt.last(), receipt.count()]).toEqual(['sent', count]);
    await it.happens({ do: 'deliver', who: 10, where: 0 });
    expect(receipt.last()).toBe('delivered');
  });
});

describe('messages', () => {
  test('fill the first screen by themselves, and are loaded in both directions', async () => {
    const it = world([...TWO_GROUPS, ...sends(120)]);
    const shown = await render(it, () => useMessages(it.ids[0]!));
    expect(shown.last()).toMatchObject({ messages: undefined, isLoading: false });
    await it.connect();
    await expect.poll(() => shown.last().messages?.length).toBe(51);
    expect(shown.last()).toMatchObject({ hasOlder: true, hasNewer: false, isLoading: false });
    await act(() => shown.last().jumpTo(10));
    expect(shown.last()).toMatchObject({ hasOlder: false, hasNewer: true });
    const seqs = () => shown.last().messages!.map(({ seq }) => seq);
    expect(seqs()).toContain(10);
    await it.happens(...sends(1));
    expect(seqs()).not.toContain(121);
    await act(() => shown.last().loadNewer());
    await act(() => shown.last().loadNewer());
    expect(seqs().at(-1)).toBe(121);
    expect(shown.last().hasNewer).toBe(false);
    await act(() => shown.last().jumpTo(1));
    await act(() => shown.last().toLatest());
    expect(seqs().at(-1)).toBe(121);
  });

  test('of a strict React are asked for once', async () => {
    const it = world([...TWO_GROUPS, ...sends(120)]);
    await it.connect();
    const shown = await render(it, () => useMessages(it.ids[0]!), { strict: true });
    await expect.poll(() => shown.last().messages?.length).toBe(51);
    const members = await render(it, () => useMembers(it.ids[0]!), { strict: true });
    await expect.poll(() => members.last()?.length).toBe(2);
    await it.happens(...sends(1));
    expect(shown.last().messages).toHaveLength(52);
  });

  test('have those that are being sent behind them, at the end only', async () => {
    const it = world([...TWO_GROUPS, ...sends(120)]);
    await it.connect();
    const shown = await render(it, () => useMessages(it.ids[0]!));
    const item = (conversationId: string, text: string) =>
      ({ clientMessageId: text, conversationId, text, status: 'queued' }) as ChatState['outbox'][number];
    const outbox = [item(it.ids[0]!, 'here'), item(it.ids[1]!, 'elsewhere')];
    await it.change((state) => ({ ...state, outbox }));
    expect(shown.last().sending.map(({ text }) => text)).toEqual(['here']);
    const count = shown.count();
    await it.change((state) => ({ ...state, outbox: [outbox[0]!] }));
    expect(shown.count()).toBe(count);
    await act(() => shown.last().jumpTo(5));
    expect(shown.last().sending).toEqual([]);
  });

  test('tell what the server refuses, and try again what got no answer', async () => {
    vi.useFakeTimers();
    const it = world([...TWO_GROUPS, ...sends(60)]);
    await it.connect();
    it.fail(new TypeError('no network'));
    it.connection.set('offline');
    const shown = await render(it, () => useMessages(it.ids[0]!));
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(shown.last()).toMatchObject({ isLoading: true, error: undefined });
    it.fail(null);
    await act(async () => it.connection.set('live'));
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(shown.last()).toMatchObject({ isLoading: false, hasOlder: true });
    it.fail(refusal('NOT_FOUND'));
    await act(() => shown.last().loadOlder());
    expect(shown.last().error).toMatchObject({ message: 'NOT_FOUND' });
    it.fail(null);
    await act(() => shown.last().loadOlder());
    expect(shown.last()).toMatchObject({ error: undefined, hasOlder: false });
  });

  test('of a conversation that is not known load it, and of one that is not there say so', async () => {
    const it = world([...TWO_GROUPS, ...sends(3)]);
    await it.connect();
    const [id] = it.ids as [string];
    await it.change((state) => ({ ...state, conversations: {} }));
    const shown = await render(it, () => useMessages(id));
    expect(it.load).toHaveBeenCalledWith({ conversationId: id });
    await expect.poll(() => shown.last().messages?.length).toBe(3);
    it.fail(refusal('NOT_FOUND'));
    const other = await render(it, () => useMessages('nowhere'));
    expect(other.last()).toMatchObject({
      messages: undefined,
      isLoading: false,
      error: { message: 'NOT_FOUND' },
    });
  });
});

test('sends into its conversation', async () => {
  const it = world();
  const send = await render(it, () => useSend(it.ids[0]!));
  send.last()({ text: 'hello', replyTo: 3 });
  expect(it.send).toHaveBeenCalledWith({ text: 'hello', replyTo: 3, conversationId: it.ids[0] });
});

test('a story goes when it is over', async () => {
  vi.useFakeTimers();
  const it = world();
  await it.connect();
  const shown = await render(it, useStories);
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const story = { id: 's', authorId: ME.id, createdAt: new Date().toISOString(), expiresAt };
  await it.change((state) => ({ ...state, stories: { s: story } as unknown as ChatState['stories'] }));
  expect(shown.last()!.own).toHaveLength(1);
  const count = shown.count();
  await it.change((state) => ({ ...state, stories: { s: story } as unknown as ChatState['stories'] }));
  expect(shown.count()).toBe(count);
  await act(() => vi.advanceTimersByTimeAsync(59_000));
  expect(shown.last()!.own).toHaveLength(1);
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(shown.last()!.own).toEqual([]);
});

test('an upload shows how far it is', async () => {
  const it = world();
  const file = await render(it, useUpload);
  expect(file.last().state).toBeUndefined();
  await act(async () => void file.last().upload(new Uint8Array(1), { name: 'a', purpose: 'message' }));
  expect(file.last().state).toMatchObject({ status: 'starting' });
  await act(async () => it.upload.set({ status: 'sending', sent: 5, size: 10 }));
  expect(file.last().state).toMatchObject({ status: 'sending', sent: 5 });
});
