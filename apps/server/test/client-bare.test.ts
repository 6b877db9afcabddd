import { createContext, runInContext } from 'node:vm';
import type { createClient } from '@parley/client';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { bundle } from '../../../packages/client/test/bundle.ts';
import { serverForAll } from './server.ts';

const server = serverForAll();

/** What a runtime has to have, beside the language itself; what else is used is given in the options. */
const FEW = { setTimeout, clearTimeout, AbortController };

test('the client runs where there is no DOM and no Node, but timers and an AbortController', async () => {
  const { entry } = await bundle('iife');
  const world = createContext({ ...FEW });
  const { connect } = runInContext(`${entry.code}; application`, world) as { connect: typeof createClient };
  expect(runInContext('typeof URL + typeof process + typeof window + typeof fetch', world)).toBe(
    'undefined'.repeat(4),
  );
  const [alice, bob] = await server.people.all('alice', 'bob');
  const given = { fetch, WebSocket: WebSocket as never };
  const chat = connect({ url: server.nodes[0].url, ...given });
  const { username, password } = alice.credentials;
  await chat.login({ login: username, password });
  const { conversationId } = await chat.messages.send({ toUserId: bob.id, text: 'from nowhere' }).result;
  const heard: string[] = [];
  chat.on('message.created', ({ message }) => heard.push(message.text));
  await bob.say(conversationId, 'hello');
  await expect.poll(() => heard).toContain('hello');
  await chat.messages.markRead({ conversationId, seq: 2 });
  expect(chat.state.get().conversations?.[conversationId]?.me.readSeq).toBe(2);
  await chat.logout();
  await chat.close();
});
