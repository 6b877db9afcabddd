import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { cleanUp } from '../src/auth/clean-up.ts';
import { readHead } from '../src/events/read-log.ts';
import { appoint } from './appoint.ts';
import { capturedLog } from './captured-log.ts';
import { runSql } from './database.ts';
import { befriend } from './friendships.ts';
import type { Api, Person } from './people.ts';
import { mp4 } from './samples.ts';
import { ManualClock, serverForAll, type TestServer, testServer } from './server.ts';
import { upload } from './uploads.ts';

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });

type Report = Parameters<Api['reports']['create']['mutate']>[0];
const reportOf = async (person: Person, report: Report, node = 0): Promise<string> =>
  (await person.on(node).reports.create.mutate(report)).id;

/** What the moderators have of these people, in the order in which it came. */
const reportsBy = ({ databaseUrl }: TestServer, ...reporters: Person[]) =>
  runSql<Record<string, unknown>>(
    databaseUrl,
    `SELECT id, reporter_id AS "reporterId", user_id AS "userId", message_id AS "messageId", conversation_id AS "conversationId",
            text, reason, comment FROM reports
     WHERE reporter_id IN (${reporters.map(({ id }) => `'${id}'`)}) ORDER BY id`,
  );

const spam = { reason: 'spam' } as const;

const server = serverForAll({ nodes: 2 });

test('a person and a message are reported once by each, with what the message said then', async () => {
  const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
  const conversationId = await mallory.startGroup('tea', alice, bob);
  const { id: messageId, seq } = await mallory.say(conversationId, 'buy my tea');
  const person = { kind: 'user', userId: mallory.id } as const;
  const message = { kind: 'message', conversationId, seq } as const;
  const ids = [
    await reportOf(alice, { ...person, ...spam, comment: '  he sells things  ' }),
    await reportOf(alice, { ...message, ...spam }),
    await reportOf(bob, { ...message, reason: 'other', comment: 'tea!' }),
  ];
  const none = { messageId: null, conversationId: null, text: null };
  const it = { messageId, conversationId, text: 'buy my tea' };
  const reports = [
    { reporterId: alice.id, ...none, reason: 'spam', comment: 'he sells things' },
    { reporterId: alice.id, ...it, reason: 'spam', comment: null },
    { reporterId: bob.id, ...it, reason: 'other', comment: 'tea!' },
  ].map((report, at) => ({ id: ids[at], userId: mallory.id, ...report }));
  expect(await reportsBy(server, alice, bob)).toEqual(reports);

  // His account goes, and all that he wrote: the reports stay as they are, and he can be reported still.
  const { password } = mallory.credentials;
  await mallory.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
  expect(await reportOf(alice, { ...person, reason: 'violence', comment: 'again' })).toBe(ids[0]);
  expect(await reportOf(alice, { ...message, reason: 'illegal' })).toBe(ids[1]);
  expect(await reportsBy(server, alice, bob)).toEqual(reports);
  const late = await reportOf(bob, { ...person, ...spam });
  expect((await reportsBy(server, alice, bob)).map(({ id }) => id)).toEqual([...ids, late]);
});

test('whoever reports the same many times at once has reported it once', async () => {
  const [alice, mallory] = await server.people.all('alice', 'mallory');
  const reports = Array.from({ length: 10 }, (_, n) =>
    reportOf(alice, { kind: 'user', userId: mallory.id, ...spam }, n % 2),
  );
  expect(new Set(await Promise.all(reports)).size).toBe(1);
  expect(await reportsBy(server, alice)).toHaveLength(1);
});

