import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS } from '../src/audit/audit.ts';
import { appoint } from './appoint.ts';
import { runSql } from './database.ts';
import { mailTo } from './inbox.ts';
import type { Person } from './people.ts';
import { ManualClock, serverForAll, type TestServer } from './server.ts';

const NOT_THEIRS = 'not their password';

const emailOf = ({ credentials }: Person): string => `${credentials.username}@example.com`;
const swallow = (call: Promise<unknown>): Promise<unknown> => call.catch(() => null);

/** The records about an account, oldest first, as an admin gets them. */
async function recordsOf(admin: Person, userId: string) {
  const { records } = await admin.api.admin.audit.query({ userId, limit: 100 });
  return records.toReversed();
}

/** What leaves a record, by who does it: `alice` or `ada`, an admin, to her. */
const actions: Record<
  (typeof AUDIT_ACTIONS)[number],
  {
    by: 'alice' | 'ada' | 'nobody';
    details?: (alice: Person) => object;
    act(alice: Person, ada: Person, server: TestServer): Promise<unknown>;
  }
> = {
  login: { by: 'nobody', act: (alice) => alice.anotherDevice() },
  'login-failed': {
    by: 'nobody',
    act: ({ people, credentials }) =>
      swallow(people.stranger().auth.login.mutate({ login: credentials.username, password: NOT_THEIRS })),
  },
  logout: {
    by: 'alice',
    details: ({ tokens }) => ({ sessionId: tokens.sessionId }),
    act: (alice) => alice.api.auth.logout.mutate(),
  },
  'refresh-reused': {
    by: 'nobody',
    details: ({ tokens }) => ({ sessionId: tokens.sessionId }),
    async act({ people, tokens: { refreshToken } }) {
      const { auth } = people.stranger();
      await auth.refresh.mutate({ refreshToken });
      clock.advance(60_000);
      await swallow(auth.refresh.mutate({ refreshToken }));
    },
  },
  'session-revoked': {
    by: 'ada',
    act: (alice, ada) => ada.api.admin.endSessions.mutate({ userId: alice.id }),
  },
  'password-changed': {
    by: 'alice',
    act: (alice) =>
      alice.api.auth.changePassword.mutate({
        currentPassword: alice.credentials.password,
        newPassword: 'likes coffee too',
      }),
  },
  'password-reset': {
    by: 'nobody',
    async act(alice, _, server) {
      const email = emailOf(alice);
      const { auth } = server.people.stranger();
      await mailTo(server, email);
      await auth.forgotPassword.mutate({ email });
      const { code } = await mailTo(server, email);
      await auth.resetPassword.mutate({ email, code, newPassword: 'likes coffee too' });
    },
  },
  'email-changed': {
    by: 'alice',
    async act(alice, _, server) {
      const email = `new_${emailOf(alice)}`;
      await alice.api.auth.changeEmail.mutate({ email, password: alice.credentials.password });
      const { code } = await mailTo(server, email);
      await alice.api.auth.confirmEmail.mutate({ code });
    },
  },
  'email-verified': {
    by: 'nobody',
    async act(alice, _, server) {
      const email = emailOf(alice);
      const { code } = await mailTo(server, email);
      await server.people.stranger().auth.verifyEmail.mutate({ email, code });
    },
  },
  'role-changed': {
    by: 'ada',
    details: () => ({ from: 'USER', to: 'MODERATOR' }),
    act: (alice, ada) => ada.api.admin.setRole.mutate({ userId: alice.id, role: 'MODERATOR' }),
  },
  banned: {
    by: 'ada',
    details: () => ({ until: null, reason: 'spam' }),
    act: (alice, ada) => ada.api.admin.ban.mutate({ userId: alice.id, reason: 'spam' }),
  },
  unbanned: {
    by: 'ada',
    async act(alice, ada) {
      await ada.api.admin.ban.mutate({ userId: alice.id });
      await ada.api.admin.unban.mutate({ userId: alice.id });
    },
  },
  'message-deleted': {
    by: 'ada',
    details: () => ({ messageId: expect.any(String) }),
    async act(alice, ada) {
      const place = { conversationId: await alice.startGroup('tea'), seq: 1 };
      await alice.say(place.conversationId, 'unseemly');
      await ada.api.messages.delete.mutate({ ...place, scope: 'everyone' });
    },
  },
  'report-closed': {
    by: 'ada',
    details: () => ({ reportId: expect.any(String), outcome: 'upheld' }),
    async act(alice, ada) {
      const report = { kind: 'user', userId: alice.id, reason: 'spam' } as const;
      const { id } = await (await server.people.join('bob')).api.reports.create.mutate(report);
      await ada.api.reports.close.mutate({ id, outcome: 'upheld' });
      // What was closed so already is not closed again.
      await ada.api.reports.close.mutate({ id, outcome: 'upheld' });
    },
  },
  'account-deleted': {
    by: 'alice',
    act: (alice) =>
      alice.api.auth.deleteAccount.mutate({ password: alice.credentials.password, messages: 'keep' }),
  },
};

