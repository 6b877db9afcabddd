import { splitLink } from '@trpc/client';
import { type EventSourceConstructor, watchEventSource } from './event-source.ts';
import { eventStreamLink } from './event-stream.ts';
import { type Fetch, platform } from './platform.ts';
import type { Session } from './session.ts';
import { authorised, callLink, type Transport, type TransportNews, withToken } from './transport.ts';

/** The server says something every 15 seconds: a stream that is silent for longer is a broken one. */
const SILENT_MS = 20_000;
/** A stream begins within this time. */
const OPEN_WITHIN_MS = 3_000;
/** A call has an answer within this time, or the stream is looked at as well. */
const ANSWER_WITHIN_MS = 5_000;

/** Everything over HTTP: calls as requests, the stream as server-sent events. */
export function httpTransport(
  url: string,
  EventSource: EventSourceConstructor | undefined,
  fetch: Fetch,
  session: Session,
): Transport {
  let token: string | null = null;
  let news: TransportNews | null = null;
  /** When the stream was begun, or was last heard of; as `Date.now()`. */
  let stream: { isOpen: boolean; at: number } | null = null;

  const events = watchEventSource(EventSource, () => {
    stream = { isOpen: true, at: Date.now() };
  });
  /** The answer's status says nothing here: a refusal comes as the stream's first event. */
  const streamFetch: Fetch = async (address, init) => {
    token = await session.token();
    // An EventSource gives a URL where a `fetch` of ours is promised a text.
    return fetch(String(address), withToken(init, token));
  };
  const callFetch = authorised(whenLate(fetch, look), session);

  /** Takes the stream up anew if nothing comes by it any more. */
  function look(): void {
    if (!stream || !news) return;
    const silence = Date.now() - stream.at;
    if (silence < (stream.isOpen ? SILENT_MS : OPEN_WITHIN_MS)) return;
    stream = null;
    news.lost();
    news.moved();
  }

  return {
    link: splitLink({
      condition: ({ type }) => type === 'subscription',
      true: eventStreamLink(url, async (address) => {
        await events.load();
        stream = { isOpen: false, at: Date.now() };
        return events.open(address, streamFetch);
      }),
      false: callLink(url, callFetch),
    }),
    resumes: false,
    open(told) {
      news = told;
    },
    refused() {
      if (token !== null) session.refused(token);
    },
    wake: look,
    drop() {},
    close() {
      news = null;
      stream = null;
    },
  };
}

/** `fetch`, and a word when an answer is long in coming. */
function whenLate(fetch: Fetch, tell: () => void): Fetch {
  return async (url, init) => {
    const timer = platform.setTimeout(tell, ANSWER_WITHIN_MS);
    try {
      return await fetch(url, init);
    } finally {
      platform.clearTimeout(timer);
    }
  };
}
