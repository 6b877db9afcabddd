/**
 * A process of its own that chats, and measures how long a message takes from its sender to its receiver. What
 * the test does meanwhile in its own process does not stand in its way.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { v7 } from 'uuid';
import { People } from './people.ts';

/** Milliseconds between two messages. */
const EVERY = 5;

export interface Witness extends Disposable {
  /** Chats for so many seconds, and resolves with the time that 99 of 100 messages took at most, in milliseconds. */
  p99(seconds: number): Promise<number>;
}

export async function startWitness(url: string): Promise<Witness> {
  const child = fork(fileURLToPath(import.meta.url), [url], { execArgv: [] });
  await once(child, 'message');
  return {
    async p99(seconds) {
      child.send(seconds);
      const [p99] = await once(child, 'message');
      return p99;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

async function main(parent: NodeJS.Process & Pick<ChildProcess, 'send'>): Promise<void> {
  const people = new People([{ url: process.argv[2]! }]);
  const [alice, bob] = await people.all('alice', 'bob');
  const conversationId = await alice.talkTo(bob);
  const stream = await bob.subscribe();
  const { api } = alice.socket();
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  stream.onItem = (item) => {
    if (item.type === 'message.created') took.push(performance.now() - sentAt.get(item.message.text)!);
  };
  process.on('message', async (seconds: number) => {
    took.length = 0;
    sentAt.clear();
    const end = performance.now() + seconds * 1_000;
    for (let n = 0; performance.now() < end; n++) {
      const text = `${end} ${n}`;
      sentAt.set(text, performance.now());
      void api.messages.send.mutate({ conversationId, text, clientMessageId: v7() });
      await sleep(EVERY);
    }
    while (took.length < sentAt.size) await sleep(EVERY);
    parent.send!(took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)]!);
  });
  parent.send!('ready');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process as never);
