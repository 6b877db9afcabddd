import { rethrowLater } from './platform.ts';
import type { KeptSession } from './session.ts';
import type { TokenStorage } from './storage.ts';

/**
 * The session in a storage that several tabs may share: that of whoever signed in last. One thing after the other,
 * and a storage that fails does not end the session: it just does not outlive the application then.
 */
export interface KeptTokens {
  read(): Promise<KeptSession | null>;
  /** Somebody has signed in. */
  replace(tokens: KeptSession): Promise<void>;
  /** A refresh token was used for these. Answers the session's newest tokens, which may be another tab's. */
  renew(used: KeptSession, tokens: KeptSession): Promise<KeptSession>;
  /** The session is over. */
  remove(tokens: KeptSession): Promise<void>;
}

const STORAGE_KEY = 'parley.session';

/** With its refresh token in a cookie, all that is stored of a session is that there is one. */
export function keepTokens(storage: TokenStorage, inCookie: boolean): KeptTokens {
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(work: () => Promise<Value>, otherwise: Value): Promise<Value> {
    const result = last.then(work).catch((error: unknown) => {
      rethrowLater(error);
      return otherwise;
    });
    last = result;
    return result;
  }

  const read = async () => readTokens(await storage.get(STORAGE_KEY), inCookie);
  const write = async (tokens: KeptSession): Promise<void> => {
    const { sessionId, userId } = tokens;
    await storage.set(STORAGE_KEY, JSON.stringify(inCookie ? { sessionId, userId } : tokens));
  };

  return {
    read: () => inTurn(read, null),
    replace: (tokens) => inTurn(() => write(tokens), undefined),
    renew: (used, tokens) =>
      inTurn(async () => {
        const stored = await read();
        if (stored && stored.refreshToken !== used.refreshToken && isNewer(stored, tokens)) return stored;
        if (!stored || stored.sessionId === tokens.sessionId) await write(tokens);
        return tokens;
      }, tokens),
    remove: (tokens) =>
      inTurn(async () => {
        const stored = await read();
        if (stored?.sessionId === tokens.sessionId) await storage.remove(STORAGE_KEY);
      }, undefined),
  };
}

/** Whether these are other tokens of the same session, and no older ones: those that another tab was given since. */
export const isNewer = (one: KeptSession, other: KeptSession): boolean =>
  one.sessionId === other.sessionId &&
  one.refreshToken !== other.refreshToken &&
  Date.parse(one.accessTokenExpiresAt) >= Date.parse(other.accessTokenExpiresAt);

/** The tokens that were stored; null for whatever else is found there. */
function readTokens(text: string | null | undefined, inCookie: boolean): KeptSession | null {
  try {
    const { sessionId, accessToken, accessTokenExpiresAt, refreshToken, userId } =
      JSON.parse(text ?? 'null') ?? {};
    // Those of an older version of the client do not say whose they are.
    const whose = typeof userId === 'string' ? { userId } : {};
    if (inCookie) return typeof sessionId === 'string' ? { ...withoutTokens(sessionId), ...whose } : null;
    const tokens = { sessionId, accessToken, accessTokenExpiresAt, refreshToken };
    return Object.values(tokens).every((value) => typeof value === 'string') ? { ...tokens, ...whose } : null;
  } catch {
    return null;
  }
}

/** A session that has to be renewed before anything else: its access token has ended long ago, as it were. */
const withoutTokens = (sessionId: string): KeptSession => ({
  sessionId,
  refreshToken: null,
  accessToken: '',
  accessTokenExpiresAt: new Date(0).toISOString(),
});
