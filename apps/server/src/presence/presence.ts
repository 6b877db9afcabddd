import { setImmediate } from 'node:timers/promises';
import type { ChatEvent, Presence } from '@parley/contract';
import { LIMITS } from '@parley/contract';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { LogEntry } from '../events/entry.ts';
import { Ephemeral } from '../events/ephemeral.ts';
import type { EventLog } from '../events/log.ts';
import type { Connections } from '../sockets/connections.ts';
import { lastSeenOf, type Sight, watchedBy } from './audience.ts';
import { Here } from './here.ts';
import { nodeTable } from './node-table.ts';
import { createNodes } from './nodes.ts';
import { Roster } from './roster.ts';
import { type Feed, Watches } from './watches.ts';

/** How often changes are gathered, written and told, in milliseconds. */
const TURN_EVERY = 200;
/** Streams that are told in one turn of the loop: each may be told of thousands. */
const FEEDS_AT_ONCE = 100;

/** Who is here, on whichever node, and who is told of it. */
export interface PresenceTracker {
  isConnected(userId: string): boolean;
  /** How these people are, by id, as it is shown to each sight of them. */
  describe(userIds: string[]): Promise<Map<string, Record<Sight, Presence>>>;
  /** Does what is due, as a timer does five times a second, and resolves when it is done. */
  turn(): Promise<void>;
  /** The people of this node have some seconds to come back at another. */
  close(): Promise<void>;
}

export interface PresenceOptions {
  database: Database;
  log: EventLog;
  connections: Connections;
  clock: Clock;
  logger: Logger;
}

/**
 * Presence is never in the event log. One timer does all of its work in turns: write who came and went here, learn
 * the same of other nodes, read of whom newcomers are told, and tell each stream in one frame what has changed.
 */
export function createPresence(options: PresenceOptions): PresenceTracker {
  const { database, log, connections, clock, logger } = options;
  const { pool } = database;
  const here = new Here();
  const roster = new Roster((userId) => watches.changed(userId));
  const watches = new Watches((userId) => roster.statusOf(userId));
  const nodes = createNodes({ table: nodeTable(pool), here, roster, bus: log.bus, clock });

  connections.observe({
    arrived: (userId) => here.arrive(userId),
    left: (userId) => here.leave(userId, clock.now(), clock.elapsed()),
  });
  log.hub.observeStreams({
    caughtUp: ({ userId }, stream) => watches.add(userId, stream),
    ended: ({ userId }, stream) => watches.remove(userId, stream),
  });
  log.hub.observe(({ topic, position, event, closes = [] }: LogEntry) => {
    if (event?.type === 'account.updated') roster.choose(topic, event.user.availability, position);
    for (const userId of betweenTwo(topic, event)) watches.outdate(userId);
    const size = smallestSize(event);
    if (size === null || size > LIMITS.presenceGroup) return;
    for (const { userId } of log.hub.audience(topic)) watches.outdate(userId);
    for (const userId of closes) watches.outdate(userId);
  });

  async function describe(userIds: string[]): Promise<Map<string, Record<Sight, Presence>>> {
    const absent = userIds.filter((userId) => roster.statusOf(userId) === 'offline');
    const lastSeen = await lastSeenOf(pool, absent);
    return new Map(
      userIds.flatMap((userId): [string, Record<Sight, Presence>][] => {
        const status = roster.statusOf(userId);
        const offline = (lastSeenAt: string | null): Presence => ({ userId, status: 'offline', lastSeenAt });
        const blocked = offline(null);
        if (status !== 'offline') {
          const here = { userId, status, lastSeenAt: null };
          return [[userId, { blocked, plain: here, trusted: here }]];
        }
        const seen = lastSeen.get(userId);
        // Whoever has left meanwhile is left out.
        return seen
          ? [[userId, { blocked, plain: offline(seen.plain), trusted: offline(seen.trusted) }]]
          : [];
      }),
    );
  }

  async function ask(): Promise<void> {
    const stale = watches.takeStale(clock.elapsed());
    try {
      for (const [userId, people] of await watchedBy(pool, stale)) watches.set(userId, people);
    } catch (error) {
      for (const userId of stale) watches.outdate(userId);
      throw error;
    }
  }

  async function push(): Promise<void> {
    const elapsed = clock.elapsed();
    const feeds = watches.due(elapsed);
    for (let start = 0; start < feeds.length; start += FEEDS_AT_ONCE) {
      await pushTo(feeds.slice(start, start + FEEDS_AT_ONCE), elapsed);
      await setImmediate();
    }
  }

  async function pushTo(feeds: Feed[], elapsed: number): Promise<void> {
    const views = await describe([...new Set(feeds.flatMap(({ pending }) => [...pending]))]);
    const texts = new Map<Presence, string>();
    // From here on nobody can change: no await until all of them are told.
    for (const feed of feeds) {
      const known = [...feed.pending].filter((userId) => views.has(userId));
      const told = known
        .map((userId) => views.get(userId)![watches.sightOf(feed, userId)])
        .filter((one) => isNews(feed, one));
      const hidden = [...feed.hidden];
      if (known.length + hidden.length === 0) continue;
      const isSilent = told.length + hidden.length === 0;
      if (isSilent || feed.stream.tell(presenceNews(told, hidden, texts))) watches.told(feed, known, elapsed);
    }
  }

  async function work(): Promise<void> {
    await nodes.turn();
    await ask();
    await push();
  }

  let running: Promise<void> = Promise.resolve();
  let isBusy = false;
  let isFailing = false;

  async function turn(): Promise<void> {
    isBusy = true;
    try {
      await work();
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn({ err: error }, 'presence stands still');
      isFailing = true;
    }
    isBusy = false;
  }

  const nextTurn = (): Promise<void> => {
    running = running.then(turn);
    return running;
  };
  const timer = setInterval(() => {
    if (!isBusy) void nextTurn();
  }, TURN_EVERY);

  return {
    isConnected: (userId) => roster.isConnected(userId),
    describe,
    turn: nextTurn,
    async close() {
      clearInterval(timer);
      await running;
      await nodes
        .close()
        .catch((error: unknown) => logger.warn({ err: error }, 'a lease was not given back'));
    },
  };
}

