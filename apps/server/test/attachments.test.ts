import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { sweepFiles } from '../src/files/sweep.ts';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import { pdf, photo } from './samples.ts';
import { serverForAll } from './server.ts';
import { bytesOf, download, onNode, upload } from './uploads.ts';

const server = serverForAll({ nodes: 2 });
const refused = (code: string) => expect.objectContaining({ data: expect.objectContaining({ code }) });
const noFile = expect.objectContaining({
  data: expect.objectContaining({ code: 'NOT_FOUND', what: 'file' }),
});

type Content = Partial<Parameters<Person['api']['messages']['send']['mutate']>[0]>;
const send = (person: Person, conversationId: string, attachments: string[], more: Content = {}) =>
  person.api.messages.send.mutate({ conversationId, clientMessageId: v7(), attachments, ...more });
const linkOf = (person: Person, fileId: string) => person.api.files.link.query({ fileId });
const isThere = async (fileId: string) => {
  const { prisma } = server.nodes[0].app.database;
  return (await prisma.file.count({ where: { id: fileId } })) === 1;
};

describe('a message with files', () => {
  test('has them for everybody who sees it, in its answer, its event and on a page, with a text or without', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('tea', bob);
    const stream = await bob.subscribe({ node: 1 });
    const bytes = await photo();
    const [image, document] = [await upload(alice, bytes), await upload(alice, pdf(), { name: 'tea.pdf' })];
    const sent = await send(alice, conversationId, [image.id, document.id]);
    expect(sent).toMatchObject({ text: '', attachments: [image, document] });
    const { data } = await stream.until(({ type }) => type === 'message.created');
    expect(data).toMatchObject({ message: sent });
    expect((await bob.on(1).messages.list.query({ conversationId })).messages).toEqual([sent]);
    for (const file of [image, document]) {
      const response = await download(bob, file.id);
      expect(response.status).toBe(200);
      expect((await bytesOf(response)).length).toBe(file.size);
    }
    const captioned = await send(alice, conversationId, [(await upload(alice, pdf())).id], { text: 'tea' });
    expect(captioned).toMatchObject({ text: 'tea', attachments: [{ type: 'application/pdf' }] });
    const edited = await alice.api.messages.edit.mutate({ conversationId, seq: 2, text: 'coffee' });
    expect(edited).toMatchObject({ text: 'coffee', attachments: captioned.attachments });
    const empty = alice.api.messages.send.mutate({ conversationId, clientMessageId: v7(), attachments: [] });
    await expect(empty).rejects.toEqual(refused('INVALID_INPUT'));
  });

  test('takes its sender’s own, complete ones, each once, and ten at most', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { id } = await upload(alice, pdf());
    const { uploadId } = await alice.api.uploads.create.mutate({ purpose: 'message', name: 'x', size: 9 });
    const avatar = await upload(alice, await photo(), { purpose: 'avatar' });
    const bobs = await upload(bob, pdf());
    for (const other of [v7(), uploadId, avatar.id, bobs.id]) {
      await expect(send(alice, conversationId, [other])).rejects.toEqual(noFile);
      await expect(send(alice, conversationId, [id, other])).rejects.toEqual(noFile);
    }
    const eleven = Array.from({ length: 11 }, () => v7());
    for (const bad of [[id, id], eleven, ['x']])
      await expect(send(alice, conversationId, bad)).rejects.toEqual(refused('INVALID_INPUT'));
    await send(alice, conversationId, [id]);
    await expect(send(alice, conversationId, [id])).rejects.toEqual(noFile);
  });

  test('sent again under its key is the same message, also once it is deleted', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const [one, other] = [await upload(alice, pdf()), await upload(alice, pdf())];
    const clientMessageId = v7();
    const sent = await Promise.all(
      [0, 1, 0, 1].map((node) =>
        alice.on(node).messages.send.mutate({ conversationId, clientMessageId, attachments: [one.id] }),
      ),
    );
    for (const message of sent) expect(message).toEqual(sent[0]);
    await expect(send(alice, conversationId, [other.id], { clientMessageId })).rejects.toEqual(
      refused('IDEMPOTENCY_CONFLICT'),
    );
    await alice.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' });
    await expect.poll(() => isThere(one.id)).toBe(false);
    expect(await send(alice, conversationId, [one.id], { clientMessageId })).toMatchObject({
      id: sent[0]!.id,
      deletedAt: expect.any(String),
    });
  });

  test('of fifty who want the same file at once one gets it', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const places = [await alice.talkTo(bob), await alice.talkTo(carol)];
    const { id } = await upload(alice, pdf());
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        alice
          .on(n % 2)
          .messages.send.mutate({ conversationId: places[n % 2]!, clientMessageId: v7(), attachments: [id] }),
      ),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of all) if (each.status === 'rejected') expect(each.reason).toEqual(noFile);
  });

  test('what comes while the sends of a failed batch are tried one by one is sent, too', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { sends } = server.nodes[0].app;
    const push = (extras: Parameters<typeof sends.push>[0]['extras']) =>
      sends.push({ senderId: alice.id, conversationId, clientMessageId: v7(), text: 'tea', extras });
    const file = { id: v7(), name: 'x', size: 1, type: 'application/pdf', kind: 'document' as const };
    const bad = Array.from({ length: 20 }, () => push({ attachments: [file] }).catch(() => 'refused'));
    expect(await Promise.race(bad)).toBe('refused');
    expect((await push(null)).toJSON()).toMatchObject({ text: 'tea', seq: 1 });
    expect(new Set(await Promise.all(bad))).toEqual(new Set(['refused']));
  });

  test('that is refused leaves the file free for another', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const [foreign, own] = [await bob.talkTo(carol), await alice.talkTo(bob)];
    const { id } = await upload(alice, pdf());
    await expect(send(alice, foreign, [id])).rejects.toEqual(refused('NOT_FOUND'));
    expect(await send(alice, own, [id])).toMatchObject({ attachments: [{ id }] });
  });
});

