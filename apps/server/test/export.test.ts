import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 } from 'uuid';
import { beforeAll, describe, expect, test } from 'vitest';
import { clearAccount } from '../src/auth/clear-account.ts';
import type { App, Session, SignedIn } from '../src/context.ts';
import { makeExport } from '../src/export/make.ts';
import { requestExport } from '../src/export/request.ts';
import { sweepExports } from '../src/export/sweep.ts';
import { type ZipEntry, zip } from '../src/export/zip.ts';
import { runSql } from './database.ts';
import { mailTo } from './inbox.ts';
import type { Person } from './people.ts';
import { s3Server } from './s3-server.ts';
import { pdf, photo } from './samples.ts';
import { serverForAll, type TestServer, testServer } from './server.ts';
import { unzip } from './unzip.ts';
import { bytesOf, onNode, upload } from './uploads.ts';
import { verifyAction } from './verify.ts';

const server = serverForAll({ nodes: 2 });

const refused = (code: string, data: object = {}) => ({ data: { code, ...data } });
const NO_EXPORT = refused('NOT_FOUND', { what: 'export' });

const ask = (person: Person) =>
  person.api.account.requestExport.mutate({ password: person.credentials.password });
const linkOf = (person: Person, id: string) => person.api.account.exportLink.query({ id });

/** Asks for an archive, and waits until it is there. */
async function ready(person: Person): Promise<string> {
  const { id } = await ask(person);
  const isReady = async () => (await person.api.account.exports.query())[0]?.status;
  await expect.poll(isReady, { timeout: 15_000 }).toBe('ready');
  return id;
}

async function open(person: Person, id: string): Promise<Map<string, Buffer>> {
  const response = await fetch(onNode(person, (await linkOf(person, id)).url, 1));
  expect(response.status).toBe(200);
  return unzip(await bytesOf(response));
}

const list = (files: Map<string, Buffer>, name: string): Record<string, unknown>[] =>
  JSON.parse(files.get(name)!.toString());

/** What lies in the storage of exports. */
const stored = ({ nodes }: TestServer, id: string): string[] =>
  readdirSync(nodes[0].app.env.STORAGE_FOLDER, { recursive: true })
    .map(String)
    .filter((path) => path.includes(`${id}/`));

/** An export that nobody has begun to make. */
async function pending({ app }: TestServer['nodes'][0], userId: string, createdAt = app.clock.now()) {
  const expiresAt = new Date(createdAt.getTime() + 7 * 86_400_000);
  return app.database.prisma.export.create({ data: { id: v7(), userId, createdAt, expiresAt } });
}

describe('an archive', () => {
  test('has what there is of a person, and is theirs alone', async () => {
    const [alice, bob, carol] = await server.people.all('alice', 'bob', 'carol');
    const { email } = await alice.api.users.me.query();
    const direct = await alice.talkTo(bob);
    const [group, left] = [await alice.startGroup('tea club', bob), await bob.startGroup('left', alice)];
    const [document, image] = [await upload(alice, pdf(9_000), { name: 'invoice.pdf' }), await photo()];
    const avatar = await upload(alice, image, { purpose: 'avatar' });
    await alice.api.users.updateProfile.mutate({ bio: 'likes tea', avatar: avatar.id });
    await alice.say(direct, 'my words');
    await alice.api.messages.edit.mutate({ conversationId: direct, seq: 1, text: 'my better words' });
    await bob.say(direct, 'words of bob');
    const key = v7();
    await alice.api.messages.send.mutate({
      conversationId: group,
      clientMessageId: key,
      attachments: [document.id],
    });
    await alice.say(group, 'deleted');
    await alice.api.messages.delete.mutate({ conversationId: group, seq: 2, scope: 'everyone' });
    await alice.say(left, 'before I left');
    await alice.api.groups.leave.mutate({ conversationId: left });
    await alice.api.reactions.add.mutate({ conversationId: direct, seq: 2, emoji: '👍' });
    await alice.api.drafts.set.mutate({ conversationId: direct, text: 'not sent' });
    await alice.api.contacts.create.mutate({ userId: bob.id, alias: 'Bobby' });
    await alice.api.friendRequests.send.mutate({ userId: carol.id });
    await carol.api.friendRequests.accept.mutate({ userId: alice.id });
    await bob.api.blocks.add.mutate({ userId: alice.id });
    await alice.say(direct, 'withheld');
    await alice.api.blocks.add.mutate({ userId: carol.id });
    const about = { kind: 'message', conversationId: direct, seq: 2 } as const;
    await alice.api.reports.create.mutate({ ...about, reason: 'spam', comment: 'too much' });
    await bob.api.reports.create.mutate({
      kind: 'user',
      userId: alice.id,
      reason: 'other',
      comment: 'canary',
    });

    const stream = await alice.subscribe({ node: 1 });
    const files = await open(alice, await ready(alice));
    await stream.when(() => stream.events.length === 2);
    expect(stream.events).toMatchObject([
      { type: 'export.updated', export: { status: 'pending', size: null } },
      { type: 'export.updated', export: { status: 'ready', size: expect.any(Number) } },
    ]);
    expect(await mailTo(server, email)).toMatchObject({ subject: expect.stringContaining('is ready') });

    expect(JSON.parse(files.get('profile.json')!.toString())).toMatchObject({ email, bio: 'likes tea' });
    expect(files.get('README.txt')!.toString()).toMatch(/^Parley: what there is of you here/);
    expect(list(files, `messages/${direct}.json`)).toMatchObject([
      { seq: 1, text: 'my better words', earlier: [{ text: 'my words' }] },
      { seq: 3, text: 'withheld' },
    ]);
    expect(list(files, `messages/${group}.json`)).toMatchObject([{ attachments: [{ id: document.id }] }]);
    expect(list(files, `messages/${left}.json`)).toMatchObject([{ text: 'before I left' }]);
    expect(list(files, 'conversations.json')).toHaveLength(2);
    expect(list(files, 'conversations.json')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: direct, kind: 'direct', with: bob.credentials.username }),
        expect.objectContaining({ id: group, kind: 'group', title: 'tea club', with: null, role: 'owner' }),
      ]),
    );
    for (const [name, records] of [
      ['sessions', [{ device: expect.any(String), endedAt: null }]],
      ['reactions', [{ conversationId: direct, seq: 2, emoji: '👍' }]],
      ['drafts', [{ conversationId: direct, text: 'not sent' }]],
      ['contacts', [{ alias: 'Bobby' }]],
      ['friends', [{ user: { id: carol.id } }]],
      ['blocks', [{ user: { id: carol.id } }]],
      ['reports', [{ userId: bob.id, reason: 'spam', comment: 'too much' }]],
    ] as const)
      expect(list(files, `${name}.json`), name).toMatchObject(records);
    expect(list(files, 'files.json')).toHaveLength(2);
    expect(files.get(`files/${document.id}/invoice.pdf`)!.equals(pdf(9_000))).toBe(true);
    expect(files.get(`files/${avatar.id}/${avatar.name}`)).toHaveLength(avatar.size);

    const everything = [...files]
      .map(([name, content]) => `${name}\n${content.toString('latin1')}`)
      .join('\n');
    const [{ hash } = { hash: '' }] = await runSql<{ hash: string }>(
      server.databaseUrl,
      `SELECT password_hash AS hash FROM users WHERE id = '${alice.id}'`,
    );
    for (const secret of [
      ...[hash, alice.tokens.refreshToken!, alice.tokens.accessToken, alice.credentials.password],
      ...[(await bob.api.users.me.query()).email, 'words of bob', 'canary', 'withheld":', 'blocks_peer'],
    ])
      expect(everything).not.toContain(secret);
  });

  test('is asked for with the password, one at a time and one a day', async () => {
    const alice = await server.people.join('alice');
    for (const password of [undefined, 'not the password'])
      await expect(alice.api.account.requestExport.mutate({ password })).rejects.toMatchObject(
        refused('WRONG_PASSWORD'),
      );
    const { app } = server.nodes[0];
    const { id } = await pending(server.nodes[0], alice.id);
    await expect(ask(alice)).rejects.toMatchObject(refused('TOO_MANY', { what: 'exports', limit: 1 }));
    await app.database.prisma.export.update({ where: { id }, data: { status: 'ready', size: 1 } });
    const { retryAfter } = await ask(alice).catch(({ data }) => data);
    expect(retryAfter).toBeGreaterThan(86_000);
    await app.database.prisma.export.update({ where: { id }, data: { status: 'failed' } });
    const asked = await Promise.allSettled([ask(alice), ask(alice), ask(alice)]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('needs no password where another service keeps the accounts', async () => {
    const alice = await server.people.join('alice');
    const { app } = server.nodes[0];
    const elsewhere = { ...app, env: { ...app.env, AUTH: 'jwks' as const } };
    const session = { userId: alice.id } as Session;
    const ctx = { app: elsewhere, session } as SignedIn;
    expect(await requestExport(ctx, {})).toMatchObject({ status: 'pending' });
  });

  test('is downloaded by a link for one session, as long as that goes on and the archive is kept', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const id = await ready(alice);
    for (const [person, other] of [
      [bob, id],
      [alice, v7()],
    ] as const)
      await expect(linkOf(person, other)).rejects.toMatchObject(NO_EXPORT);
    const phone = await alice.anotherDevice();
    const { url } = await linkOf(phone, id);
    const at = new URL(onNode(phone, url));
    const get = (
      change: { pathname?: string; session?: string; expires?: string } = {},
      init?: RequestInit,
    ) => {
      const { pathname = at.pathname, ...query } = change;
      return fetch(
        `${at.origin}${pathname}?${new URLSearchParams([...at.searchParams, ...Object.entries(query)].reverse())}`,
        init,
      );
    };
    const whole = await get();
    expect(whole.headers.get('content-type')).toBe('application/zip');
    expect(whole.headers.get('content-disposition')).toMatch(
      /^attachment; filename="export-\d{4}-\d\d-\d\d\.zip"/,
    );
    const bytes = await bytesOf(whole);
    const part = await get({}, { headers: { range: 'bytes=0-3' } });
    expect([part.status, await bytesOf(part)]).toEqual([206, bytes.subarray(0, 4)]);
    for (const change of [
      { session: bob.tokens.sessionId },
      { expires: `${Number(at.searchParams.get('expires')) + 1}` },
      { pathname: `/files/${id}` },
      { pathname: `/exports/${v7()}` },
    ])
      expect((await get(change)).status).toBe(403);
    expect((await get({}, { method: 'POST' })).status).toBe(415);
    expect((await get({ pathname: '/exports/x' })).status).toBe(404);
    await phone.api.auth.logout.mutate();
    expect((await get()).status).toBe(403);

    const { prisma } = server.nodes[0].app.database;
    await prisma.export.update({ where: { id }, data: { expiresAt: server.nodes[0].app.clock.now() } });
    await expect(linkOf(alice, id)).rejects.toMatchObject(NO_EXPORT);
    expect(await alice.api.account.exports.query()).toEqual([]);
    expect(stored(server, id)).toHaveLength(1);
    await sweepExports(server.nodes[0].app);
    expect(stored(server, id)).toEqual([]);
    expect(await prisma.export.count({ where: { id } })).toBe(0);
  });

  test('has all of a long life, each record once and in order', async () => {
    const [alice, bob] = await server.people.all('alice', 'bob');
    const id = await alice.startGroup('tea', bob);
    await runSql(
      server.databaseUrl,
      `INSERT INTO messages (id, conversation_id, seq, sender_id, fingerprint, text, created_at)
         SELECT gen_random_uuid(), '${id}', n, CASE WHEN n % 2 = 0 THEN '${alice.id}' ELSE '${bob.id}' END::uuid, '',
                'message ' || n, now() FROM generate_series(1, 5000) n;
       INSERT INTO reactions (user_id, conversation_id, seq, emoji, place, created_at)
         SELECT '${alice.id}', '${id}', n, e, 1, now() FROM generate_series(1, 600) n, unnest(ARRAY['👍', '❤️']) e;
       UPDATE conversations SET last_seq = 5000 WHERE id = '${id}'`,
    );
    const files = await open(alice, await ready(alice));
    const messages = list(files, `messages/${id}.json`);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 2_500 }, (_, n) => 2 * (n + 1)));
    const reactions = list(files, 'reactions.json').map(({ seq, emoji }) => `${seq} ${emoji}`);
    expect([reactions.length, new Set(reactions).size]).toEqual([1_200, 1_200]);
  });

  test('changes nothing that a client keeps', async () => {
    const alice = await server.people.join('alice');
    await verifyAction([alice], () => ready(alice));
  });

  test('lies in an S3 like any file', async () => {
    await using s3 = await s3Server();
    await using other = await testServer({ env: { ...s3.env, S3_PUBLIC_ENDPOINT: s3.url } });
    const alice = await other.people.join('alice');
    const id = await ready(alice);
    expect([...s3.objects.keys()]).toEqual([`exports/${id}/archive`]);
    const response = await fetch(onNode(alice, (await linkOf(alice, id)).url));
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="export-/);
    expect([...unzip(await bytesOf(response)).keys()]).toContain('profile.json');
    expect(s3.refusals).toEqual([]);
  });
});

