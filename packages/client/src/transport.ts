import { httpBatchLink, type TRPCLink } from '@trpc/client';
import type { AppRouter } from './api-type.ts';
import type { Fetch } from './platform.ts';
import type { Session } from './session.ts';
import { CALLS_PER_BATCH } from './sync/frames.ts';
import { transformer } from './transformer.ts';

/** How calls of somebody who is signed in reach the server. */
export interface Transport {
  link: TRPCLink<AppRouter>;
  /** Whether a lost connection comes back by itself, with its subscriptions; if not, they have to be made anew. */
  readonly resumes: boolean;
  /** Begins to keep a connection. */
  open(news: TransportNews): void;
  /** The stream's subscription was answered with `UNAUTHENTICATED`. */
  refused(): void;
  /** Connects now instead of at the end of a wait, and finds out whether what seems open is. */
  wake(): void;
  /** Breaks what there is: it is known to lead nowhere. It is tried again as after any loss. */
  drop(): void;
  /** Ends the connection; calls that wait for an answer are rejected. */
  close(): void;
}

/** What a transport tells of its connection. */
export interface TransportNews {
  /** It is lost, or does not come about. */
  lost(): void;
  /** It is another one: the stream has to be taken up anew, at once. */
  moved(): void;
}

/** Calls of one turn of the loop in one request; a page's address stays below what proxies take. */
const BATCH = { maxItems: CALLS_PER_BATCH, maxURLLength: 4_000 };

/**
 * For `auth.login`, `auth.register` and `auth.refresh`: over HTTP, without a token, one by one. The link that is made for that
 * looks for files in what it sends, with globals that not every runtime has.
 */
export const openLink = (url: string, fetch: Fetch): TRPCLink<AppRouter> =>
  httpBatchLink({ url: `${url}/trpc`, transformer, fetch: fetch as never, maxItems: 1 });

export const callLink = (url: string, fetch: Fetch): TRPCLink<AppRouter> =>
  httpBatchLink({ url: `${url}/trpc`, transformer, fetch: fetch as never, ...BATCH });

/** `fetch` with the session's token; once more with another one where the server does not take it. */
export function authorised(fetch: Fetch, session: Session): Fetch {
  return async (url, init) => {
    for (;;) {
      const token = await session.token();
      const response = await fetch(url, withToken(init, token));
      if (token === null) return response;
      if (response.status !== 401) {
        session.accepted();
        return response;
      }
      session.refused(token);
      if (session.status.get() !== 'signed-in') return response;
    }
  };
}

export const withToken = (init: Parameters<Fetch>[1], token: string | null): Parameters<Fetch>[1] =>
  token === null ? init : { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } };
