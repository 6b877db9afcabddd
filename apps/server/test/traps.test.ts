import { randomUUID } from 'node:crypto';
import { ERROR_STATUS } from '@parley/contract';
import { createTRPCClient, type TRPCLink, wsLink } from '@trpc/client';
import pg from 'pg';
import superjson from 'superjson';
import { v7 } from 'uuid';
import { afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { z } from 'zod';
import type { AppRouter } from '../src/public.ts';
import { appRouter } from '../src/router.ts';
import { appoint } from './appoint.ts';
import { expectCalm } from './calm.ts';
import { runSql } from './database.ts';
import { fuzz } from './fuzz.ts';
import { HEAVY, META, seeded } from './hostile.ts';
import { type Api, type Person, signedIn } from './people.ts';
import { clientFrame, type RawPeer, rawSocket } from './raw-peer.ts';
import { mp4 } from './samples.ts';
import { inAnHour } from './schedules.ts';
import { type TestServer, testServer } from './server.ts';
import { upload } from './uploads.ts';

const OURS = 'https://chat.example.org';

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
).map(([path, { _def }]) => ({ path, type: _def.type }));
/** The fields that a procedure's input may have. */
function fieldsOf(path: string): string[] {
  const { inputs } = (appRouter._def.procedures as never)[path]['_def'] as { inputs: z.ZodType[] };
  const schema = inputs[0] && z.toJSONSchema(inputs[0], { io: 'input', unrepresentable: 'any' });
  const forms = (schema?.anyOf ?? schema?.oneOf ?? [schema]) as { properties?: object }[];
  return [...new Set(forms.flatMap((form) => Object.keys(form?.properties ?? {})))];
}

const ofType = (type: string) => procedures.filter((procedure) => procedure.type === type);

/** An input that each procedure takes; where an id is wanted, one that does not exist. */
const INPUTS: Record<string, Record<string, unknown>> = {
  'auth.register': { username: 'somebody', password: 'tea and more tea', email: 'a@example.com' },
  'auth.login': { login: 'somebody', password: 'tea and more tea' },
  'auth.refresh': { refreshToken: 'x'.repeat(43) },
  'auth.verifyEmail': { email: 'a@example.com', code: '000000' },
  'auth.resendVerification': { email: 'a@example.com' },
  'auth.forgotPassword': { email: 'a@example.com' },
  'auth.resetPassword': { email: 'a@example.com', code: '000000', newPassword: 'battery staple' },
  'auth.changePassword': { currentPassword: 'no password of hers', newPassword: 'battery staple' },
  'auth.changeEmail': { password: 'no password of hers', email: 'b@example.com' },
  'auth.confirmEmail': { code: '000000' },
  'auth.deleteAccount': { password: 'no password of hers', messages: 'keep' },
  'account.requestExport': { password: 'no password of hers' },
  'account.exportLink': { id: v7() },
  'conversations.setRetention': { conversationId: v7(), retentionDays: 7 },
  'conversations.openDirect': { userId: v7() },
  'conversations.list': {},
  'conversations.get': { conversationId: v7() },
  'conversations.members': { conversationId: v7() },
  'conversations.clear': { conversationId: v7() },
  'conversations.configure': { conversationId: v7(), isPinned: true, mutedUntil: null, notify: 'none' },
  'friends.list': { query: 'some' },
  'friends.remove': { userId: v7() },
  'friendRequests.send': { userId: v7() },
  'friendRequests.list': { direction: 'incoming' },
  'friendRequests.accept': { userId: v7() },
  'friendRequests.reject': { userId: v7() },
  'friendRequests.cancel': { userId: v7() },
  'blocks.add': { userId: v7() },
  'blocks.remove': { userId: v7() },
  'contacts.create': { userId: v7(), alias: 'somebody' },
  'contacts.list': { mutualOnly: true },
  'contacts.get': { userId: v7() },
  'contacts.update': { userId: v7(), alias: 'somebody' },
  'contacts.remove': { userId: v7() },
  'groups.create': { title: 'tea', userIds: [v7()] },
  'groups.addMembers': { conversationId: v7(), userIds: [v7()] },
  'groups.removeMember': { conversationId: v7(), userId: v7() },
  'groups.update': { conversationId: v7(), title: 'tea', slowModeSeconds: 1, history: 'all' },
  'groups.setRole': { conversationId: v7(), userId: v7(), role: 'admin' },
  'groups.transferOwnership': { conversationId: v7(), userId: v7() },
  'invites.create': { conversationId: v7(), expiresInSeconds: 60, maxUses: 1 },
  'invites.list': { conversationId: v7() },
  'invites.revoke': { conversationId: v7(), inviteId: v7() },
  'invites.preview': { token: 'x'.repeat(22) },
  'invites.accept': { token: 'x'.repeat(22) },
  'groups.delete': { conversationId: v7() },
  'groups.leave': { conversationId: v7() },
  'messages.send': { conversationId: v7(), text: 'x', clientMessageId: v7() },
  'messages.forward': {
    from: { conversationId: v7(), seq: 1 },
    conversationId: v7(),
    clientMessageId: v7(),
  },
  'messages.edit': { conversationId: v7(), seq: 1, text: 'x' },
  'messages.removePreview': { conversationId: v7(), seq: 1 },
  'messages.history': { conversationId: v7(), seq: 1 },
  'messages.delete': { conversationId: v7(), seq: 1, scope: 'me' },
  'messages.pin': { conversationId: v7(), seq: 1 },
  'messages.unpin': { conversationId: v7(), seq: 1 },
  'messages.pinned': { conversationId: v7() },
  'messages.list': { conversationId: v7() },
  'reactions.add': { conversationId: v7(), seq: 1, emoji: '👍' },
  'reactions.remove': { conversationId: v7(), seq: 1, emoji: '👍' },
  'reactions.list': { conversationId: v7(), seq: 1, emoji: '👍' },
  'drafts.set': { conversationId: v7(), text: 'x', replyTo: 1 },
  'scheduled.create': { conversationId: v7(), text: 'x', clientMessageId: v7(), sendAt: inAnHour() },
  'scheduled.update': { id: v7(), text: 'x', sendAt: inAnHour() },
  'scheduled.cancel': { id: v7() },
  'scheduled.sendNow': { id: v7() },
  'messages.markRead': { conversationId: v7(), seq: 1 },
  'messages.markDelivered': { conversationId: v7(), messageIds: [v7()] },
  'messages.readers': { conversationId: v7(), seq: 1 },
  'messages.undelivered': { after: `${v7()}.1` },
  'search.messages': { query: 'tea', conversationId: v7() },
  'threads.open': { conversationId: v7(), seq: 1 },
  'threads.unfollow': { conversationId: v7() },
  'threads.list': {},
  'admin.users': { username: 'some' },
  'admin.audit': { userId: v7() },
  'admin.setRole': { userId: v7(), role: 'MODERATOR' },
  'admin.ban': { userId: v7(), reason: 'spam' },
  'admin.unban': { userId: v7() },
  'admin.endSessions': { userId: v7() },
  'sessions.revoke': { sessionId: v7() },
  'users.get': { userId: v7() },
  'users.search': { query: 'some' },
  'users.list': {},
  'users.updateProfile': { bio: 'tea' },
  'users.setStatus': { text: 'at tea' },
  'settings.update': { dmPolicy: 'everyone' },
  'uploads.create': { purpose: 'message', name: 'tea.pdf', size: 1 },
  'uploads.complete': { uploadId: v7() },
  'files.link': { fileId: v7() },
  'reports.create': { kind: 'user', userId: v7(), reason: 'spam' },
  'reports.list': {},
  'reports.close': { id: v7(), outcome: 'upheld' },
  'stories.create': { fileId: v7(), caption: 'x' },
  'stories.feed': { limit: 1 },
  'stories.get': { storyId: v7() },
  'stories.markSeen': { storyId: v7() },
  'stories.viewers': { storyId: v7() },
  'stories.delete': { storyId: v7() },
  'stories.reply': { storyId: v7(), text: 'x', clientMessageId: v7() },
  'presence.set': { status: 'online' },
  'presence.get': { userIds: [v7()] },
  'typing.start': { conversationId: v7() },
  'typing.stop': { conversationId: v7() },
};