describe('what one cannot see one cannot report', () => {
  test('a message by somebody who is not there, or came later, or left', async () => {
    const [alice, bob, carol, dave] = await server.people.all('alice', 'bob', 'carol', 'dave');
    const conversationId = await alice.startGroup('tea', bob);
    await alice.say(conversationId, 'before carol');
    await alice.api.groups.addMembers.mutate({ conversationId, userIds: [carol.id] });
    await alice.say(conversationId, 'with carol');
    const report = (person: Person, seq: number, id = conversationId) =>
      reportOf(person, { kind: 'message', conversationId: id, seq, ...spam });
    const [noMessage, noConversation] = [
      refused('NOT_FOUND', { what: 'message' }),
      refused('NOT_FOUND', { what: 'conversation' }),
    ];
    await report(bob, 1);
    await report(carol, 2);
    await expect(report(carol, 1)).rejects.toMatchObject(noMessage);
    for (const seq of [0, 3, 2_000_000_000])
      await expect(report(carol, seq)).rejects.toMatchObject(noMessage);
    await expect(report(dave, 2)).rejects.toMatchObject(noConversation);
    await expect(report(dave, 2, v7())).rejects.toMatchObject(noConversation);
    await bob.api.groups.leave.mutate({ conversationId });
    await expect(report(bob, 1)).rejects.toMatchObject(noConversation);
    expect(await reportsBy(server, alice, bob, carol, dave)).toHaveLength(2);
  });

  test('what was withheld by a block, and a conversation that was begun behind it', async () => {
    const [alice, mallory, oscar] = await server.people.all('alice', 'mallory', 'oscar');
    const conversationId = await mallory.talkTo(alice);
    await mallory.say(conversationId, 'seen');
    for (const { id: userId } of [mallory, oscar]) await alice.api.blocks.add.mutate({ userId });
    await mallory.say(conversationId, 'withheld');
    const begun = await oscar.talkTo(alice);
    await oscar.say(begun, 'withheld');
    const report = (person: Person, id: string, seq: number) =>
      reportOf(person, { kind: 'message', conversationId: id, seq, ...spam });
    await report(alice, conversationId, 1);
    await expect(report(alice, conversationId, 2)).rejects.toMatchObject(
      refused('NOT_FOUND', { what: 'message' }),
    );
    await expect(report(alice, begun, 1)).rejects.toMatchObject(
      refused('NOT_FOUND', { what: 'conversation' }),
    );
    // To him it is a message like any other of his.
    await expect(report(mallory, conversationId, 2)).rejects.toMatchObject(refused('NOT_YOURSELF'));
  });

  test('nobody, and neither oneself nor what one has written', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const { seq } = await alice.say(conversationId, 'mine');
    for (const [report, refusal] of [
      [{ kind: 'user', userId: v7() }, refused('NOT_FOUND', { what: 'user' })],
      [{ kind: 'user', userId: conversationId }, refused('NOT_FOUND', { what: 'user' })],
      [{ kind: 'user', userId: alice.id }, refused('NOT_YOURSELF')],
      [{ kind: 'message', conversationId, seq }, refused('NOT_YOURSELF')],
    ] as const)
      await expect(reportOf(alice, { ...report, ...spam })).rejects.toMatchObject(refusal);
    expect(await reportsBy(server, alice)).toEqual([]);
  });
});

