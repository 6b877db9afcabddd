import { isParleyError } from './errors.ts';
import { isNewer, type KeptTokens, keepTokens } from './kept-tokens.ts';
import { alone } from './locks.ts';
import { type Locks, rethrowLater } from './platform.ts';
import type { MaybePromise, TokenStorage } from './storage.ts';
import { createStore, type Readable } from './store.ts';
import { isRefusal } from './sync/retry.ts';

/** What `auth.login`, `auth.register` and `auth.refresh` answer with. */
export interface Tokens {
  sessionId: string;
  accessToken: string;
  /** ISO 8601. */
  accessTokenExpiresAt: string;
  /** Null where a cookie has it. */
  refreshToken: string | null;
}

/** The tokens of somebody: whose they are is kept beside them, so that it is known without the network. */
export interface KeptSession extends Tokens {
  userId?: string | undefined;
}

export interface AuthOptions {
  /**
   * For an application with a sign-in of its own: gives the access token, freshly for every connection. Null
   * when nobody is signed in. Without it, the client keeps and refreshes the tokens of `login` and `register`.
   */
  getToken?: () => MaybePromise<string | null>;
  /**
   * For web pages: the refresh token is kept in a cookie that no script can read, and nothing secret is stored. The
   * page's origin has to be one that the server allows, on the same site. `storage` then says after a restart
   * whether there is a session.
   */
  cookie?: boolean;
  /** Where the tokens are kept, if not in the `storage` of the client: a phone's SecureStore for one. */
  storage?: TokenStorage;
  /** The session is over: it was revoked, or its token is not taken any more. Somebody has to log in again. */
  onSessionExpired?: () => void;
}

export type SessionStatus = 'signed-out' | 'signed-in' | 'expired';

/** Who the client is: its tokens, and whether the server takes them. */
export interface Session {
  readonly status: Readable<SessionStatus>;
  /** Its id; null when it is not known, as with `getToken`. */
  id(): string | null;
  /** Whose it is; null when it is not known. */
  userId(): string | null;
  /** A token that is good for a while, refreshed if need be; null when nobody is signed in. */
  token(): Promise<string | null>;
  /** This token is about to end: the next one is another. */
  retire(token: string): void;
  /** The server did not take this token. The second time in a row, the session is over. */
  refused(token: string): void;
  /** The server takes our token. */
  accepted(): void;
  /** Takes the session that was kept, if there is one. */
  restore(): Promise<void>;
  adopt(tokens: KeptSession): Promise<void>;
  /** The session is over, by the server's word. */
  expire(): void;
  /** Signs out on this device. */
  forget(): Promise<void>;
}

/**
 * An access token is renewed this long before its end: before the server asks for a connection with another
 * one, a minute before it.
 */
const MARGIN_MS = 75_000;
/** A token just received counts as good for this long, whatever a wrong clock makes of its end. */
const FRESH_MS = 20_000;

export function createSession(
  options: AuthOptions,
  storage: TokenStorage,
  refresh: (refreshToken: string | null) => Promise<Tokens>,
  locks?: Locks,
): Session {
  const onExpired = (): void => {
    try {
      options.onSessionExpired?.();
    } catch (error) {
      rethrowLater(error);
    }
  };
  return options.getToken
    ? foreignSession(options.getToken, onExpired)
    : keptSession(keepTokens(storage, options.cookie ?? false), refresh, onExpired, locks);
}

