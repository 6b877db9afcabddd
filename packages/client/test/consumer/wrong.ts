// What an application might write by mistake. Each marked line has to be refused.
import { createClient, isParleyError } from '@parley/client';

// @ts-expect-error nobody knows where the server is
createClient({ transport: 'ws' });
// @ts-expect-error a browser's storage has other methods: webStorage(localStorage)
createClient({ url: 'https://chat.example.com', storage: localStorage });
// @ts-expect-error there is no such transport
createClient({ url: 'https://chat.example.com', transport: 'carrier pigeon' });
const chat = createClient({ url: 'https://chat.example.com', transport: 'ws' });

// @ts-expect-error the password is missing
void chat.login({ login: 'alice' });
// @ts-expect-error there is no such procedure
void chat.api.messages.shout;
// @ts-expect-error a query does not change anything
void chat.api.sync.bootstrap.mutate();
// @ts-expect-error the conversation's id is missing
void chat.api.messages.list.query({ limit: 10 });
// @ts-expect-error a seq is a number
void chat.api.messages.markRead.mutate({ conversationId: 'x', seq: '1' });
// @ts-expect-error a text is a string
chat.messages.send({ conversationId: 'x', text: 1 });
// @ts-expect-error there is no such event
chat.on('message.shouted', () => {});
// @ts-expect-error a message has a text and no body
chat.on('message.created', ({ message }) => message.body);
// @ts-expect-error the state is read, not written
chat.state.get().me = undefined;
// @ts-expect-error what was not loaded may be undefined
void chat.state.get().conversations['x'];

export async function own(): Promise<void> {
  const me = await chat.api.users.me.query();
  // @ts-expect-error the server keeps this to itself
  void me.passwordHash;
  try {
    await chat.logout();
  } catch (error) {
    // @ts-expect-error there is no such code
    isParleyError(error, 'TEAPOT');
    // @ts-expect-error this code carries no limit
    if (isParleyError(error, 'NOT_FOUND')) void error.data.limit;
  }
}
