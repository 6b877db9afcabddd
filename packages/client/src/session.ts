import { isParleyError } from './errors.ts';
import { rethrowLater } from './platform.ts';
import { createStore, type Readable } from './store.ts';
import { isRefusal } from './sync/retry.ts';

/** Where the tokens are kept. Anything with these three will do, synchronous or not. */
export interface Storage {
  get(key: string): MaybePromise<string | null | undefined>;
  set(key: string, value: string): MaybePromise<unknown>;
  remove(key: string): MaybePromise<unknown>;
}
type MaybePromise<Value> = Value | Promise<Value>;

/** Keeps nothing beyond the life of the page or process. */
export function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
  };
}

/** What `auth.login`, `auth.register` and `auth.refresh` answer with. */
export interface Tokens {
  sessionId: string;
  accessToken: string;
  /** ISO 8601. */
  accessTokenExpiresAt: string;
  refreshToken: string;
}

export interface AuthOptions {
  /**
   * For an application with a sign-in of its own: gives the access token, freshly for every connection. Null
   * when nobody is signed in. Without it, the client keeps and refreshes the tokens of `login` and `register`.
   */
  getToken?: () => MaybePromise<string | null>;
  /** The session is over: it was revoked, or its token is not taken any more. Somebody has to log in again. */
  onSessionExpired?: () => void;
}

export type SessionStatus = 'signed-out' | 'signed-in' | 'expired';

/** Who the client is: its tokens, and whether the server takes them. */
export interface Session {
  readonly status: Readable<SessionStatus>;
  /** Its id; null when it is not known, as with `getToken`. */
  id(): string | null;
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
  adopt(tokens: Tokens): Promise<void>;
  /** The session is over, by the server's word. */
  expire(): void;
  /** Signs out on this device. */
  forget(): Promise<void>;
}

const STORAGE_KEY = 'parley.session';
/**
 * An access token is renewed this long before its end: before the server asks for a connection with another
 * one, a minute before it.
 */
const MARGIN_MS = 75_000;
/** A token just received counts as good for this long, whatever a wrong clock makes of its end. */
const FRESH_MS = 20_000;

export function createSession(
  options: AuthOptions,
  storage: Storage,
  refresh: (refreshToken: string) => Promise<Tokens>,
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
    : keptSession(storage, refresh, onExpired);
}

/** The tokens are ours to keep and to refresh. */
function keptSession(
  storage: Storage,
  refresh: (refreshToken: string) => Promise<Tokens>,
  onExpired: () => void,
): Session {
  const status = createStore<SessionStatus>('signed-out');
  const refusals = countRefusals();
  let kept: Tokens | null = null;
  let goodUntil = 0;
  let renewing: Promise<void> | null = null;

  /** A storage that fails does not end the session: it just does not outlive the application then. */
  const store = (change: () => MaybePromise<unknown>) => Promise.resolve().then(change).catch(rethrowLater);

  async function take(tokens: Tokens): Promise<void> {
    kept = tokens;
    goodUntil = Math.max(Date.parse(tokens.accessTokenExpiresAt) - MARGIN_MS, Date.now() + FRESH_MS);
    await store(() => storage.set(STORAGE_KEY, JSON.stringify(tokens)));
  }

  async function drop(to: SessionStatus): Promise<void> {
    kept = null;
    status.set(to);
    await store(() => storage.remove(STORAGE_KEY));
  }

  function expire(): void {
    if (!kept) return;
    void drop('expired');
    onExpired();
  }

  /** Only one at a time: a refresh token is good for one use. */
  async function renew({ refreshToken }: Tokens): Promise<void> {
    const isCurrent = () => kept?.refreshToken === refreshToken;
    try {
      const tokens = await refresh(refreshToken);
      if (isCurrent()) await take(tokens);
    } catch (error) {
      const ended = isRefusal(error, 0) || isParleyError(error, 'UNAUTHENTICATED');
      if (!ended) throw error;
      if (isCurrent()) expire();
    }
  }

  return {
    status,
    id: () => kept?.sessionId ?? null,
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
      const tokens = readTokens(await storage.get(STORAGE_KEY));
      if (kept || !tokens) return;
      kept = tokens;
      goodUntil = Date.parse(tokens.accessTokenExpiresAt) - MARGIN_MS;
      status.set('signed-in');
    },
    async adopt(tokens) {
      refusals.reset();
      await take(tokens);
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

/** The tokens that were stored; null for whatever else is found there. */
function readTokens(text: string | null | undefined): Tokens | null {
  try {
    const { sessionId, accessToken, accessTokenExpiresAt, refreshToken } = JSON.parse(text ?? 'null') ?? {};
    const tokens = { sessionId, accessToken, accessTokenExpiresAt, refreshToken };
    return Object.values(tokens).every((value) => typeof value === 'string') ? tokens : null;
  } catch {
    return null;
  }
}
