import { isDeepStrictEqual } from 'node:util';
import {
  type ChatClient,
  type ChatState,
  createClient,
  emptyState,
  type Readable,
  type Sending,
  takeBootstrap,
} from '@parley/client';
import fc from 'fast-check';
import { expect } from 'vitest';
import { Cable } from './cable.ts';
import type { Person } from './people.ts';
import { type TestServer, testServer } from './server.ts';

/**
 * Random people on random devices do random things, while their cables are pulled, and plugged into another
 * node, and lose, delay, double and reorder what goes over them. At the end every device shows what the server
 * has, and every send is there once, or was refused.
 *
 * A failure prints its seed and path; PARLEY_SEED runs one again.
 */

const NAMES = ['alice', 'bob', 'carol'] as const;
const DEVICES = 2;

type Command =
  | { do: 'say' | 'read' | 'cut' | 'pull' | 'plug'; who: number; device: number; where: number }
  | {
      do: 'worsen';
      who: number;
      where: number;
      device: number;
      drop: number;
      delay: number;
      duplicate: number;
      reorder: number;
    }
  | { do: 'group' | 'direct' | 'add' | 'remove' | 'leave'; who: number; whom: number; where: number };

const who = fc.nat({ max: NAMES.length - 1 });
const where = fc.nat({ max: 2 });
const onDevice = (weight: number, action: 'say' | 'read' | 'cut' | 'pull' | 'plug') => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(action), who, device: fc.nat({ max: DEVICES - 1 }), where }),
});
const onServer = (weight: number, action: 'group' | 'direct' | 'add' | 'remove' | 'leave') => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(action), who, whom: who, where }),
});
/** How a cable gets worse: often in one way alone, and seldom so much that nothing goes over it. */
const worsen = fc.record({
  do: fc.constant('worsen' as const),
  who,
  where,
  device: fc.nat({ max: DEVICES - 1 }),
  drop: fc.constantFrom(0, 0, 0.03, 0.1),
  delay: fc.constantFrom(0, 0, 20, 100),
  duplicate: fc.constantFrom(0, 0, 0.2, 1),
  reorder: fc.constantFrom(0, 0, 0.2, 0.7),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  onDevice(10, 'say'),
  onDevice(3, 'read'),
  onDevice(2, 'cut'),
  onDevice(1, 'pull'),
  onDevice(2, 'plug'),
  { weight: 3, arbitrary: worsen },
  onServer(1, 'group'),
  onServer(1, 'direct'),
  onServer(3, 'add'),
  onServer(2, 'remove'),
  onServer(1, 'leave'),
);

interface Device {
  person: Person;
  chat: ChatClient;
  cable: Cable;
}

/** Tries so many random days, on two nodes. */
export async function converge(days: number): Promise<void> {
  await using server = await testServer({ nodes: 2 });
  const seed = process.env['PARLEY_SEED'];
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
      await using world = await createWorld(server);
      for (const each of commands) await world.run(each);
      await world.settle();
    }),
    { numRuns: seed ? 1 : days, ...(seed && { seed: Number(seed) }), endOnFailure: true },
  );
}

/** People of their own in the running server: a run sees nothing of the one before. */
async function createWorld(server: TestServer) {
  const people = await server.people.all(...NAMES);
  const devices: Device[][] = await Promise.all(
    people.map((person) =>
      Promise.all(Array.from({ length: DEVICES }, (_, n) => connect(server, person, n))),
    ),
  );
  const conversations: string[] = [await people[0].startGroup('tea', people[1])];
  const said: { sending: Sending; text: string; device: Device }[] = [];
  /** Those whose calls may have had no answer, or a second one. */
  const troubled = new Set<Device>();
  const marking: Promise<unknown>[] = [];
  let count = 0;

  async function run(command: Command): Promise<void> {
    const conversationId = conversations[command.where % conversations.length]!;
    const { groups } = people[command.who]!.api;
    if (['cut', 'pull', 'worsen'].includes(command.do) && 'device' in command)
      troubled.add(devices[command.who]![command.device]!);
    switch (command.do) {
      case 'say': {
        const text = `line ${count++}`;
        const device = devices[command.who]![command.device]!;
        said.push({ text, device, sending: device.chat.messages.send({ conversationId, text }) });
        break;
      }
      case 'read': {
        const { chat } = devices[command.who]![command.device]!;
        const seq = chat.state.get().conversations?.[conversationId]?.lastSeq;
        if (!seq) break;
        const { markRead, markDelivered } = chat.messages;
        // Refused if they are put out meanwhile.
        for (const mark of [markDelivered, ...(seq % 3 > 0 ? [markRead] : [])])
          marking.push(mark({ conversationId, seq }).catch(mustBeRefused));
        break;
      }
      case 'cut':
        return devices[command.who]![command.device]!.cable.cut();
      case 'pull':
        return devices[command.who]![command.device]!.cable.pull();
      case 'plug':
        return devices[command.who]![command.device]!.cable.plug(server.nodes[command.where % 2]);
      case 'worsen': {
        const { link } = devices[command.who]![command.device]!.cable;
        link.drop(command.drop);
        link.delay(0, command.delay);
        link.duplicate(command.duplicate);
        link.reorder(command.reorder);
        break;
      }
      case 'group':
        conversations.push(await people[command.who]!.startGroup(`group ${count++}`));
        break;
      case 'direct':
        if (command.who !== command.whom)
          conversations.push(await people[command.who]!.talkTo(people[command.whom]!));
        break;
      case 'add':
        await groups.addMembers
          .mutate({ conversationId, userIds: [people[command.whom]!.id] })
          .catch(mustBeRefused);
        break;
      case 'remove':
        await groups.removeMember
          .mutate({ conversationId, userId: people[command.whom]!.id })
          .catch(mustBeRefused);
        break;
      case 'leave':
        await groups.leave.mutate({ conversationId }).catch(mustBeRefused);
    }
  }

  /** Heals everything, waits until nothing is on its way, and compares. */
  async function settle(): Promise<void> {
    for (const { cable } of devices.flat()) cable.plug();
    const outcomes = await Promise.all(
      said.map(async ({ sending, text, device }) => ({
        text,
        message: await sending.result.catch(mustBeRefused),
        isUncertain: troubled.has(device),
      })),
    );
    await Promise.all(marking);
    await verifyStored(server, conversations, outcomes);
    for (const { person, chat } of devices.flat()) {
      const fresh = takeBootstrap(emptyState, await person.api.sync.bootstrap.query());
      const wanted = shown(fresh);
      await until(chat.state, (state) => isDeepStrictEqual(shown(state), wanted)).catch(() => {
        expect(shown(chat.state.get())).toEqual(wanted);
      });
      await verifyTimelines(person, chat.state.get());
    }
  }

  return {
    run,
    settle,
    async [Symbol.asyncDispose]() {
      await Promise.all(devices.flat().map(({ chat }) => chat.close()));
    },
  };
}