/** The tokens are ours to keep and to refresh. */
function keptSession(
  storage: KeptTokens,
  refresh: (refreshToken: string | null) => Promise<Tokens>,
  onExpired: () => void,
  locks: Locks | undefined,
): Session {
  const status = createStore<SessionStatus>('signed-out');
  const refusals = countRefusals();
  let kept: KeptSession | null = null;
  let goodUntil = 0;
  let renewing: Promise<void> | null = null;

  function hold(tokens: KeptSession): void {
    kept = tokens;
    goodUntil = Date.parse(tokens.accessTokenExpiresAt) - MARGIN_MS;
  }

  /** Tokens that were received just now. */
  function take(tokens: KeptSession): void {
    hold(tokens);
    goodUntil = Math.max(goodUntil, Date.now() + FRESH_MS);
  }

  async function drop(to: SessionStatus): Promise<void> {
    const dropped = kept;
    kept = null;
    status.set(to);
    if (dropped) await storage.remove(dropped);
  }

  function expire(): void {
    if (!kept) return;
    void drop('expired');
    onExpired();
  }

  /** Only one at a time: a refresh token is good for one use. Another tab may have used ours, and stored the next. */
  const renew = (own: KeptSession): Promise<void> =>
    alone(locks, `parley.session.${own.sessionId}`, () => renewAlone(own));

  async function renewAlone(own: KeptSession): Promise<void> {
    const stored = await storage.read();
    if (kept !== own) return;
    if (!stored || !isNewer(stored, own)) return renewWith(own);
    hold(stored);
    if (Date.now() >= goodUntil) await renewWith(stored);
  }

  async function renewWith(own: KeptSession): Promise<void> {
    try {
      const tokens = { ...(await refresh(own.refreshToken)), userId: own.userId };
      if (kept !== own) return;
      // In another tab somebody has signed in since: the cookie is that session's now.
      if (tokens.sessionId !== own.sessionId) return expire();
      take(tokens);
      const newest = await storage.renew(own, tokens);
      if (kept === tokens && newest !== tokens) hold(newest);
    } catch (error) {
      const ended = isRefusal(error, 0) || isParleyError(error, 'UNAUTHENTICATED');
      if (!ended) throw error;
      if (kept === own) expire();
    }
  }

  return {
    status,
    id: () => kept?.sessionId ?? null,
    userId: () => kept?.userId ?? null,
    async token() {
      if (kept && Date.now() >= goodUntil) {
        renewing ??= renew(kept).finally(() => {
          renewing = null;
        });
        await renewing;
      }
      return kept?.accessToken ?? null;
    },
    retire(token) {
      if (token === kept?.accessToken) goodUntil = 0;
    },
    refused(token) {
      if (token !== kept?.accessToken) return;
      goodUntil = 0;
      if (refusals.add(token)) expire();
    },
    accepted: refusals.reset,
    async restore() {
      const tokens = await storage.read();
      if (kept || !tokens) return;
      hold(tokens);
      status.set('signed-in');
    },
    async adopt(tokens) {
      refusals.reset();
      take(tokens);
      await storage.replace(tokens);
      status.set('signed-in');
    },
    expire,
    forget: () => drop('signed-out'),
  };
}

/** The application signs people in by itself and gives us its tokens. */
function foreignSession(getToken: NonNullable<AuthOptions['getToken']>, onExpired: () => void): Session {
  const status = createStore<SessionStatus>('signed-in');
  const refusals = countRefusals();

  function expire(): void {
    if (status.get() !== 'signed-in') return;
    status.set('expired');
    onExpired();
  }

  return {
    status,
    id: () => null,
    userId: () => null,
    async token() {
      if (status.get() !== 'signed-in') return null;
      const token = await getToken();
      if (token !== null && token !== refusals.last()) return token;
      expire();
      return null;
    },
    retire() {},
    refused(token) {
      if (refusals.add(token)) expire();
    },
    accepted: refusals.reset,
    async restore() {},
    async adopt() {
      throw new Error("With auth.getToken, signing in is the application's");
    },
    expire,
    async forget() {
      status.set('signed-out');
    },
  };
}

/** Two different tokens in a row that the server did not take: more of them will not help. */
function countRefusals() {
  let last: string | null = null;
  let count = 0;
  return {
    last: () => last,
    /** Whether it was one too many. */
    add(token: string): boolean {
      if (token !== last) count += 1;
      last = token;
      return count >= 2;
    },
    reset(): void {
      last = null;
      count = 0;
    },
  };
}