describe('the moderators’ queue', () => {
  async function appointed(): Promise<{ mo: Person; ada: Person }> {
    const [mo, ada] = await server.people.all('mo', 'ada');
    return { mo: await appoint(server, mo, 'MODERATOR'), ada: await appoint(server, ada, 'ADMIN') };
  }
  const queueOf = async (person: Person, about: Person, status?: 'open' | 'closed') =>
    (await person.api.reports.list.query({ userId: about.id, status })).reports;

  test('says who reports whom, of what, with what it said then and where it is, until somebody closes it', async () => {
    const { mo, ada } = await appointed();
    const [alice, mallory] = await server.people.all('alice', 'mallory');
    await befriend(alice, mallory);
    const conversationId = await mallory.talkTo(alice);
    const { id: messageId, seq } = await mallory.say(conversationId, 'buy my tea');
    const { id: fileId } = await upload(mallory, mp4(), { purpose: 'story' });
    const { id: storyId } = await mallory.api.stories.create.mutate({ fileId, caption: 'tea!' });
    const [person, message, story] = [
      await reportOf(alice, { kind: 'user', userId: mallory.id, ...spam, comment: 'he sells things' }),
      await reportOf(alice, { kind: 'message', conversationId, seq, reason: 'other' }),
      await reportOf(alice, { kind: 'story', storyId, ...spam }),
    ];
    const common = {
      createdAt: expect.any(String),
      reporter: expect.objectContaining({ id: alice.id, username: alice.credentials.username }),
      user: expect.objectContaining({ id: mallory.id, username: mallory.credentials.username }),
      ...{ message: null, story: null, comment: null, closed: null },
    };
    const open = [
      { ...common, id: story, ...spam, story: { id: storyId, fileId, caption: 'tea!' } },
      {
        ...{ ...common, id: message, reason: 'other' },
        message: { id: messageId, conversationId, seq, text: 'buy my tea' },
      },
      { ...common, id: person, ...spam, comment: 'he sells things' },
    ];
    expect(await queueOf(mo, mallory)).toEqual(open);
    expect(await queueOf(ada, mallory, 'closed')).toEqual([]);

    // What it says where to find it by is enough to act upon it.
    await mo.api.messages.delete.mutate({ conversationId, seq, scope: 'everyone' });
    const by = expect.objectContaining({ id: mo.id });
    const closed = { ...open[1], closed: { at: expect.any(String), by, outcome: 'upheld' } };
    expect(await mo.api.reports.close.mutate({ id: message, outcome: 'upheld' })).toEqual(closed);
    expect(await queueOf(ada, mallory)).toEqual([open[0], open[2]]);
    expect(await queueOf(ada, mallory, 'closed')).toEqual([closed]);

    // Another look, by another one.
    const again = {
      at: expect.any(String),
      by: expect.objectContaining({ id: ada.id }),
      outcome: 'dismissed',
    };
    await ada.api.reports.close.mutate({ id: message, outcome: 'dismissed' });
    expect(await queueOf(mo, mallory, 'closed')).toEqual([{ ...closed, closed: again }]);

    // He goes, and all that he has written: where it was is not known any more.
    const { password } = mallory.credentials;
    await mallory.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
    const [gone] = await queueOf(mo, mallory, 'closed');
    expect(gone).toMatchObject({ user: { isDeleted: true }, message: { text: 'buy my tea' } });
  });

  test('is read page by page, and what comes meanwhile is not in the way', async () => {
    const { mo } = await appointed();
    const mallory = await server.people.join('mallory');
    const ids: string[] = [];
    const report = async () =>
      reportOf(await server.people.join('alice'), { kind: 'user', userId: mallory.id, ...spam });
    for (let n = 0; n < 7; n++) ids.unshift(await report());
    const read: string[] = [];
    let before: { createdAt: string; id: string } | undefined;
    for (let hasMore = true; hasMore; ) {
      const page = await mo.api.reports.list.query({ userId: mallory.id, limit: 3, before });
      read.push(...page.reports.map(({ id }) => id));
      ({ hasMore } = page);
      const { createdAt, id } = page.reports.at(-1)!;
      before = { createdAt, id };
      await report();
    }
    expect(read).toEqual(ids);
  });

  test('tells a moderator of plain users only, and nobody of themselves', async () => {
    const { mo, ada } = await appointed();
    const { mo: otherMo } = await appointed();
    const alice = await server.people.join('alice');
    const about = (person: Person) => reportOf(alice, { kind: 'user', userId: person.id, ...spam });
    const [ofMo, ofOther, ofAda] = [await about(mo), await about(otherMo), await about(ada)];
    const close = (person: Person, id: string) =>
      person.api.reports.close.mutate({ id, outcome: 'dismissed' });
    const unknown = refused('NOT_FOUND', { what: 'report' });
    for (const [person, whom, id] of [
      [mo, mo, ofMo],
      [mo, otherMo, ofOther],
      [mo, ada, ofAda],
      [ada, ada, ofAda],
      [ada, ada, v7()],
    ] as const) {
      expect(await queueOf(person, whom)).toEqual([]);
      await expect(close(person, id)).rejects.toMatchObject(unknown);
    }
    expect(await queueOf(ada, mo)).toMatchObject([{ id: ofMo, closed: null }]);
    await close(ada, ofMo);
  });

  test('two who close a report at the same moment do so one after the other', async () => {
    const { mo, ada } = await appointed();
    const [alice, mallory] = await server.people.all('alice', 'mallory');
    const id = await reportOf(alice, { kind: 'user', userId: mallory.id, ...spam });
    const close = { id, outcome: 'upheld' } as const;
    const closed = await Promise.all([mo, ada].map((who, node) => who.on(node).reports.close.mutate(close)));
    expect(closed[0]).toEqual(closed[1]);
    const { records } = await ada.api.admin.audit.query({ userId: mallory.id });
    expect(records.filter(({ action }) => action === 'report-closed')).toHaveLength(1);
  });
});