/** One node, two people and their conversation for all that changes nothing. */
let server: TestServer;
let url: string;
let alice: Person;
let bob: Person;
let conversationId: string;
beforeAll(async () => {
  const started = await testServer({ env: { ALLOWED_ORIGINS: OURS, USER_DIRECTORY: 'on' } });
  server = started;
  url = started.nodes[0].url;
  [alice, bob] = await started.people.all('alice', 'bob');
  conversationId = await alice.talkTo(bob);
  return () => started[Symbol.asyncDispose]();
});
afterEach(() => vi.restoreAllMocks());

const calm = () => expectCalm(server.nodes[0]);
const bearer = (person: Person) => ({ authorization: `Bearer ${person.tokens.accessToken}` });
const socketOf = (person: Person) => rawSocket(url, person.tokens.accessToken);

/** Where the procedures are over HTTP: for tRPC, and as plain JSON. */
const PLACES = ['trpc', 'api'] as const;
type Place = (typeof PLACES)[number];

/** A request to a procedure over HTTP. */
async function request(path: string, init: RequestInit & { query?: string; at?: Place } = {}) {
  const { query = '', at = 'trpc', ...rest } = init;
  const response = await fetch(`${url}/${at}/${path}${query}`, rest);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const post = (path: string, body: string, headers: Record<string, string> = {}, at: Place = 'trpc') =>
  request(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers }, at });

