import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { sweepExports } from '../src/export/sweep.ts';
import { sweepFiles } from '../src/files/sweep.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { befriend } from './friendships.ts';
import type { Person } from './people.ts';
import { mp4, pdf, photo } from './samples.ts';
import { schedule } from './schedules.ts';
import { type TestServer, testServer } from './server.ts';
import { upload } from './uploads.ts';

/** What is in all that the person writes, and in what they are called. */
const CANARY = 'canary';

/** What of a person is left when they have had everything erased, by why it is. */
const LEFT: Record<string, string[]> = {
  'An account stays, with nothing of its person: what others have said and done refers to it.': [
    ...['users.id', 'users.email', 'users.email_key', 'users.username_key'],
    ...['messages.sender_id', 'members.user_id', 'conversations.direct_key', 'former_members.user_id'],
  ],
  'The log keeps ids, and where somebody signed in, for 30 days.': [
    ...['events.topic', 'events.refs', 'events.opens', 'events.closes', 'topic_intervals.user_id'],
  ],
  'Who did what to accounts is kept for 400 days, by ids.': [
    'audit_records.user_id',
    'audit_records.actor_id',
    'reports.closed_by',
  ],
  'What was reported is kept for 400 days, also when its author is gone: that is no way out.': [
    ...['reports.user_id', 'reports.reporter_id', 'reports.text', 'reports.comment'],
  ],
  'What a group is called, its picture and its invites are the group’s.': [
    ...['conversations.title', 'conversations.description', 'files.owner_id', 'invites.creator_id'],
  ],
  'What others have said of somebody, and the words that they have forwarded, are theirs.': [
    ...['messages.extras', 'messages.text'],
  ],
  'The last mail goes to the address that was theirs; only development keeps mails.': [
    ...['inbox_mails.recipient', 'inbox_mails.html', 'inbox_mails.text'],
  ],
  'Tries are counted for a day at most, so that nobody has more of them by a new account.': [
    'limit_counts.key',
  ],
};

/** Columns in which there is nothing of anybody, by why that is. Whatever else could hold something, the test fills. */
const NOTHING: Record<string, string[]> = {
  'The id of something else.': [
    ...[
      'attachments.conversation_id',
      'attachments.file_id',
      'audit_records.id',
      'codes.id',
      'conversations.icon_id',
    ],
    ...['conversations.id', 'conversations.parent_id', 'drafts.conversation_id', 'exports.id', 'files.id'],
    ...['former_members.conversation_id', 'hidden_messages.conversation_id', 'inbox_mails.id', 'invites.id'],
    ...['invites.conversation_id', 'members.conversation_id', 'message_edits.conversation_id', 'messages.id'],
    ...[
      'messages.conversation_id',
      'messages.thread_id',
      'nodes.id',
      'online.node_id',
      'reactions.conversation_id',
    ],
    ...['refresh_tokens.session_id', 'reports.conversation_id', 'reports.file_id', 'reports.id'],
    ...[
      'reports.message_id',
      'reports.story_id',
      'scheduled_messages.conversation_id',
      'scheduled_messages.id',
    ],
    ...['search_blocks.conversation_id', 'search_postings.conversation_id', 'sessions.id', 'stories.file_id'],
    ...[
      'stories.id',
      'story_audience.story_id',
      'story_views.story_id',
      'topic_intervals.topic',
      'users.avatar_id',
    ],
  ],
  'A hash, or something random.': [
    ...[
      'codes.code_hash',
      'codes.link_hash',
      'invites.token_hash',
      'log_epoch.epoch',
      'messages.fingerprint',
    ],
    ...['refresh_tokens.hash', 'scheduled_messages.fingerprint', 'users.password_hash'],
  ],
  'One of a list, or what this server found or wrote itself.': [
    ...[
      'audit_records.action',
      'audit_records.details',
      'events.type',
      'files.blurhash',
      'files.kind',
      'files.parts',
    ],
    ...['files.type', 'inbox_mails.subject', 'scheduled_messages.failure', 'sessions.end_reason'],
  ],
  'From where somebody called: with the session, and of an account that is gone not in the record.': [
    ...['audit_records.address', 'sessions.address'],
  ],
  'Empty whenever nothing is just committed.': [
    ...[
      'event_drafts.closes',
      'event_drafts.opens',
      'event_drafts.refs',
      'event_drafts.topic',
      'event_drafts.topics',
    ],
    ...['event_drafts.type'],
  ],
  'An index of 1,024 messages in a row, which goes as soon as one of them is erased.': [
    'search_postings.term',
  ],
  'Of accounts that are kept elsewhere: it goes with the names.': ['users.external_subject'],
};

