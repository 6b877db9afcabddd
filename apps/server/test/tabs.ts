import { setImmediate as turn } from 'node:timers/promises';
import { memoryStorage, type TokenStorage } from '@parley/client';
import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { expect } from 'vitest';
import { createSession, type Session } from '../../../packages/client/src/session.ts';
import type { AppRouter } from '../src/public.ts';
import { Browser, PAGE } from './browser.ts';
import { ManualClock, testServer } from './server.ts';

/** Waits for some turns of the loop: what two tabs do comes in whatever order. */
async function dawdle(most: number): Promise<void> {
  for (let turns = Math.floor(Math.random() * most); turns > 0; turns--) await turn();
}

/** As that of React Native: everything takes a while. */
function slowStorage(): TokenStorage {
  const storage = memoryStorage();
  const slowly = async <Value>(work: () => Value): Promise<Awaited<Value>> => {
    await dawdle(5);
    return await work();
  };
  return {
    get: (key) => slowly(() => storage.get(key)),
    set: (key, value) => slowly(() => storage.set(key, value)),
    remove: (key) => slowly(() => storage.remove(key)),
  };
}

/** Two tabs of one person, on two nodes, renew their session at the same moment again and again: both stay signed in. */
async function raceTabs(races: number, storage: TokenStorage, cookie: boolean): Promise<void> {
  const clock = new ManualClock();
  await using server = await testServer({ clock, nodes: 2, env: { ALLOWED_ORIGINS: PAGE } });
  const alice = await server.people.join('alice');
  const { username: login, password } = alice.credentials;
  const browser = new Browser();
  const apis = [0, 1].map((node) => {
    const fetch = async (url: URL | string, init: object = {}): Promise<Response> => {
      await dawdle(20);
      const response = await browser.fetch(url, { ...init, ...(cookie && { credentials: 'include' }) });
      await dawdle(20);
      if (Math.random() < 0.1) throw new TypeError('the answer got lost');
      return response;
    };
    const link = httpLink({ url: server.people.url(node), transformer: superjson, fetch: fetch as never });
    return createTRPCClient<AppRouter>({ links: [link] });
  });
  let expired = 0;
  const tabs = apis.map((api) =>
    createSession({ cookie, onSessionExpired: () => void expired++ }, storage, (refreshToken) =>
      api.auth.refresh.mutate({ refreshToken }),
    ),
  );
  const input = { login, password, refreshTokenIn: cookie ? 'cookie' : 'body' } as const;
  const response = await browser.fetch(`${server.people.url(0)}/auth.login`, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ json: input }),
  });
  const { result } = (await response.json()) as never as { result: { data: { json: never } } };
  await tabs[0]!.adopt(result.data.json);
  await tabs[1]!.restore();

  /** The token of a tab that was told that its own ends. Who gets no answer asks again. */
  async function renewed(tab: Session, retire: boolean): Promise<string> {
    for (;;) {
      try {
        const token = await tab.token();
        if (!retire) return token!;
        tab.retire(token!);
        retire = false;
      } catch (error) {
        if (!(error instanceof Error) || !/lost/.test(error.message)) throw error;
      }
    }
  }

  for (let race = 0; race < races; race++) {
    // Now and then one sleeps while the other goes on.
    const awake = race % 7 === 0 ? tabs.slice(race % 2, (race % 2) + 1) : tabs;
    const tokens = await Promise.all(
      awake.map(async (tab) => {
        await dawdle(10);
        return renewed(tab, true);
      }),
    );
    for (const token of tokens) expect(token).toMatch(/\./);
    clock.advance([0, 1_000, 60_000, 600_000][race % 4]!);
  }
  expect(expired).toBe(0);
  expect(tabs.map(({ status }) => status.get())).toEqual(['signed-in', 'signed-in']);
  const { prisma, pool } = server.nodes[0].app.database;
  expect(await prisma.session.count({ where: { endedAt: null } })).toBe(2);
  const { rows } = await pool.query("SELECT 1 FROM events WHERE type = 'session.ended'");
  expect(rows).toEqual([]);
}

/** What tabs keep their session in, by name. */
export const TABS: [what: string, race: (races: number) => Promise<void>][] = [
  ['a slow storage', (races) => raceTabs(races, slowStorage(), false)],
  ['cookies', (races) => raceTabs(races, memoryStorage(), true)],
];