describe('the stock client with superjson works with every procedure, over a socket', () => {
  /** Somebody who uses all of it, as it is meant. A new procedure is to be used here too. */
  async function useEverything(api: Api, phone: Api, bob: Person, carol: Person): Promise<void> {
    const me = await api.users.me.query();
    const username = `dora_${randomUUID().slice(0, 8)}`;
    const password = 'tea and more tea';
    const email = `${username}@example.com`;
    const dora = signedIn(await api.auth.register.mutate({ username, password, email }));
    await api.auth.login.mutate({ login: username, password, device: undefined });
    await api.auth.refresh.mutate({ refreshToken: dora.refreshToken });
    expect(await api.auth.resendVerification.mutate({ email })).toBeNull();
    expect(await api.auth.forgotPassword.mutate({ email })).toBeNull();
    const [noCode, newPassword] = [{ email: 'nobody@example.com', code: '000000' }, 'battery staple'];
    const wrongCode = { data: { code: 'INVALID_CODE' } };
    await expect(api.auth.verifyEmail.mutate(noCode)).rejects.toMatchObject(wrongCode);
    await expect(api.auth.resetPassword.mutate({ ...noCode, newPassword })).rejects.toMatchObject(wrongCode);
    await expect(api.auth.confirmEmail.mutate({ code: '000000' })).rejects.toMatchObject(wrongCode);
    const wrongPassword = { data: { code: 'WRONG_PASSWORD' } };
    const changing = api.auth.changePassword.mutate({ currentPassword: newPassword, newPassword });
    await expect(changing).rejects.toMatchObject(wrongPassword);
    const moving = api.auth.changeEmail.mutate({ password: newPassword, email });
    await expect(moving).rejects.toMatchObject(wrongPassword);
    const leaving = api.auth.deleteAccount.mutate({ password: newPassword, messages: 'keep' });
    await expect(leaving).rejects.toMatchObject(wrongPassword);
    const direct = await api.conversations.openDirect.mutate({ userId: bob.id });
    const group = await api.groups.create.mutate({ title: 'tea', description: undefined, userIds: [bob.id] });
    await api.groups.addMembers.mutate({ conversationId: group.id, userIds: [carol.id, dora.user.id] });
    await api.groups.removeMember.mutate({ conversationId: group.id, userId: carol.id });
    const quiet = { conversationId: group.id, isArchived: undefined, notify: 'none' } as const;
    expect(await api.conversations.configure.mutate(quiet)).toMatchObject({
      isArchived: false,
      notify: 'none',
    });
    const week = { conversationId: group.id, retentionDays: 7 };
    expect(await api.conversations.setRetention.mutate(week)).toMatchObject({ retentionDays: 7 });
    const text = 'hello';
    const sent = await api.messages.send.mutate({ conversationId: direct.id, text, clientMessageId: v7() });
    const page = await api.messages.list.query({ conversationId: direct.id, before: undefined });
    expect(page.messages).toEqual([sent]);
    await api.messages.markRead.mutate({ conversationId: direct.id, seq: 1 });
    const here = { conversationId: direct.id, seq: undefined, messageIds: undefined };
    expect(await api.messages.markDelivered.mutate(here)).toEqual({ deliveredSeq: 1 });
    expect(await api.messages.readers.query({ conversationId: direct.id, seq: 1 })).toMatchObject({
      sent: 1,
    });
    expect(await api.messages.undelivered.query({ after: undefined })).toEqual({ messages: [], next: null });
    const { messages: found } = await api.search.messages.query({ query: 'HELL', from: undefined });
    expect(found).toEqual([sent]);
    expect(await api.sync.unread.query()).toMatchObject({ total: 0 });
    const place = { conversationId: direct.id, seq: 1 };
    expect(await api.messages.edit.mutate({ ...place, text: 'hi' })).toMatchObject({ text: 'hi' });
    expect((await api.messages.history.query(place)).versions).toHaveLength(2);
    expect(await api.messages.removePreview.mutate(place)).toBeNull();
    const forward = { from: place, conversationId: group.id, clientMessageId: v7() };
    expect(await api.messages.forward.mutate(forward)).toMatchObject({ text: 'hi' });
    const thread = await api.threads.open.mutate(place);
    const { threads } = await api.threads.list.query({ before: undefined });
    expect(threads.map(({ id }) => id)).toEqual([thread.id]);
    expect(await api.threads.unfollow.mutate({ conversationId: thread.id })).toBeNull();
    const liked = { emoji: '👍', count: 1, isMine: true };
    expect(await api.reactions.add.mutate({ ...place, emoji: '👍' })).toEqual({ reactions: [liked] });
    const likes = await api.reactions.list.query({ ...place, emoji: undefined });
    expect(likes).toMatchObject({ reactions: [{ emoji: '👍', user: { id: me.id } }], next: null });
    expect(await api.reactions.remove.mutate({ ...place, emoji: '👍' })).toEqual({ reactions: [] });
    expect(await api.messages.pin.mutate(place)).toBeNull();
    const pins = await api.messages.pinned.query({ conversationId: direct.id });
    expect(pins.messages).toMatchObject([{ seq: 1, pinnedAt: expect.any(String) }]);
    expect(await api.messages.unpin.mutate(place)).toBeNull();
    const written = { conversationId: direct.id, text: 'and', replyTo: undefined };
    expect(await api.drafts.set.mutate(written)).toMatchObject({ text: 'and' });
    const later = { ...written, clientMessageId: v7(), sendAt: inAnHour(), metadata: undefined };
    const scheduled = await api.scheduled.create.mutate({ ...later, conversationId: group.id });
    expect(await api.scheduled.list.query()).toEqual({ scheduled: [scheduled] });
    const { id, sendAt } = scheduled;
    expect(await api.scheduled.update.mutate({ id, sendAt, text: 'then' })).toMatchObject({ text: 'then' });
    expect(await api.scheduled.sendNow.mutate({ id })).toMatchObject({ id, text: 'then' });
    const other = await api.scheduled.create.mutate({
      ...later,
      conversationId: group.id,
      clientMessageId: v7(),
    });
    expect(await api.scheduled.cancel.mutate({ id: other.id })).toBeNull();
    expect(await api.messages.delete.mutate({ ...place, scope: 'everyone' })).toBeNull();
    const [{ id: empty }, { conversations }] = [
      await api.groups.create.mutate({ title: 'nobody', userIds: [] }),
      await api.conversations.list.query({}),
    ];
    expect(await api.conversations.clear.mutate({ conversationId: empty })).toBeNull();
    expect((await api.conversations.list.query({})).conversations).toHaveLength(conversations.length - 1);
    const spam = { kind: 'user', userId: carol.id, reason: 'spam', comment: undefined } as const;
    expect(await api.reports.create.mutate(spam)).toEqual(await api.reports.create.mutate(spam));
    const [report] = (await api.reports.list.query({ userId: carol.id, before: undefined })).reports;
    expect(report).toMatchObject({ user: { id: carol.id }, reason: 'spam', comment: null, closed: null });
    const closed = { outcome: 'dismissed' } as const;
    expect(await api.reports.close.mutate({ id: report!.id, ...closed })).toMatchObject({ closed });
    expect(await api.presence.set.mutate({ status: 'online' })).toBeNull();
    expect((await api.presence.get.query({ userIds: [bob.id] })).people).toHaveLength(1);
    expect(await api.typing.start.mutate({ conversationId: direct.id })).toBeNull();
    expect(await api.typing.stop.mutate({ conversationId: direct.id })).toBeNull();
    expect((await api.conversations.list.query({})).conversations).toHaveLength(2);
    expect((await api.conversations.get.query({ conversationId: direct.id })).conversation.lastSeq).toBe(1);
    expect((await api.conversations.members.query({ conversationId: group.id })).members).toHaveLength(3);
    const { id: fileId } = await upload(bob, mp4(), { purpose: 'story' });
    const noSuchFile = { data: { code: 'NOT_FOUND', what: 'file' } };
    await expect(api.stories.create.mutate({ fileId, audience: undefined })).rejects.toMatchObject(
      noSuchFile,
    );
    const shown = await bob.api.stories.create.mutate({ fileId });
    await bob.api.contacts.create.mutate({ userId: me.id });
    await api.contacts.create.mutate({ userId: bob.id });
    const { authors } = await api.stories.feed.query({ after: undefined });
    expect(authors).toMatchObject([{ author: { id: bob.id }, stories: [{ id: shown.id }] }]);
    const storyId = shown.id;
    expect(await api.stories.get.query({ storyId })).toMatchObject({ isSeen: false });
    expect(await api.stories.markSeen.mutate({ storyId })).toBeNull();
    const answer = { storyId, text: 'how lovely', clientMessageId: v7() };
    expect(await api.stories.reply.mutate(answer)).toMatchObject({ story: { id: storyId } });
    expect(await api.stories.mine.query()).toEqual({ stories: [] });
    const noStory = { data: { code: 'NOT_FOUND', what: 'story' } };
    await expect(api.stories.viewers.query({ storyId, after: undefined })).rejects.toMatchObject(noStory);
    await expect(api.stories.delete.mutate({ storyId })).rejects.toMatchObject(noStory);
    await api.contacts.remove.mutate({ userId: bob.id });
    expect((await api.sync.bootstrap.query()).me).toEqual(me);
    expect(await api.users.get.query({ userId: bob.id })).toMatchObject({ id: bob.id });
    expect((await api.users.search.query({ query: bob.credentials.username })).users).toMatchObject([
      { id: bob.id },
    ]);
    expect((await api.users.list.query({})).users).not.toHaveLength(0);
    expect(await api.users.updateProfile.mutate({ bio: 'tea' })).toMatchObject({ bio: 'tea' });
    expect(await api.users.setStatus.mutate({ text: 'at tea', until: undefined })).toMatchObject({
      status: { text: 'at tea', until: null },
    });
    expect(await api.settings.update.mutate({ dmPolicy: 'friends' })).toEqual(await api.settings.get.query());
    await bob.api.friendRequests.send.mutate({ userId: me.id });
    const friend = await api.friendRequests.accept.mutate({ userId: bob.id });
    expect(await api.friends.list.query({ query: undefined })).toEqual({ friends: [friend] });
    expect(await api.friends.remove.mutate({ userId: bob.id })).toEqual({ userId: bob.id });
    await carol.api.friendRequests.send.mutate({ userId: me.id });
    expect(await api.friendRequests.reject.mutate({ userId: carol.id })).toEqual({ userId: carol.id });
    const asked = await api.friendRequests.send.mutate({ userId: carol.id });
    const { requests } = await api.friendRequests.list.query({ direction: undefined });
    expect(asked).toEqual({ status: 'requested', request: requests[0] });
    expect(await api.friendRequests.cancel.mutate({ userId: carol.id })).toEqual({ userId: carol.id });
    const contact = await api.contacts.create.mutate({ userId: carol.id, alias: undefined });
    expect(await api.contacts.list.query({ mutualOnly: undefined })).toEqual({ contacts: [contact] });
    const renamed = await api.contacts.update.mutate({ userId: carol.id, alias: 'Caroline' });
    expect(await api.contacts.get.query({ userId: carol.id })).toEqual(renamed);
    expect(await api.contacts.remove.mutate({ userId: carol.id })).toEqual({ userId: carol.id });
    const blocked = await api.blocks.add.mutate({ userId: carol.id });
    expect(await api.blocks.list.query()).toEqual({ blocks: [blocked] });
    expect(await api.blocks.remove.mutate({ userId: carol.id })).toEqual({ userId: carol.id });
    const { uploadId, url } = await api.uploads.create.mutate({ purpose: 'avatar', name: 'me.png', size: 3 });
    expect(url).toContain(uploadId);
    const incomplete = { data: { code: 'UPLOAD_INCOMPLETE', received: 0, size: 3 } };
    await expect(api.uploads.complete.mutate({ uploadId })).rejects.toMatchObject(incomplete);
    const noFile = { data: { code: 'NOT_FOUND', what: 'file' } };
    await expect(api.files.link.query({ fileId: uploadId })).rejects.toMatchObject(noFile);
    const asking = api.account.requestExport.mutate({ password: undefined });
    await expect(asking).rejects.toMatchObject(wrongPassword);
    expect(await api.account.exports.query()).toEqual([]);
    const noExport = { data: { code: 'NOT_FOUND', what: 'export' } };
    await expect(api.account.exportLink.query({ id: uploadId })).rejects.toMatchObject(noExport);
    expect(await api.sessions.list.query()).toContainEqual(expect.objectContaining({ isCurrent: true }));
    await expect(api.sessions.revoke.mutate({ sessionId: v7() })).rejects.toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    const [userId, reason] = [dora.user.id, 'spam' as const];
    expect((await api.admin.users.query({ username })).users).toMatchObject([{ id: userId, email }]);
    expect((await api.admin.audit.query({ userId, before: undefined })).records).not.toHaveLength(0);
    await api.admin.setRole.mutate({ userId, role: 'MODERATOR' });
    expect(await api.admin.ban.mutate({ userId, until: undefined, reason })).toMatchObject({
      bannedUntil: null,
    });
    expect(await api.admin.unban.mutate({ userId })).toMatchObject({ bannedAt: null });
    expect(await api.admin.endSessions.mutate({ userId })).toBeNull();
    await expect(api.groups.leave.mutate({ conversationId: group.id })).rejects.toMatchObject({
      data: { code: 'OWNER_MUST_TRANSFER' },
    });
    const into = { conversationId: group.id };
    const { invite, token } = await api.invites.create.mutate({ ...into, maxUses: undefined });
    expect(await api.invites.preview.query({ token })).toMatchObject({ title: 'tea', memberCount: 3 });
    expect(await api.invites.accept.mutate({ token })).toMatchObject({ id: group.id });
    expect(await api.invites.list.query(into)).toEqual({ invites: [invite] });
    expect(await api.invites.revoke.mutate({ ...into, inviteId: invite.id })).toBeNull();
    const short = await api.groups.create.mutate({ title: 'short', userIds: [bob.id] });
    expect(await api.groups.delete.mutate({ conversationId: short.id })).toBeNull();
    const retitled = await api.groups.update.mutate({ conversationId: group.id, title: 'coffee' });
    expect(retitled).toMatchObject({ title: 'coffee', description: null });
    const bobs = { conversationId: group.id, userId: bob.id };
    expect(await api.groups.setRole.mutate({ ...bobs, role: 'admin' })).toBeNull();
    expect(await api.groups.transferOwnership.mutate(bobs)).toBeNull();
    const heard = { 'stream.caught-up': Promise.withResolvers(), 'session.ended': Promise.withResolvers() };
    const stream = api.events.stream.subscribe(undefined, {
      onData: ({ data: { type } }) => type in heard && heard[type as keyof typeof heard].resolve(type),
    });
    // A stream that is still reading the log is cut off with its socket.
    await heard['stream.caught-up'].promise;
    await api.auth.logout.mutate();
    await heard['session.ended'].promise;
    stream.unsubscribe();
    await phone.sessions.revokeAll.mutate();
  }

  test('and none is left out', async () => {
    await using server = await testServer({ env: { USER_DIRECTORY: 'on' } });
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    await appoint(server, alice, 'ADMIN');
    const called = new Set<string>();
    const noting: TRPCLink<AppRouter> =
      () =>
      ({ op, next }) => {
        called.add(op.path);
        return next(op);
      };
    const over = ({ client }: ReturnType<Person['socket']>) =>
      createTRPCClient<AppRouter>({ links: [noting, wsLink({ client, transformer: superjson })] });
    const computer = over(alice.socket());
    expect(await computer.sessions.revokeOthers.mutate()).toBeNull();
    const phone = over((await alice.anotherDevice()).socket());
    await useEverything(computer, phone, bob, carol);
    expect([...called].sort()).toEqual(procedures.map(({ path }) => path).sort());
  });
});