const columnsIn = (reasons: Record<string, string[]>): string[] => Object.values(reasons).flat().sort();

interface Column {
  table: string;
  column: string;
}

/** All columns that could hold somebody's id or words. */
const columnsOf = ({ databaseUrl }: TestServer): Promise<Column[]> =>
  runSql<Column>(
    databaseUrl,
    `SELECT c.relname AS "table", a.attname AS "column"
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'
       AND t.typname IN ('uuid', '_uuid', 'text', '_text', 'varchar', '_varchar', 'bpchar', 'json', 'jsonb', 'bytea', 'xml')
     ORDER BY 1, 2`,
  );

/** Those of them that hold something of this person. */
async function heldBy(server: TestServer, { id }: Person): Promise<string[]> {
  const columns = await columnsOf(server);
  const inBytes = Buffer.from(CANARY).toString('hex');
  const looks = columns.map(({ table, column }) => {
    const text = `coalesce("${column}"::text, '')`;
    return `SELECT '${table}.${column}' AS "where" WHERE EXISTS (
      SELECT FROM "${table}" WHERE ${[id, CANARY, inBytes].map((what) => `${text} ILIKE '%${what}%'`).join(' OR ')})`;
  });
  const rows = await runSql<{ where: string }>(server.databaseUrl, looks.join(' UNION ALL '));
  return rows.map(({ where }) => where).sort();
}

