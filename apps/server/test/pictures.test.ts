import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import type { Person } from './people.ts';
import { photo } from './samples.ts';
import { serverForAll } from './server.ts';
import { download, onNode, upload } from './uploads.ts';

const server = serverForAll({ nodes: 2 });
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });
const noFile = expect.objectContaining({
  data: expect.objectContaining({ code: 'NOT_FOUND', what: 'file' }),
});
const isGone = (fileId: string) =>
  expect.poll(() => server.nodes[0].app.database.prisma.file.count({ where: { id: fileId } })).toBe(0);

const picture = async (person: Person, purpose: 'avatar' | 'group_icon') =>
  (await upload(person, await photo(), { purpose })).id;

test('an avatar is seen by everybody who is signed in, and told to everybody who sees its person', async () => {
  const [alice, bob, stranger] = await server.people.all('alice', 'bob', 'stranger');
  const conversationId = await alice.talkTo(bob);
  const bobs = await bob.subscribe({ node: 1 });
  const { updateProfile } = alice.api.users;
  const avatar = await picture(alice, 'avatar');
  expect(await updateProfile.mutate({ avatar })).toMatchObject({ avatar });
  expect((await bobs.until(({ type }) => type === 'user.updated')).data).toMatchObject({ user: { avatar } });
  const { conversation } = await bob.api.conversations.get.query({ conversationId });
  expect(conversation.peer).toMatchObject({ user: { avatar } });
  expect(await stranger.api.users.get.query({ userId: alice.id })).toMatchObject({ avatar });
  expect((await download(stranger, avatar)).status).toBe(200);
  const { url } = await stranger.api.files.link.query({ fileId: avatar });

  const another = await picture(alice, 'avatar');
  await updateProfile.mutate({ avatar: another, bio: 'Down the hole' });
  expect((await fetch(onNode(stranger, url))).status).toBe(403);
  await isGone(avatar);
  expect(await updateProfile.mutate({ avatar: null })).toMatchObject({ avatar: null, bio: 'Down the hole' });
  await expect(stranger.api.files.link.query({ fileId: another })).rejects.toEqual(noFile);
  await isGone(another);
});

test('S82: nobody is told what a picture or a story was called where it came from', async () => {
  const [alice, stranger] = await server.people.all('alice', 'stranger');
  const file = await upload(alice, await photo(), { purpose: 'avatar', name: 'divorce-lawyer-visit.jpg' });
  expect(file.name).toBe('avatar.jpg');
  await alice.api.users.updateProfile.mutate({ avatar: file.id });
  const response = await download(stranger, file.id);
  expect(response.headers.get('content-disposition')).toContain('filename="avatar.jpg"');
  const names = ['group_icon', 'story', 'message'] as const;
  const given = names.map(
    async (purpose) => (await upload(alice, await photo(), { purpose, name: 'cat.jpg' })).name,
  );
  expect(await Promise.all(given)).toEqual(['group_icon.jpg', 'story.jpg', 'cat.jpg']);
});

test('only one’s own file for an avatar becomes one, once', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const { updateProfile } = alice.api.users;
  const [mine, his] = [await picture(alice, 'avatar'), await picture(bob, 'avatar')];
  const { uploadId } = await alice.api.uploads.create.mutate({ purpose: 'avatar', name: 'x', size: 9 });
  const { id: message } = await upload(alice, await photo());
  for (const avatar of [v7(), his, uploadId, message, await picture(alice, 'group_icon')])
    await expect(updateProfile.mutate({ avatar, bio: 'tea' })).rejects.toEqual(noFile);
  expect(await alice.api.users.me.query()).toMatchObject({ avatar: null, bio: null });
  await updateProfile.mutate({ avatar: mine });
  expect(await updateProfile.mutate({ avatar: mine })).toMatchObject({ avatar: mine });
  const into = { conversationId: await alice.talkTo(bob), clientMessageId: v7() };
  await expect(alice.api.messages.send.mutate({ ...into, attachments: [mine] })).rejects.toEqual(noFile);
});

test('an avatar goes with its account, and a group keeps its icon', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const group = await alice.startGroup('tea', bob);
  const [avatar, icon] = [await picture(alice, 'avatar'), await picture(alice, 'group_icon')];
  await alice.api.users.updateProfile.mutate({ avatar });
  await alice.api.groups.update.mutate({ conversationId: group, icon });
  const { password } = alice.credentials;
  await alice.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
  await isGone(avatar);
  expect(await bob.api.users.get.query({ userId: alice.id })).toMatchObject({ avatar: null });
  expect((await download(bob, icon)).status).toBe(200);
});

test('a group’s icon is its admins’ to change, is told to everybody in it, and goes with the group', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  const conversationId = await alice.startGroup('tea', bob);
  const bobs = await bob.subscribe({ node: 1 });
  const { update } = alice.api.groups;
  const icon = await picture(alice, 'group_icon');
  expect(await update.mutate({ conversationId, icon })).toMatchObject({ icon, title: 'tea' });
  const told = await bobs.until(({ type }) => type === 'conversation.updated');
  expect(told.data).toMatchObject({ conversation: { icon } });
  expect(await update.mutate({ conversationId, title: 'coffee' })).toMatchObject({ icon, title: 'coffee' });
  const bobsIcon = await picture(bob, 'group_icon');
  await expect(bob.api.groups.update.mutate({ conversationId, icon: bobsIcon })).rejects.toEqual(
    refused('FORBIDDEN'),
  );
  for (const other of [v7(), bobsIcon, await picture(alice, 'avatar')])
    await expect(update.mutate({ conversationId, icon: other })).rejects.toEqual(noFile);
  const another = await picture(alice, 'group_icon');
  await update.mutate({ conversationId, icon: another });
  await isGone(icon);
  expect((await download(bob, another)).status).toBe(200);
  await alice.api.groups.delete.mutate({ conversationId });
  await expect(bob.api.files.link.query({ fileId: another })).rejects.toEqual(noFile);
  await isGone(another);
});