test('nothing is told of it, and the log holds who, whom and why, and no word', async () => {
  const log = capturedLog('info');
  await using server = await testServer({ logger: log.logger });
  const [alice, mallory] = await server.people.all('alice', 'mallory');
  const conversationId = await mallory.talkTo(alice);
  const { seq } = await mallory.say(conversationId, 'buy my tea');
  const { pool } = server.nodes[0].app.database;
  const head = await readHead(pool);
  const report = { kind: 'message', conversationId, seq, ...spam, comment: 'he sells things' } as const;
  const reportId = await reportOf(alice, report);
  await reportOf(alice, report);
  expect(await readHead(pool)).toBe(head);
  const said = log.entries().filter(({ msg }) => msg === 'reported');
  expect(said).toEqual([
    expect.objectContaining({ reportId, reporterId: alice.id, userId: mallory.id, kind: 'message', ...spam }),
  ]);
  expect(log.lines.join('')).not.toMatch(/buy my tea|sells things/);
});

test.each<[string, object]>([
  ['no reason', { reason: undefined }],
  ['a reason of its own', { reason: 'boring' }],
  ['a comment that shows nothing', { comment: ' \u200b ' }],
  ['a comment that is too long', { comment: 'x'.repeat(LIMITS.reportComment + 1) }],
  ['a comment that is no text', { comment: 'a\0b' }],
  ['of both kinds', { conversationId: v7(), seq: 1 }],
  ['of no kind', { kind: undefined }],
  ['of another kind', { kind: 'conversation' }],
  ['by e-mail', { userId: undefined, email: 'mallory@example.com' }],
])('a report is refused: %s', async (_, wrong) => {
  const [alice, mallory] = await server.people.all('alice', 'mallory');
  const right = { kind: 'user', userId: mallory.id, ...spam, comment: 'x'.repeat(LIMITS.reportComment) };
  await expect(reportOf(alice, { ...right, ...wrong } as Report)).rejects.toMatchObject(
    refused('INVALID_INPUT'),
  );
  await reportOf(alice, right as Report);
});

test('twenty a day, if the operator says nothing else', async () => {
  await using server = await testServer({ env: { LIMIT_REPORTS: '' } });
  const [alice, bob, mallory] = await server.people.all('alice', 'bob', 'mallory');
  const report = { kind: 'user', userId: mallory.id, ...spam } as const;
  for (let n = 0; n < 20; n++) await reportOf(alice, report);
  await expect(reportOf(alice, report)).rejects.toMatchObject(
    refused('RATE_LIMITED', { retryAfter: expect.any(Number) }),
  );
  await reportOf(bob, report);
});

test('a report goes after 400 days', async () => {
  const clock = new ManualClock();
  await using server = await testServer({ clock });
  const [alice, mallory] = await server.people.all('alice', 'mallory');
  await reportOf(mallory, { kind: 'user', userId: alice.id, ...spam });
  clock.advance(1_000);
  const id = await reportOf(alice, { kind: 'user', userId: mallory.id, ...spam });
  clock.advance(400 * 86_400_000);
  await cleanUp(server.nodes[0].app);
  expect((await reportsBy(server, alice, mallory)).map((report) => report['id'])).toEqual([id]);
});
