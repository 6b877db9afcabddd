// What is asked for now and then, and is no part of the state, by TanStack Query over `chat.api`: it keeps the answers. What
// the stream keeps up to date comes from the hooks, and is in no second cache.
import { createClient, isParleyError } from '@parley/client';
import { ChatProvider, useChat, useMe } from '@parley/client/react';
import {
  QueryClient,
  QueryClientProvider,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const chat = createClient({ url: 'https://chat.example.com' });
const queries = new QueryClient({
  // The server's refusals are final.
  defaultOptions: { queries: { retry: (count, error) => count < 3 && !isParleyError(error) } },
});

export const App = () => (
  <QueryClientProvider client={queries}>
    <ChatProvider client={chat}>
      <Search />
      <Sessions />
    </ChatProvider>
  </QueryClientProvider>
);

/** People by their names. */
function Search() {
  const { api } = useChat();
  const [text, setText] = useState('');
  const found = useQuery({
    queryKey: ['users.search', text],
    queryFn: ({ signal }) => api.users.search.query({ query: text }, { signal }),
    enabled: text.length > 1,
  });
  return (
    <section>
      <input value={text} onChange={({ target }) => setText(target.value)} />
      {found.data?.users.map(({ id, username }) => (
        <p key={id}>{username}</p>
      ))}
    </section>
  );
}

/** Where this person is signed in. An event of the stream says when to ask again. */
function Sessions() {
  const chat = useChat();
  const me = useMe();
  const cache = useQueryClient();
  const queryKey = ['auth.sessions', me?.id];
  const sessions = useQuery({ queryKey, queryFn: () => chat.api.sessions.list.query(), enabled: !!me });
  const end = useMutation({
    mutationFn: (sessionId: string) => chat.api.sessions.revoke.mutate({ sessionId }),
  });
  useEffect(() => {
    const again = () => void cache.invalidateQueries({ queryKey: ['auth.sessions'] });
    const stop = [chat.on('session.started', again), chat.on('session.ended', again)];
    return () => {
      for (const one of stop) one();
    };
  }, [chat, cache]);
  return (
    <section>
      {sessions.data?.map(({ id, device }) => (
        <button type="button" key={id} onClick={() => end.mutate(id)}>
          {device}
        </button>
      ))}
      {isParleyError(end.error, 'NOT_FOUND') && <p role="alert">It had ended already.</p>}
    </section>
  );
}