const clock = new ManualClock();
const server = serverForAll({ clock });

/** An admin, and somebody to whom it all happens. */
async function setUp() {
  const [ada, alice] = await server.people.all('ada', 'alice');
  await appoint(server, ada, 'ADMIN');
  return { ada, alice };
}

describe('S89 what is done to an account is recorded', () => {
  test.each(AUDIT_ACTIONS)('%s', async (action) => {
    const { ada, alice } = await setUp();
    const { by, act, details = () => ({}) } = actions[action];
    const expected = details(alice);
    clock.advance(1_000);
    await act(alice, ada, server);
    const record = (await recordsOf(ada, alice.id)).findLast((record) => record.action === action);
    expect(record).toMatchObject({
      userId: alice.id,
      details: expected,
      at: clock.now().toISOString(),
      actorId: { nobody: null, alice: alice.id, ada: ada.id }[by],
      // Of somebody who is gone not even that is kept.
      address: action === 'account-deleted' ? '' : expect.stringMatching(/127\.0\.0\.1$/),
    });
  });

  test('once: what changes nothing is no record', async () => {
    const { ada, alice } = await setUp();
    const userId = alice.id;
    for (const _ of [1, 2]) {
      await ada.api.admin.setRole.mutate({ userId, role: 'MODERATOR' });
      await ada.api.admin.ban.mutate({ userId });
    }
    for (const _ of [1, 2]) await ada.api.admin.unban.mutate({ userId });
    const actions = (await recordsOf(ada, userId)).map(({ action }) => action);
    expect(actions.sort()).toEqual(['banned', 'role-changed', 'unbanned']);
  });

  test('a login under a name that nobody has, too, as nobody', async () => {
    const { ada } = await setUp();
    clock.advance(1_000);
    await swallow(server.people.stranger().auth.login.mutate({ login: 'nobody', password: NOT_THEIRS }));
    const { records } = await ada.api.admin.audit.query({});
    expect(records[0]).toMatchObject({ action: 'login-failed', userId: null, actorId: null, details: {} });
  });

  test('newest first, page by page, also of one moment', async () => {
    const { ada, alice } = await setUp();
    for (let times = 0; times < 7; times++) {
      if (times % 3 === 0) clock.advance(1_000);
      await alice.anotherDevice();
    }
    const all = (await ada.api.admin.audit.query({ userId: alice.id })).records;
    expect(all).toHaveLength(7);
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    const paged: typeof all = [];
    for (let more = true; more; ) {
      const last = paged.at(-1);
      const page = await ada.api.admin.audit.query({
        userId: alice.id,
        limit: 2,
        ...(last && { before: { at: last.at, id: last.id } }),
      });
      paged.push(...page.records);
      more = page.hasMore;
    }
    expect(paged).toEqual(all);
  });

  test('and holds nothing of the person, least of all once they are gone', async () => {
    const { ada, alice } = await setUp();
    const mallory = { login: emailOf(alice), password: NOT_THEIRS };
    await swallow(server.people.stranger().auth.login.mutate(mallory));
    const phone = await alice.anotherDevice();
    await phone.api.auth.logout.mutate();
    await ada.api.admin.endSessions.mutate({ userId: alice.id });
    const again = await alice.anotherDevice();
    const { username, password } = alice.credentials;
    const dump = async () => JSON.stringify(await runSql(server.databaseUrl, 'SELECT * FROM audit_records'));
    for (const secret of [username, password, NOT_THEIRS, 'example.com'])
      expect(await dump()).not.toContain(secret);
    await again.api.auth.deleteAccount.mutate({ password, messages: 'keep' });
    const records = await recordsOf(ada, alice.id);
    expect(records.map(({ action }) => action)).toContain('account-deleted');
    // Where the admin was is not about her.
    for (const { actorId, address } of records) if (actorId !== ada.id) expect(address).toBe('');
  });
});