describe('a subscription', () => {
  test('tracks everything it yields, over a socket: an untracked item would erase the cursor', async () => {
    using peer = await socketOf(bob);
    peer.send({ id: 1, method: 'subscription', params: { path: 'events.stream' } });
    await peer.when(() => peer.texts.some((text) => text.includes('caught-up')));
    await alice.say(conversationId, 'one');
    await bob.api.messages.markRead.mutate({ conversationId, seq: 1 });
    await alice.startGroup('tea', bob);
    await peer.when(() =>
      ['message.created', 'receipt.read', 'conversation.created'].every((type) =>
        peer.texts.some((text) => text.includes(type)),
      ),
    );
    peer.send({ id: 2, method: 'subscription', params: { path: 'events.stream', lastEventId: 'nonsense' } });
    await peer.when(() => peer.messages.some(({ id, result }) => id === 2 && result?.type === 'stopped'));
    const items = peer.messages.filter(({ result }) => result?.type === 'data');
    for (const { result } of items) {
      expect(result).toMatchObject({
        id: expect.stringMatching(/^[0-9a-z]+\.\d+$/),
        data: { json: { id: result!.id } },
      });
    }
    expect(items.length).toBeGreaterThan(4);
  });

  test('tracks everything it yields, over SSE', async () => {
    const stream = await bob.subscribe({ transport: 'sse' });
    await alice.say(conversationId, 'two');
    await stream.when(() => stream.texts.length === 1);
    const reset = bob.follow({ transport: 'sse', cursor: 'nonsense' });
    await reset.until(({ type }) => type === 'stream.reset');
    for (const { id } of [...stream.received, ...reset.received]) expect(id).toMatch(/^[0-9a-z]+\.\d+$/);
  });

  test('takes lastEventId from a reconnect whatever its input was, over a socket and over SSE', async () => {
    const { cursor } = await bob.api.sync.bootstrap.query();
    const names = ofType('subscription').map(({ path }) => path);
    expect(names).not.toHaveLength(0);
    for (const path of names) {
      using peer = await socketOf(bob);
      const inputs = [
        undefined,
        null,
        { json: null, meta: { values: ['undefined'], v: 1 } },
        { json: {} },
        { json: { lastEventId: cursor } },
      ];
      for (const [id, input] of inputs.entries()) {
        peer.send({ id, method: 'subscription', params: { path, input, lastEventId: cursor } });
        await peer.when(() =>
          peer.messages.some(
            (message) => message.id === id && (message.error || message.result?.type === 'data'),
          ),
        );
        expect(peer.messages.find((message) => message.id === id && message.error)).toBeUndefined();
        const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
        const gone = new AbortController();
        const { body, status } = await fetch(`${url}/trpc/${path}${query}`, {
          headers: { ...bearer(bob), 'last-event-id': cursor },
          signal: gone.signal,
        });
        expect(status).toBe(200);
        let text = '';
        for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          if (/caught-up|serialized-error/.test(text)) break;
        }
        expect(text).toContain('caught-up');
        gone.abort();
      }
    }
  });

  test.each(['ws', 'sse'] as const)(
    'over %s outlives a database that is away for a moment',
    async (transport) => {
      await using server = await testServer();
      const [alice, bob] = await server.people.all('alice', 'bob');
      const conversation = await alice.talkTo(bob);
      const stream = await bob.subscribe({ transport });
      await alice.say(conversation, 'before');
      await stream.when(() => stream.texts.length === 1);
      const name = new URL(server.databaseUrl).pathname.slice(1);
      const admin = inject('postgres').url;
      await runSql(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await runSql(admin, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
      await expect(alice.say(conversation, 'lost')).rejects.toMatchObject({ data: { code: 'UNAVAILABLE' } });
      const { connects } = stream;
      stream.cut();
      // It looks for its connection, and finds a server that cannot tell who it is.
      await stream.when(() => stream.connects > connects + (transport === 'ws' ? 2 : 1));
      expect(stream.end).toBe(null);
      await runSql(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await expect
        .poll(() =>
          alice.say(conversation, 'after').then(
            () => 'said',
            () => 'not yet',
          ),
        )
        .toBe('said');
      await stream.when(() => stream.texts.length >= 2);
      expect(stream.texts).toEqual(['before', 'after']);
      expect(stream.end).toBe(null);
    },
  );

  test.each(['ws', 'sse'] as const)(
    'over %s outlives a log that cannot be read when it begins',
    async (transport) => {
      await using server = await testServer();
      const [alice, bob] = await server.people.all('alice', 'bob');
      const { pool } = server.nodes[0].app.database;
      const query = vi.spyOn(pool, 'query');
      const original = query.getMockImplementation() ?? Object.getPrototypeOf(pool).query;
      let failed = 0;
      query.mockImplementation((...given: unknown[]) => {
        const [statement] = given as [{ name?: string }];
        if (statement.name === 'log_intervals' && failed++ < 2)
          return Promise.reject(new Error('relation "topic_intervals" does not exist')) as never;
        return Reflect.apply(original, pool, given);
      });
      const stream = await bob.subscribe({ transport });
      expect(failed).toBeGreaterThan(1);
      await alice.say(await alice.talkTo(bob), 'hello');
      await stream.when(() => stream.texts.length === 1);
      expect(stream.end).toBe(null);
    },
  );
});

describe('a batch', () => {
  test('with one bad item is refused as a whole, and nothing of it is done', async () => {
    using peer = await socketOf(alice);
    const { lastSeq } = (await alice.api.conversations.get.query({ conversationId })).conversation;
    const send = (id: unknown, text: string) => ({
      id,
      method: 'mutation',
      params: { path: 'messages.send', input: { json: { conversationId, text, clientMessageId: v7() } } },
    });
    for (const bad of [
      send({}, 'bad'),
      send(undefined, 'bad'),
      { id: 2, method: 'mutation' },
      null,
      [send(1, 'nested')],
    ]) {
      const before = peer.messages.length;
      peer.send([send('a', 'good'), bad, send('b', 'good')]);
      await peer.when(() => peer.messages.length > before);
      expect(peer.messages.at(-1)).toMatchObject({
        id: null,
        error: { json: { data: { code: 'INVALID_INPUT' } } },
      });
    }
    peer.send(send('after', 'good'));
    await peer.when(() => peer.messages.some(({ id }) => id === 'after'));
    expect(peer.messages.find(({ id }) => id === 'after')?.result?.data?.json).toMatchObject({
      seq: lastSeq + 1,
    });
  });

  test('with calls that fail fails them alone', async () => {
    using peer = await socketOf(alice);
    const list = (id: number, limit: unknown) => ({
      id,
      method: 'query',
      params: { path: 'conversations.list', input: { json: { limit } } },
    });
    peer.send([list(1, 10), list(2, 'ten'), list(3, 10)]);
    await peer.when(() => peer.messages.length === 3);
    const codes = [1, 2, 3].map(
      (id) => peer.messages.find((message) => message.id === id)?.error?.json.data.code,
    );
    expect(codes).toEqual([undefined, 'INVALID_INPUT', undefined]);
  });
});

describe('S70 a form from another site', () => {
  const form = new FormData();
  form.set('json', '{}');
  const forms: [type: string, init: RequestInit][] = [
    ['multipart/form-data', { body: form }],
    ['application/x-www-form-urlencoded', { body: new URLSearchParams({ json: '{}' }) }],
    ['text/plain', { body: '{"json":{}}', headers: { 'content-type': 'text/plain' } }],
    [
      'text/plain;application/json',
      { body: '{}', headers: { 'content-type': 'text/plain;application/json' } },
    ],
    ['application/json+x', { body: '{}', headers: { 'content-type': 'application/json+x' } }],
    ['application/octet-stream', { body: '{}', headers: { 'content-type': 'application/octet-stream' } }],
    ['no type', { body: new Uint8Array(2) }],
    ['nothing', {}],
  ];

  test.each(forms)('as %s is refused by every mutation, whoever sends it', async (_, init) => {
    const before = await alice.api.sync.bootstrap.query();
    for (const { path } of ofType('mutation')) {
      const headers = { ...init.headers, ...bearer(alice), cookie: `token=${alice.tokens.accessToken}` };
      const foreign = { ...headers, origin: 'https://evil.example' };
      for (const at of PLACES) {
        expect((await request(path, { ...init, headers, method: 'POST', at })).status).toBe(415);
        expect((await request(path, { ...init, headers: foreign, method: 'POST', at })).status).toBe(403);
      }
    }
    // Nobody was logged out, nothing was said.
    expect(await alice.api.sync.bootstrap.query()).toEqual(before);
  });

  test('or a link: a mutation is not done by GET, nor by any other method', async () => {
    for (const { path } of ofType('mutation')) {
      expect((await request(path, { headers: bearer(alice) })).status).toBe(415);
      expect((await request(path, { headers: bearer(alice), query: '?batch=1&input={}' })).status).toBe(415);
      for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD'])
        for (const at of PLACES)
          expect((await request(path, { method, headers: bearer(alice), at })).status).toBe(405);
      expect((await request(path, { headers: bearer(alice), at: 'api' })).status).toBe(405);
    }
    for (const { path } of ofType('query')) expect((await post(path, '{}', bearer(alice))).status).toBe(415);
  });
});

describe('S71 what a browser lets other sites read', () => {
  const preflight = (origin: string) =>
    request('auth.login', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test.each([
    'https://evil.example',
    'null',
    'https://chat.example.org.evil.example',
    'http://chat.example.org',
  ])('nothing, for %s', async (origin) => {
    for (const { status, headers } of [
      await preflight(origin),
      await request('users.me', { headers: { origin, ...bearer(alice) } }),
      await post('auth.login', '{}', { origin }),
      await post('users.me', '{}', { origin, ...bearer(alice) }, 'api'),
    ]) {
      expect(status).toBe(403);
      expect(headers.get('access-control-allow-origin')).toBe(null);
      expect(headers.get('access-control-allow-credentials')).toBe(null);
    }
  });

  test('answers, for an origin of the configuration: that one, never *', async () => {
    const allowed = await preflight(OURS);
    expect(allowed.status).toBe(204);
    expect(Number(allowed.headers.get('access-control-max-age'))).toBeLessThanOrEqual(600);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    for (const { headers } of [
      allowed,
      await request('users.me', { headers: { origin: OURS, ...bearer(alice) } }),
      await post('users.me', '{}', { origin: OURS, ...bearer(alice) }, 'api'),
    ]) {
      expect(headers.get('access-control-allow-origin')).toBe(OURS);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('vary')?.toLowerCase()).toContain('origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('S85 an error tells nothing of the inside', () => {
  /** What an exception may hold, and no client may see. */
  const SECRETS = [
    'relation "users"',
    'password_hash',
    '/srv/parley',
    'at Object.',
    'node_modules',
    'postgres://',
  ];
  const faults: [what: string, code: string, error: () => Error][] = [
    ['a bug', 'INTERNAL', () => Object.assign(new TypeError(SECRETS.join()), { path: '/srv/parley' })],
    ['a missing table', 'INTERNAL', () => databaseError('42P01')],
    ['a unique violation', 'INTERNAL', () => databaseError('23505')],
    ['a statement that took too long', 'UNAVAILABLE', () => databaseError('57014')],
    [
      'a database that is away',
      'UNAVAILABLE',
      () => Object.assign(new Error(SECRETS.join()), { code: 'ECONNREFUSED' }),
    ],
  ];
  const databaseError = (code: string) =>
    Object.assign(new pg.DatabaseError(SECRETS.join(), 1, 'error'), {
      code,
      table: 'users',
      constraint: 'users_email_key',
      detail: SECRETS.join(),
    });

  test.each(faults)('%s, in every procedure, over a socket and over HTTP', async (_, code, error) => {
    using peer = await socketOf(alice);
    await peer.call('users.me', undefined, 'query');
    breakDatabase(error);
    for (const { path, type } of procedures.filter(({ type }) => type !== 'subscription')) {
      const input = INPUTS[path];
      const overSocket = await peer.call(path, input, type);
      const json = JSON.stringify({ json: input });
      const overHttp =
        type === 'mutation'
          ? await post(path, json, bearer(alice))
          : await request(path, { headers: bearer(alice), query: `?input=${encodeURIComponent(json)}` });
      const streamed = await (type === 'mutation'
        ? post(`${path},${path}?batch=1`, `{"0":${json},"1":${json}}`, {
            ...bearer(alice),
            'trpc-accept': 'application/jsonl',
          })
        : request(path, {
            headers: { ...bearer(alice), 'trpc-accept': 'application/jsonl' },
            query: `?batch=1&input=${encodeURIComponent(`{"0":${json}}`)}`,
          }));
      const plain = await post(path, JSON.stringify(input ?? {}), bearer(alice), 'api');
      const told = [
        overSocket.error?.data,
        JSON.parse(overHttp.text).error.json.data,
        JSON.parse(plain.text),
      ];
      for (const data of told) {
        expect({ path, ...data }).toEqual({
          path,
          code,
          httpStatus: ERROR_STATUS[code as keyof typeof ERROR_STATUS],
          ...(code === 'INTERNAL' && { errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
        });
      }
      expect(overSocket.error?.message).toBe(code);
      expect(streamed.text).toContain(`"code":"${code}"`);
      for (const secret of SECRETS)
        for (const text of [...peer.texts, overHttp.text, streamed.text, plain.text])
          expect(text).not.toContain(secret);
      peer.texts.length = 0;
    }
    vi.restoreAllMocks();
    await calm();
  });

  test.each(faults)('%s, where the caller is looked up', async (_, code, error) => {
    breakDatabase(error, 'authenticate');
    const overHttp = await request('users.me', { headers: bearer(alice) });
    const plain = await post('users.me', '{}', bearer(alice), 'api');
    using peer = await socketOf(alice);
    expect(JSON.parse(overHttp.text).error.json.data.code).toBe(code);
    expect(JSON.parse(plain.text).code).toBe(code);
    // A socket is closed, since an error would end the subscriptions that wait for this.
    expect(await peer.closed()).toBe(1012);
    for (const secret of SECRETS)
      for (const text of [...peer.texts, overHttp.text, plain.text]) expect(text).not.toContain(secret);
    // An EventSource that got an answer would never come back: it gets none.
    await expect(
      request('events.stream', { headers: { ...bearer(alice), accept: 'text/event-stream' } }),
    ).rejects.toThrow('fetch failed');
  });

  test('an output that does not fit its schema is a fault of ours, and told as that', async () => {
    const query = vi.spyOn(server.nodes[0].app.database.pool, 'query');
    const original = Object.getPrototypeOf(server.nodes[0].app.database.pool).query;
    query.mockImplementation(async (...given: unknown[]) => {
      const result: pg.QueryResult = await Reflect.apply(original, server.nodes[0].app.database.pool, given);
      const [{ name, text }] = given as [{ name?: string; text?: string }];
      if (name !== 'authenticate' && text?.includes('users'))
        for (const row of result.rows) for (const key of Object.keys(row)) row[key] = { secret: SECRETS[0] };
      return result;
    });
    const { data } = await alice.api.users.me.query().catch((error) => error);
    expect(data).toEqual({ code: 'INTERNAL', httpStatus: 500, errorId: expect.any(String) });
  });

  test('what cannot be read at all: one constant refusal', async () => {
    const bodies = [
      '{',
      '[',
      'nul',
      '"\\ud800',
      `{"json":${'['.repeat(1_000)}`,
      '\0',
      '{"json":{"login":1e}}',
    ];
    for (const body of bodies) {
      const { status, text } = await post('auth.login', body);
      expect(status).toBe(400);
      const { data, message } = JSON.parse(text).error.json;
      expect(message).toBe('INVALID_INPUT');
      expect(data).toEqual({
        code: 'INVALID_INPUT',
        httpStatus: 400,
        issues: [{ path: '', message: 'The request cannot be read' }],
      });
    }
    const large = await post('auth.login', `{"json":{"login":"${'x'.repeat(1024 * 1024)}"}}`);
    expect(JSON.parse(large.text).error.json.data.issues).toEqual([
      { path: '', message: 'The request is too large' },
    ]);
    expect((await request('users.me', { query: '?input={', headers: bearer(alice) })).status).toBe(200);
    expect((await request('messages.list', { query: '?input={', headers: bearer(alice) })).status).toBe(400);
    for (const path of ['no.such', '%E0%A4%A', '__proto__', 'constructor', 'users.me.toString', 'users', ','])
      expect([400, 404]).toContain((await request(path)).status);
    await calm();
  });
});

/** After these there is nobody left to ask more. */
const ENDS_THE_SESSION = ['auth.logout', 'sessions.revokeAll'];

describe('S61 input that is built to be expensive is answered at once', () => {
  /** Far above what it takes on an idle machine, far below what anybody would notice. */
  const AT_ONCE = 500;

  /**
   * Sends an input as it is, and resolves with the answer's code and how long it took, or would have taken if the
   * machine had nothing else to do: what is expensive is that each time, and to one who is alone.
   */
  async function timed(peer: RawPeer, path: string, input: string) {
    const first = await timedOnce(peer, path, input);
    let { took } = first;
    for (let again = 0; again < 3 && took > AT_ONCE; again++) {
      const slow = slowness();
      took = Math.min(took, (await timedOnce(peer, path, input)).took / slow);
    }
    return { ...first, took };
  }

  async function timedOnce(peer: RawPeer, path: string, input: string) {
    const { type } = procedures.find((procedure) => procedure.path === path)!;
    const frame = clientFrame(`{"id":1,"method":"${type}","params":{"path":"${path}","input":${input}}}`);
    peer.texts.length = 0;
    const start = performance.now();
    peer.write(frame);
    await peer.when(() => peer.texts.length > 0 || peer.isGone);
    const took = performance.now() - start;
    return { path, took, code: peer.messages[0]?.error?.json.data.code };
  }

  /** How many times as long as alone it takes just now to have 50 ms of a processor. */
  function slowness(): number {
    const start = performance.now();
    const before = process.threadCpuUsage();
    let used = 0;
    while (used < 50) {
      const { user, system } = process.threadCpuUsage(before);
      used = (user + system) / 1_000;
    }
    return Math.max(1, (performance.now() - start) / used);
  }

  test('in every field of every procedure', { timeout: 180_000 }, async () => {
    const carol = await server.people.join('carol');
    using peer = await socketOf(carol);
    const slow = [];
    for (const [index, { path, type }] of procedures.entries()) {
      if (type === 'subscription' || ENDS_THE_SESSION.includes(path)) continue;
      const valid = JSON.stringify(INPUTS[path] ?? {}).slice(0, -1);
      const fields = fieldsOf(path);
      for (const [n, [what, json]] of Object.entries(HEAVY).entries()) {
        // The last of two equal keys is the one that counts.
        const inputs = [json, ...fields.map((field) => `${valid},"${field}":${json}}`)];
        // Small ones go everywhere. Each of those of up to a megabyte goes to every fourth procedure, to a field in turn.
        const isSmall = json.length < 1_000;
        const turn = (n + index) / 4;
        if (!isSmall && !Number.isInteger(turn)) continue;
        for (const input of isSmall ? inputs : [inputs[turn % inputs.length]!]) {
          if (input.length > 1_020_000) continue;
          const answer = await timed(peer, path, `{"json":${input}}`);
          expect({ what, ...answer }).not.toMatchObject({ code: 'INTERNAL' });
          if (answer.took > AT_ONCE) slow.push({ what, ...answer });
          expect(slow).toEqual([]);
        }
      }
    }
    expect(peer.isGone).toBe(false);
    await calm();
  });

  test.each(Object.entries(META))('in what superjson is told: %s', async (_, input) => {
    using peer = await socketOf(alice);
    await peer.call('users.me', undefined, 'query');
    const { arrayBuffers } = process.memoryUsage();
    for (const path of ['groups.addMembers', 'conversations.list']) {
      const { took, code } = await timed(peer, path, input);
      expect(took).toBeLessThan(AT_ONCE);
      expect(code).not.toBe('INTERNAL');
      for (const at of PLACES) expect((await post(path, input, bearer(alice), at)).status).not.toBe(500);
    }
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(100_000_000);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await calm();
  });

  test('and what a client means by undefined is still understood', async () => {
    await alice.api.messages.list.query({ conversationId, before: undefined, after: undefined });
    const nulls = { json: { limit: null }, meta: { values: { limit: ['undefined'] }, v: 1 } };
    using peer = await socketOf(alice);
    expect((await timed(peer, 'conversations.list', JSON.stringify(nulls))).code).toBeUndefined();
    expect((await timed(peer, 'conversations.list', '{"json":{"limit":null}}')).code).toBe('INVALID_INPUT');
  });
});

describe('S62 nobody gets at a prototype', () => {
  test('whatever the names in an input, a batch, a query or an envelope', async () => {
    const before = [Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames);
    const random = seeded(62);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'polluted',
      'json',
      'meta',
      'values',
      '0',
      'a.__proto__',
      'toString',
    ];
    const kinds = [
      'undefined',
      'set',
      'map',
      'Error',
      'Date',
      ['class', 'Object'],
      ['custom', '__proto__'],
      ['symbol', 'x'],
    ];
    const tree = (depth: number): string =>
      depth === 0 || random() < 0.2
        ? pick(['1', '"x"', 'null', '[]', '{"polluted":1}'])
        : `{${Array.from({ length: 1 + Math.floor(random() * 3) }, () => `"${pick(names)}":${tree(depth - 1)}`).join()}}`;
    const path = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(names)).join('.');
    const meta = () =>
      `{"values":{"${path()}":[${JSON.stringify(pick(kinds))}]},"referentialEqualities":{"${path()}":["${path()}"]},"v":1}`;
    using peer = await socketOf(alice);
    const messages = Array.from({ length: 10_000 }, (_, id) => {
      const input = random() < 0.5 ? `{"json":${tree(4)},"meta":${meta()}}` : tree(4);
      const extra = random() < 0.3 ? `,"${pick(names)}":${tree(3)}` : '';
      const params = `{"path":"${pick(['conversations.list', 'groups.addMembers', '__proto__', 'constructor', 'a.__proto__.b'])}","input":${input}${extra}}`;
      return `{"id":${id},"method":"${pick(['query', 'mutation'])}","params":${params}${random() < 0.3 ? `,"${pick(names)}":${tree(3)}` : ''}}`;
    });
    for (let sent = 0; sent < messages.length; sent += 100) {
      for (const message of messages.slice(sent, sent + 100)) peer.write(clientFrame(message));
      await peer.when(() => peer.texts.length === sent + 100 || peer.isGone);
    }
    expect(peer.isGone).toBe(false);
    for (const message of messages.slice(0, 200)) {
      const { params } = JSON.parse(message);
      const input = message.slice(message.indexOf('"input":') + 8, -2);
      await post('groups.addMembers', input, bearer(alice));
      await post(
        'groups.addMembers,auth.login?batch=1',
        `{"__proto__":${input},"0":${input},"constructor":1}`,
      );
      await request('conversations.list', {
        headers: bearer(alice),
        query: `?input=${encodeURIComponent(JSON.stringify(params.input))}&__proto__[polluted]=1`,
      });
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect([Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames)).toEqual(
      before,
    );
    await calm();
  });
});

describe('S73 messages that are nearly right', () => {
  test('2,000 of them harm nobody', async () => {
    await using server = await testServer();
    expect(await fuzz(server, { seed: Date.now(), messages: 2_000 })).toBeGreaterThan(500);
  });
});

/** Makes the database fail from now on; not where the caller is looked up, unless that is wanted too. */
function breakDatabase(error: () => Error, also: 'authenticate' | null = null) {
  const { query, connect } = pg.Pool.prototype;
  const fail = () => Promise.reject(error()) as never;
  vi.spyOn(pg.Pool.prototype, 'query').mockImplementation(function (this: pg.Pool, ...given: unknown[]) {
    const { name } = given[0] as { name?: string };
    return name !== 'authenticate' || also === name ? fail() : Reflect.apply(query, this, given);
  });
  vi.spyOn(pg.Pool.prototype, 'connect').mockImplementation(function (this: pg.Pool, ...given: unknown[]) {
    // With a callback it is a query's own, which was let through.
    return given.length === 0 ? fail() : Reflect.apply(connect, this, given);
  });
}
