import { createTRPCClient } from '@trpc/client';
import type { Api, AppRouter } from './api-type.ts';
import { autoTransport } from './auto-transport.ts';
import type { ClientOptions } from './chat-client.ts';
import { isParleyError } from './errors.ts';
import { httpTransport } from './http-transport.ts';
import { type Fetch, platform } from './platform.ts';
import { createSession, type Session } from './session.ts';
import { opensSocket, socketTransport } from './socket-transport.ts';
import { memoryStorage } from './storage.ts';
import type { Source } from './sync/follow.ts';
import { ANSWER_WITHIN_MS } from './sync/retry.ts';
import { timed } from './timed.ts';
import { openLink, type Transport } from './transport.ts';

/** The server as the client reaches it. */
export interface Server {
  /** For whoever is signed in. */
  api: Api;
  /** For `auth.login` and `auth.register`. */
  strangers: Api;
  session: Session;
  /** Where a session that begins keeps its refresh token. */
  refreshTokenIn: 'body' | 'cookie';
  transport: Transport;
  /** Without tokens and cookies: for addresses that are signed. */
  fetch: Fetch;
}

export function reachServer(options: ClientOptions): Server {
  const url = withoutEndSlash(options.url);
  const plainFetch = fetchOf(options);
  const fetch: Fetch = options.auth?.cookie
    ? (address, init) => plainFetch(address, { ...init, credentials: 'include' })
    : plainFetch;
  const strangers = createTRPCClient<AppRouter>({ links: [openLink(url, fetch)] });
  const session = createSession(
    options.auth ?? {},
    options.auth?.storage ?? options.storage ?? memoryStorage(),
    (refreshToken) =>
      timed(ANSWER_WITHIN_MS, (signal) => strangers.auth.refresh.mutate({ refreshToken }, within(signal))),
    platform.navigator?.locks,
  );
  const transport = createTransport(options, url, fetch, session);
  const api = createTRPCClient<AppRouter>({ links: [transport.link] });
  const refreshTokenIn = options.auth?.cookie ? 'cookie' : 'body';
  return { api, strangers, session, refreshTokenIn, transport, fetch: plainFetch };
}

const fetchOf = (options: ClientOptions): Fetch =>
  options.fetch ?? ((address, init) => platform.fetch!(address, init));

/** No regular expression: what is fast for it is more than older browsers know. */
const withoutEndSlash = (url: string): string =>
  url.endsWith('/') ? withoutEndSlash(url.slice(0, -1)) : url;

function createTransport(options: ClientOptions, url: string, fetch: Fetch, session: Session): Transport {
  const { transport = 'auto', EventSource } = options;
  const WebSocket = options.WebSocket ?? platform.WebSocket;
  if (transport === 'sse') return httpTransport(url, EventSource, fetch, session);
  if (!WebSocket) throw new Error('This runtime has no WebSocket: pass one');
  const canFallBack = EventSource !== undefined || platform.MessageEvent !== undefined;
  if (transport === 'ws' || !canFallBack) return socketTransport(url, WebSocket, fetch, session);
  return autoTransport({
    overSockets: (news) => socketTransport(url, WebSocket, fetch, session, news),
    overHttp: httpTransport(url, EventSource, fetch, session),
    // It is open to every origin, and to none with its cookies.
    answers: async () => (await timed(ANSWER_WITHIN_MS, () => fetchOf(options)(`${url}/healthz`))).ok,
    opens: () => opensSocket(url, WebSocket),
  });
}

/** What following the log needs, over this transport. */
export function sourceOf({ api, transport }: Server): Source {
  return {
    bootstrap: (signal) => api.sync.bootstrap.query(undefined, within(signal)),
    conversation: (conversationId, signal) => api.conversations.get.query({ conversationId }, within(signal)),
    stream: (lastEventId, { started, item, ended }) =>
      api.events.stream.subscribe(
        { lastEventId },
        {
          onStarted: started,
          onData: ({ id, data }) => item(id, data),
          onError(error) {
            if (isParleyError(error, 'UNAUTHENTICATED')) transport.refused();
            ended();
          },
          onComplete: ended,
          onConnectionStateChange: ({ error }) => error && !transport.resumes && ended(),
        },
      ),
  };
}

/** A call's options. tRPC's types want a DOM's signal; ours is known by its shape. */
export const within = (signal: object): { signal: never } => ({ signal: signal as never });
