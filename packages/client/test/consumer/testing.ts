// What a team's own tests look like. It compiles as it stands.
import { createClient } from '@parley/client';
import { startTestServer, unreliable } from '@parley/client/testing';

export async function test(): Promise<string[]> {
  await using server = await startTestServer({ env: { APP_NAME: 'Tea' } });
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  const link = unreliable({ ...bob.options, transport: 'ws' }, { seed: 7 });
  link.drop(0.05);
  link.delay(10, 200);
  link.duplicate(0.1);
  link.reorder(0.1);
  const transport: 'ws' = link.options.transport;
  // @ts-expect-error without a seed it would be another one each time
  unreliable(bob.options);
  // @ts-expect-error a name is needed
  void server.register();
  const chat = createClient(alice.options);
  await chat.messages.send({ toUserId: bob.id, text: 'hello' }).result;
  await chat.close();
  link.heal();
  return [transport, server.url, alice.password];
}