describe('S37, S40, S80: a file is for those who see a message with it', () => {
  test('and for nobody else, whoever asks', async () => {
    const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
    const group = await alice.startGroup('tea', bob);
    const { id } = await upload(alice, pdf());
    await send(alice, group, [id]);
    expect((await linkOf(bob, id)).url).toContain(id);
    await expect(linkOf(mallory, id)).rejects.toEqual(noFile);
    // Who comes later, and sees only what is said from then on.
    await alice.api.groups.addMembers.mutate({ conversationId: group, userIds: [mallory.id] });
    await expect(linkOf(mallory, id)).rejects.toEqual(noFile);
  });

  /** A file in a group's message, a member with a link to it, and the group. */
  async function shared() {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const group = await alice.startGroup('tea', bob);
    const { id } = await upload(alice, pdf());
    await send(alice, group, [id]);
    const [hers, his] = [(await linkOf(alice, id)).url, (await linkOf(bob, id)).url];
    const follow = (person: Person, url: string) =>
      fetch(onNode(person, url, 1)).then(({ status }) => status);
    expect([await follow(alice, hers), await follow(bob, his)]).toEqual([200, 200]);
    return { alice, bob, group, id, hers: () => follow(alice, hers), his: () => follow(bob, his) };
  }

  test('a link dies when its person leaves', async () => {
    const { bob, group, id, hers, his } = await shared();
    await bob.api.groups.leave.mutate({ conversationId: group });
    expect([await hers(), await his()]).toEqual([200, 403]);
    await expect(linkOf(bob, id)).rejects.toEqual(noFile);
  });

  test('when they are put out', async () => {
    const { alice, bob, group, his } = await shared();
    await alice.api.groups.removeMember.mutate({ conversationId: group, userId: bob.id });
    expect(await his()).toBe(403);
  });

  test('when they delete the message for themselves', async () => {
    const { bob, group, hers, his } = await shared();
    await bob.api.messages.delete.mutate({ conversationId: group, seq: 1, scope: 'me' });
    expect([await hers(), await his()]).toEqual([200, 403]);
  });

  test('when it is deleted for everyone, for its sender too; and the file goes', async () => {
    const { alice, group, id, hers, his } = await shared();
    await alice.api.messages.delete.mutate({ conversationId: group, seq: 1, scope: 'everyone' });
    expect([await hers(), await his()]).toEqual([403, 403]);
    await expect.poll(() => isThere(id)).toBe(false);
  });

  test('when the group is deleted; and the file goes', async () => {
    const { alice, group, id, hers, his } = await shared();
    await alice.api.groups.delete.mutate({ conversationId: group });
    expect([await hers(), await his()]).toEqual([403, 403]);
    await expect
      .poll(() => runSql(server.databaseUrl, `SELECT FROM attachments WHERE file_id = '${id}'`))
      .toEqual([]);
    await sweepFiles(server.nodes[0].app);
    expect(await isThere(id)).toBe(false);
  });

  test.each(['keep', 'erase'] as const)('when an account goes, and its messages: %s', async (messages) => {
    const { alice, id, his } = await shared();
    const { password } = alice.credentials;
    await alice.api.auth.deleteAccount.mutate({ password, messages });
    if (messages === 'erase') await expect.poll(() => isThere(id)).toBe(false);
    expect(await his()).toBe(messages === 'keep' ? 200 : 403);
  });

  test('what was withheld from somebody is not theirs', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    await alice.api.blocks.add.mutate({ userId: bob.id });
    const { id } = await upload(bob, pdf());
    await send(bob, conversationId, [id]);
    expect((await linkOf(bob, id)).url).toContain(id);
    await expect(linkOf(alice, id)).rejects.toEqual(noFile);
  });

  test('a message that is forwarded takes its files along, and they stay as long as one has them', async () => {
    const { alice, bob, group, id } = await shared();
    const carol = await server.people.join('carol');
    const conversationId = await bob.talkTo(carol);
    const from = { conversationId: group, seq: 1 };
    const forward = { from, conversationId, clientMessageId: v7() };
    const forwarded = await bob.api.messages.forward.mutate(forward);
    expect(forwarded).toMatchObject({ attachments: [{ id }], forwarded: { senderId: alice.id } });
    expect(await bob.api.messages.forward.mutate(forward)).toEqual(forwarded);
    await alice.api.messages.delete.mutate({ ...from, scope: 'everyone' });
    await sweepFiles(server.nodes[0].app);
    expect((await download(carol, id)).status).toBe(200);
    await expect(linkOf(alice, id)).rejects.toEqual(noFile);
    await bob.api.messages.delete.mutate({ conversationId, seq: 1, scope: 'everyone' });
    await expect.poll(() => isThere(id)).toBe(false);
  });

  test('a sweep at this moment takes nothing that is just being sent', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    for (let round = 0; round < 10; round++) {
      const { id } = await upload(alice, pdf());
      await runSql(server.databaseUrl, `UPDATE files SET sweep_at = to_timestamp(0) WHERE id = '${id}'`);
      const [sent] = await Promise.allSettled([
        send(alice, conversationId, [id]),
        sweepFiles(server.nodes[round % 2]!.app),
      ]);
      if (sent.status === 'fulfilled') expect((await download(bob, id)).status).toBe(200);
      else expect(sent.reason).toEqual(noFile);
    }
  });
});
