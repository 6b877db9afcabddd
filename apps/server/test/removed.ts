import { expect } from 'vitest';
import type { TestServer } from './server.ts';

/**
 * Somebody who listens on both nodes, over both transports, is removed while so many messages flow: each stream has what
 * was said before the removal, and not one event after it.
 */
export async function removeWhileTheyFlow({ people }: TestServer, messages: number): Promise<void> {
  const [alice, bob, carol] = await people.all('alice', 'bob', 'carol');
  const group = await alice.startGroup('tea', bob, carol);
  const streams = await Promise.all(
    [0, 1].flatMap((node) => (['ws', 'sse'] as const).map((transport) => bob.subscribe({ transport, node }))),
  );
  const witness = await carol.subscribe({ node: 1 });
  const sending = Array.from({ length: messages }, (_, n) => (n % 2 ? alice : carol).say(group, `${n}`));
  await Promise.race(streams.map((stream) => stream.when(() => stream.texts.length > messages / 5)));
  await alice.on(1).groups.removeMember.mutate({ conversationId: group, userId: bob.id });
  await Promise.all(sending);
  await witness.when(() => witness.texts.length === messages);
  // What comes after the flood, on his own topic: all that was for him before it has come.
  const other = await people.join('dave');
  await bob.talkTo(other);
  const fromFirstMessage = ({ events }: typeof witness) =>
    events.slice(events.findIndex(({ type }) => type === 'message.created'));
  const seen = fromFirstMessage(witness);
  const theirs = seen.slice(0, seen.findIndex(({ type }) => type === 'member.removed') + 1);
  for (const stream of streams) {
    const { data } = await stream.until(
      (item) => item.type === 'conversation.created' && item.actorId === bob.id,
    );
    expect(fromFirstMessage(stream)).toEqual([...theirs, data]);
  }
}
