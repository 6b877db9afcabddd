import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Env } from '../env.ts';
import type { SessionTokens } from './session.ts';

/** A browser's session in cookies, which its JavaScript cannot read. */
export interface SessionCookies {
  /** The refresh token that came with the request. */
  readonly refreshToken: string | undefined;
  /**
   * Hands out both tokens; the refresh token stays as it is where there is none. `seconds`: how long the session goes
   * on if it is not used again.
   */
  keep(tokens: SessionTokens, seconds: number): void;
  /** Takes both back. */
  clear(): void;
}

/**
 * The cookies of this request, or null where there are none to read or to set: without an `Origin` it comes from no
 * script of a browser, or not for certain from one of an allowed page. That an `Origin` is allowed was checked
 * before.
 */
export function sessionCookies(
  request: IncomingMessage,
  response: ServerResponse,
  env: Env,
): SessionCookies | null {
  if (request.headers.origin === undefined) return null;
  const names = namesFor(env);
  // A page's own requests to its site only, whichever way they come about.
  const attributes = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: env.NODE_ENV === 'production',
  } as const;
  const set = (...cookies: { name: string; value: string; maxAge: number }[]): void => {
    const texts = cookies.map((cookie) => stringifySetCookie({ ...cookie, ...attributes }));
    response.setHeader('Set-Cookie', texts);
  };
  return {
    refreshToken: cookiesOf(request)[names.refresh],
    keep({ accessToken, refreshToken }, seconds) {
      const access = { name: names.access, value: accessToken, maxAge: env.ACCESS_TOKEN_SECONDS };
      if (refreshToken === null) set(access);
      else set(access, { name: names.refresh, value: refreshToken, maxAge: seconds });
    },
    clear: () => set(...Object.values(names).map((name) => ({ name, value: '', maxAge: 0 }))),
  };
}

/**
 * The access token that came in a cookie, if no other site can have made the browser send it: from an allowed
 * `Origin`, which was checked before, or by a page of this very origin.
 */
export function accessTokenInCookie(request: IncomingMessage, env: Env): string | undefined {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined && site !== 'same-origin') return undefined;
  return cookiesOf(request)[namesFor(env).access];
}

/** `__Host-` keeps other names of the same site from setting them, and needs TLS. Development has none. */
function namesFor({ NODE_ENV }: Env): { access: string; refresh: string } {
  const prefix = NODE_ENV === 'production' ? '__Host-' : '';
  return { access: `${prefix}parley-access`, refresh: `${prefix}parley-refresh` };
}

const cookiesOf = (request: IncomingMessage) => parseCookie(request.headers.cookie ?? '');