/** Of an event by which a conversation gets more or fewer members: how many it had, before or after, at the least. */
function smallestSize(event: ChatEvent | null): number | null {
  switch (event?.type) {
    case 'conversation.created':
      if (event.conversation.kind === 'thread') return null;
      return event.conversation.kind === 'direct' ? 0 : event.conversation.memberCount;
    case 'member.added':
      if (event.conversation.kind === 'thread') return null;
      return event.conversation.memberCount - event.members.length;
    case 'member.removed':
    case 'member.left':
      return event.memberCount;
    case 'conversation.deleted':
      return 0;
    default:
      return null;
  }
}

/** Of an event that changes how two people stand to each other: these two. */
function betweenTwo(topic: string, event: ChatEvent | null): string[] {
  switch (event?.type) {
    case 'friendRequest.accepted':
      return [topic, event.friend.user.id];
    case 'contact.added':
      return [topic, event.contact.user.id];
    case 'block.added':
      return [topic, event.block.user.id];
    case 'friend.removed':
    case 'contact.removed':
    case 'block.removed':
      return [topic, event.userId];
    default:
      return [];
  }
}

/** Who is offline is worth a word to those who have been told otherwise. */
const isNews = (feed: Feed, { status }: Presence): boolean => feed.isGreeted || status !== 'offline';

/** `texts`: the JSON of each, made once for all who are told of them. */
function presenceNews(people: Presence[], hidden: string[], texts: Map<Presence, string>): Ephemeral {
  for (const one of people) if (!texts.has(one)) texts.set(one, JSON.stringify(one));
  const json = people.map((one) => texts.get(one)).join(',');
  return new Ephemeral(
    { type: 'presence.changed', people, hidden },
    `{"type":"presence.changed","people":[${json}],"hidden":${JSON.stringify(hidden)}}`,
  );
}