/** Somebody does all that there is to do, with bob; what bob does is about them, and in his own words. */
async function live(server: TestServer, alice: Person, bob: Person): Promise<void> {
  const { api } = alice;
  const { password, username } = alice.credentials;
  const word = (what: string) => `${CANARY} ${what}`;
  const place = (conversationId: string, seq: number) => ({ conversationId, seq });
  await api.auth.changeEmail.mutate({ password, email: `${username}.moved@example.com` });
  const avatar = await upload(alice, await photo(), { purpose: 'avatar', name: word('avatar.jpg') });
  await api.users.updateProfile.mutate({ fullName: word('name'), bio: word('bio'), avatar: avatar.id });
  await api.users.setStatus.mutate({ text: word('status') });
  await server.people.stranger().auth.login.mutate({ login: username, password, device: word('device') });
  await api.sessions.revokeOthers.mutate();

  const direct = await alice.talkTo(bob);
  const [group, kept] = [await alice.startGroup(word('group'), bob), await bob.startGroup('tea', alice)];
  const icon = await upload(alice, await photo(), { purpose: 'group_icon', name: word('icon.jpg') });
  await api.groups.update.mutate({ conversationId: group, description: word('about'), icon: icon.id });
  await api.invites.create.mutate({ conversationId: group });
  for (const conversationId of [direct, group, kept]) {
    await bob.say(conversationId, 'hello');
    const first = { conversationId, text: word('text'), metadata: { [CANARY]: CANARY } };
    await api.messages.send.mutate({ ...first, clientMessageId: v7() });
    await api.messages.edit.mutate({ ...place(conversationId, 2), text: word('better text') });
    await api.messages.pin.mutate(place(direct, 2));
    await api.reactions.add.mutate({ ...place(conversationId, 1), emoji: '👍' });
    await api.reactions.add.mutate({ ...place(conversationId, 1), emoji: `:${CANARY}:` });
    await api.drafts.set.mutate({ conversationId, text: word('draft') });
    await api.messages.delete.mutate({ ...place(conversationId, 1), scope: 'me' });
    await api.messages.markRead.mutate({ conversationId });
  }
  const file = await upload(alice, pdf(), { name: word('file.pdf') });
  await api.messages.send.mutate({ conversationId: kept, clientMessageId: v7(), attachments: [file.id] });
  const from = place(kept, 2);
  await bob.api.messages.forward.mutate({ from, conversationId: group, clientMessageId: v7() });
  await bob.api.messages.send.mutate({
    conversationId: kept,
    text: 'you',
    clientMessageId: v7(),
    mentions: { userIds: [alice.id] },
  });
  const thread = await api.threads.open.mutate(place(kept, 2));
  await alice.say(thread.id, word('reply'));
  await api.groups.leave.mutate({ conversationId: kept });
  await schedule(alice, direct, word('later'), { metadata: { [CANARY]: CANARY } });

  await befriend(alice, bob);
  const other = await server.people.join('carol');
  await api.friendRequests.send.mutate({ userId: other.id });
  await other.api.contacts.create.mutate({ userId: alice.id, alias: 'her' });
  await api.contacts.create.mutate({ userId: bob.id, alias: word('alias') });
  const blocked = await server.people.join('mallory');
  await blocked.api.friendRequests.send.mutate({ userId: alice.id });
  await api.blocks.add.mutate({ userId: blocked.id });
  await blocked.api.blocks.add.mutate({ userId: alice.id });
  const shown = await upload(alice, mp4(), { purpose: 'story', name: word('story.mp4') });
  await api.stories.create.mutate({ fileId: shown.id, caption: word('caption'), audience: [bob.id] });
  const bobs = await upload(bob, mp4(), { purpose: 'story' });
  const { id: storyId } = await bob.api.stories.create.mutate({ fileId: bobs.id, audience: [alice.id] });
  await api.stories.markSeen.mutate({ storyId });
  const report = { kind: 'user', userId: bob.id, reason: 'spam', comment: word('comment') } as const;
  const { id: reportId } = await api.reports.create.mutate(report);
  await appoint(server, alice, 'MODERATOR');
  await api.reports.close.mutate({ id: reportId, outcome: 'upheld' });
  await bob.api.reports.create.mutate({ kind: 'message', ...place(direct, 2), reason: 'spam' });
  await api.account.requestExport.mutate({ password });
  await alice.subscribe();
}

test('whoever has everything erased is in no table any more but where it is said why', async () => {
  await using server = await testServer();
  const [alice, bob] = await server.people.all(`${CANARY}alice`, 'bob');
  await live(server, alice, bob);
  const [{ app }] = server.nodes;
  const isReady = async () => (await alice.api.account.exports.query())[0]?.status;
  await expect.poll(isReady, { timeout: 15_000 }).toBe('ready');
  const all = (await columnsOf(server)).map(({ table, column }) => `${table}.${column}`);
  const unfilled = async () => {
    const filled = await heldBy(server, alice);
    return all.filter((name) => !filled.includes(name));
  };
  // That she is here is written down within a second.
  await expect.poll(unfilled).toEqual(columnsIn(NOTHING));

  const { password } = alice.credentials;
  await alice.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
  const left = async () => {
    for (const sweep of [sweepFiles, sweepExports]) await sweep(app);
    return heldBy(server, alice);
  };
  await expect.poll(left, { timeout: 15_000, interval: 500 }).toEqual(columnsIn(LEFT));
  const own = { senderId: alice.id, OR: [{ text: { not: '' } }, { deletedAt: null }] };
  expect(await app.database.prisma.message.count({ where: own })).toBe(0);
});