describe('an archive that does not come about', () => {
  let app: App;
  beforeAll(() => {
    [{ app }] = server.nodes;
  });
  const temporary = (id: string) =>
    readdirSync(tmpdir()).filter((name) => name.includes(`parley-export-${id}`));

  test('is made anew by another try, and before that nobody gets any of it', async () => {
    const alice = await server.people.join('alice');
    const { id } = await pending(server.nodes[0], alice.id);
    const file = await upload(alice, pdf());
    await runSql(server.databaseUrl, `UPDATE files SET used = true WHERE id = '${file.id}'`);
    const broken = (): Promise<never> => Promise.reject(new Error('the disk is gone'));
    for (const fault of [{ get: broken }, { put: broken }, { hasRoom: async () => false }]) {
      await expect(
        makeExport({ ...app, storage: { ...app.storage, ...fault } }, { exportId: id }),
      ).rejects.toThrow();
      expect(stored(server, id)).toEqual([]);
      expect(temporary(id)).toEqual([]);
    }
    // It is in the storage, and its node dies before anybody is told.
    const dying = { ...app, database: { ...app.database, transaction: broken } };
    await expect(makeExport(dying, { exportId: id })).rejects.toThrow();
    expect(stored(server, id)).toHaveLength(1);
    await expect(linkOf(alice, id)).rejects.toMatchObject(NO_EXPORT);
    for (let times = 0; times < 2; times++) await makeExport(app, { exportId: id });
    expect((await open(alice, id)).has(`files/${file.id}/${file.name}`)).toBe(true);
  });

  test('is given up after a day', async () => {
    const alice = await server.people.join('alice');
    const { id } = await pending(server.nodes[0], alice.id, new Date(app.clock.now().getTime() - 86_400_001));
    const stream = await alice.subscribe();
    await sweepExports(app);
    await stream.until((event) => event.type === 'export.updated' && event.export.status === 'failed');
    await makeExport(app, { exportId: id });
    expect(stored(server, id)).toEqual([]);
    expect(await alice.api.account.exports.query()).toMatchObject([{ id, status: 'failed' }]);
    expect(await ask(alice)).toMatchObject({ status: 'pending' });
  });

  test('leaves no bytes when its person deletes the account, before, meanwhile or after', async () => {
    const people = await server.people.all('alice', 'bob', 'carol');
    const ids: string[] = [];
    for (const { id } of people) ids.push((await pending(server.nodes[0], id)).id);
    const [before, meanwhile, after] = ids as [string, string, string];
    const forget = async (n: number) => {
      const { password } = people[n]!.credentials;
      await people[n]!.api.auth.deleteAccount.mutate({ password, messages: 'erase' });
      await clearAccount(app, { userId: people[n]!.id, erase: true });
      await sweepExports(app);
    };
    await forget(0);
    await makeExport(app, { exportId: before });
    const put: App['storage']['put'] = async (...given) => {
      await forget(1);
      await app.storage.put(...given);
    };
    await makeExport({ ...app, storage: { ...app.storage, put } }, { exportId: meanwhile });
    await makeExport(app, { exportId: after });
    expect(stored(server, after)).toHaveLength(1);
    await forget(2);
    for (const id of ids) expect(stored(server, id)).toEqual([]);
    expect(await app.database.prisma.export.count({ where: { id: { in: ids } } })).toBe(0);
  });
});

describe('a ZIP', () => {
  async function* entries(count: number) {
    for (let n = 0; n < count; n++)
      yield { name: `ü/${n}`, content: n === 0 ? [] : [`${n}`, Buffer.from('☕')] };
  }
  async function written(given: AsyncIterable<ZipEntry>): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of zip(given, new Date('2026-11-20T10:00:00Z'))) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  test.each([0, 1, 300])('with %i files has each of them', async (count) => {
    const files = unzip(await written(entries(count)));
    expect(files.size).toBe(count);
    if (count > 1) expect(files.get('ü/299')!.toString()).toBe('299☕');
  });

  test('takes a file that fails for no file', async () => {
    async function* failing() {
      yield {
        name: 'a',
        content: (async function* () {
          yield 'half';
          await turn();
          throw new Error('gone');
        })(),
      };
    }
    await expect(written(failing())).rejects.toThrow('gone');
  });
});
