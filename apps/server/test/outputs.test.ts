import { v7 } from 'uuid';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { AppRouter as PublicRouter } from '../src/public.ts';
import { type AppRouter, appRouter } from '../src/router.ts';
import { befriend } from './friendships.ts';
import { mp4 } from './samples.ts';
import { schedule } from './schedules.ts';
import { testServer } from './server.ts';
import { upload } from './uploads.ts';

const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<
    string,
    { _def: { type: string; output?: unknown; meta?: object } }
  >,
).map(([path, { _def }]) => ({ path, ..._def }));

/** Procedures whose answers are JSON made by Postgres: nothing holds them to their schemas while serving. */
const rendered = procedures.filter(({ output }) => output && !(output instanceof z.ZodType));

const schemaOf = (output: unknown): z.ZodType =>
  output instanceof z.ZodType ? output : (output as { schema: z.ZodType }).schema;

/** What answers with the caller's own account. */
const ownAccount = ['users.me', 'users.setStatus', 'users.updateProfile'];

/** The names of all fields in an answer, however deep. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsOf)];
}

describe('S54: what leaves the server is described', () => {
  test.each(procedures.filter(({ type }) => type !== 'subscription'))(
    '$path has an output schema, of plain JSON',
    ({ output }) => {
      // What is not plain JSON (Date, Map, bigint …) has no JSON Schema, and this throws.
      expect(() => z.toJSONSchema(schemaOf(output))).not.toThrow();
    },
  );

  test('no answer has a field for a secret; tokens and addresses are where they belong, and nowhere else', () => {
    const named = (pattern: RegExp) =>
      procedures
        .filter(({ type }) => type !== 'subscription')
        .filter(({ output }) => fieldsOf(z.toJSONSchema(schemaOf(output))).some((name) => pattern.test(name)))
        .map(({ path }) => path)
        .sort();
    expect(named(/(?<!blur)hash|secret|password|pepper|^code$/i)).toEqual([]);
    expect(named(/token$/i)).toEqual(['auth.login', 'auth.refresh', 'auth.register', 'invites.create']);
    // One's own address, and for admins that of others.
    const own = ['auth.login', 'auth.register', 'sync.bootstrap', ...ownAccount];
    const others = ['admin.ban', 'admin.setRole', 'admin.unban', 'admin.users'];
    expect(named(/email$/i)).toEqual([...own, ...others].sort());
  });

  test('what Postgres renders fits its schema to the letter', async () => {
    await using server = await testServer();
    const [alice, bob] = await server.people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const sent = await alice.say(conversationId, 'hello');
    await alice.api.messages.pin.mutate({ conversationId, seq: 1 });
    await bob.api.reactions.add.mutate({ conversationId, seq: 1, emoji: '👍' });
    const { id } = await schedule(bob, conversationId, 'later');
    await befriend(alice, bob);
    const { id: fileId } = await upload(alice, mp4(), { purpose: 'story' });
    const { id: storyId } = await alice.api.stories.create.mutate({ fileId });
    const answers = {
      'messages.send': sent,
      'messages.forward': await bob.api.messages.forward.mutate({
        from: { conversationId, seq: 1 },
        conversationId,
        clientMessageId: v7(),
      }),
      'messages.edit': await alice.api.messages.edit.mutate({ conversationId, seq: 1, text: 'hi' }),
      'scheduled.sendNow': await bob.api.scheduled.sendNow.mutate({ id }),
      'stories.reply': await bob.api.stories.reply.mutate({
        storyId,
        text: 'how lovely',
        clientMessageId: v7(),
      }),
      'messages.pinned': await bob.api.messages.pinned.query({ conversationId }),
      'messages.undelivered': await alice.api.messages.undelivered.query({ limit: 1 }),
      'search.messages': await bob.api.search.messages.query({ query: 'hi', limit: 1 }),
      'messages.list': await bob.api.messages.list.query({ conversationId }),
    };
    expect(Object.keys(answers).sort()).toEqual(rendered.map(({ path }) => path).sort());
    // What a schema does not know it leaves out.
    for (const { path, output } of rendered) {
      const answer = answers[path as keyof typeof answers];
      expect(schemaOf(output).parse(answer)).toEqual(answer);
    }
  });
});

test('the public type has the procedures of the router, neither more nor fewer', () => {
  expectTypeOf<PublicRouter['_def']['record']>().toEqualTypeOf<AppRouter['_def']['record']>();
});