async function connect(server: TestServer, person: Person, n: number): Promise<Device> {
  const cable = new Cable(server.nodes[n % server.nodes.length]!, n);
  // Marks that go out by themselves take a second: the commands have marks of their own.
  const chat = createClient({ ...cable.options(n % 2 ? 'sse' : 'ws'), delivered: 'manual' });
  const { username, password } = person.credentials;
  await chat.login({ login: username, password });
  await until(chat.connection, (status) => status === 'live');
  return { person, chat, cable };
}

/** The typed refusals that the commands can meet; anything else is a fault. */
function mustBeRefused(error: { data?: { code?: string } }): null {
  const codes = ['NOT_FOUND', 'FORBIDDEN', 'NOT_A_GROUP', 'OWNER_MUST_TRANSFER'];
  if (!codes.includes(error.data?.code ?? '')) throw error;
  return null;
}

/**
 * Every acknowledged send is stored once, every refused one is not, and the seqs have no gap. One may be both: stored, the answer
 * lost, its sender put out, and refused when it was sent again.
 */
async function verifyStored(
  server: TestServer,
  conversations: string[],
  outcomes: { text: string; message: { id: string } | null; isUncertain: boolean }[],
): Promise<void> {
  const { rows } = await server.nodes[0].app.database.pool.query<{
    id: string;
    seq: number;
    conversation_id: string;
    text: string;
  }>('SELECT id, seq, conversation_id, text FROM messages WHERE conversation_id = ANY ($1) ORDER BY seq', [
    conversations,
  ]);
  const both = outcomes.filter(({ message, isUncertain }) => !message && isUncertain).map(({ text }) => text);
  const certain = rows.filter(({ text }) => !both.includes(text)).map(({ id }) => id);
  expect(certain.sort()).toEqual(outcomes.flatMap(({ message }) => message?.id ?? []).sort());
  expect(new Set(rows.map(({ text }) => text)).size).toBe(rows.length);
  for (const own of Map.groupBy(rows, (row) => row.conversation_id).values())
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_, n) => n + 1));
}

/** What a device shows at first sight, in a fixed order, and what it has still to send. */
const shown = ({ conversations, outbox }: ChatState) => ({
  // A refused one stays, to be sent again or cancelled.
  outbox: outbox.filter(({ status }) => status !== 'failed'),
  conversations: Object.entries(conversations ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([, { members: _, timeline: __, id, kind, title, memberCount, lastSeq, me, peer, lastMessage }]) => ({
        id,
        kind,
        title,
        memberCount,
        lastSeq,
        lastMessage,
        me: { role: me.role, joinedSeq: me.joinedSeq, readSeq: me.readSeq, deliveredSeq: me.deliveredSeq },
        peer: peer && { user: peer.user, readSeq: peer.readSeq, deliveredSeq: peer.deliveredSeq },
      }),
    ),
});

async function verifyTimelines(person: Person, state: ChatState): Promise<void> {
  for (const { id, timeline } of Object.values(state.conversations ?? {})) {
    const { from, to, messages } = timeline;
    const page = await person.api.messages.list.query({
      conversationId: id,
      after: Math.max(0, from - 1),
      limit: 100,
    });
    expect(messages).toEqual(page.messages.filter(({ seq }) => seq >= from && seq <= to));
  }
}

/** Resolves when what is followed fits; rejects when it does not for half a minute. */
function until<Value>(followed: Readable<Value>, fits: (value: Value) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => done(reject), 30_000);
    const done = (end: () => void) => {
      clearTimeout(giveUp);
      unsubscribe();
      end();
    };
    const look = () => fits(followed.get()) && done(resolve);
    const unsubscribe = followed.subscribe(look);
    look();
  });
}
