import { randomUUID } from 'node:crypto';
import type { Availability } from '@parley/contract';
import type { Clock } from '../clock.ts';
import type { Bus } from '../events/bus.ts';
import type { Here } from './here.ts';
import type { NodeTable } from './node-table.ts';
import type { Roster } from './roster.ts';

/** All times in milliseconds. A node that does not renew its lease in time is gone, and its people with it. */
const LEASE = 15_000;
const RENEW_EVERY = 5_000;
/** Whoever left with a node that shuts down has this long to come back at another, before anybody sees it. */
const LEAVE_AFTER = 6_000;
/** So many changes go over the bus; of more, the others read. */
const MOST_TOLD = 100;

/** What a node tells the others when its people have changed. */
interface NodeNews {
  node: string;
  revision: number;
  /** Not told when it is much. */
  change?: { position: number; came: Record<string, Availability>; gone: string[] };
}

export interface NodesOptions {
  table: NodeTable;
  here: Here;
  roster: Roster;
  bus: Bus;
  clock: Clock;
}

/** Keeps the roster right: writes and tells who is connected here, and learns who is connected to other nodes. */
export interface Nodes {
  /** Does what is due. When it rejects, what was lost is made good by later turns. */
  turn(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Each change of a node's people is a revision of it. Whoever hears of a revision that is not the next reads all of
 * them, and so does whoever finds another one when it renews its own lease: a loss costs time only.
 *
 * A node that has lost its lease, or does not know what became of a write, begins anew under another id. What it has
 * left behind ends with the lease.
 */
export function createNodes({ table, here, roster, bus, clock }: NodesOptions): Nodes {
  let own: { id: string; revision: number } | null = null;
  /** Ids of this node that it has given up, whose people are still in the roster. */
  let former: string[] = [];
  const others = new Map<string, number>();
  const missed = new Set<string>();
  let renewedAt = Number.NEGATIVE_INFINITY;

  bus.hear('presence', ({ node, revision, change }: NodeNews) => {
    const known = others.get(node) ?? 0;
    if (revision <= known) return;
    if (!change || revision > known + 1) return void missed.add(node);
    others.set(node, revision);
    apply(node, new Map(Object.entries(change.came)), change.gone, change.position);
  });

  function apply(node: string, came: Map<string, Availability>, gone: string[], position: number): void {
    for (const [userId, availability] of came) roster.put(node, userId, availability, position);
    for (const userId of gone) roster.drop(node, userId);
  }

  const leaseUntil = (): Date => new Date(clock.now().getTime() + LEASE);

  function giveUp(): void {
    if (own) former.push(own.id);
    own = null;
  }

  async function renew(): Promise<void> {
    const { renewed, nodes } = await table.renew(own?.id ?? null, leaseUntil(), clock.now());
    if (!renewed) giveUp();
    for (const [id, revision] of nodes) if (id !== own?.id && revision !== others.get(id)) missed.add(id);
    for (const id of others.keys()) if (!nodes.has(id)) forget(id);
  }

  function forget(id: string): void {
    others.delete(id);
    roster.dropNode(id);
  }

  async function begin(): Promise<void> {
    const people = here.takeAll();
    if (people.length > 0) {
      const id = randomUUID();
      const moment = await table.begin(id, leaseUntil(), people);
      own = { id, revision: 1 };
      roster.replace(id, moment.people, moment.position);
      bus.tell('presence', { node: id, revision: 1 } satisfies NodeNews);
    }
    for (const id of former) roster.dropNode(id);
    former = [];
  }

  async function write({ id, revision }: { id: string; revision: number }): Promise<void> {
    const { came, gone } = here.take(clock.elapsed());
    if (came.length + gone.length === 0) return;
    const next = revision + 1;
    const moment = await table.write(id, { revision: next, leaseUntil: leaseUntil(), came, gone });
    if (!moment) return giveUp();
    own = { id, revision: next };
    const left = gone.map(({ userId }) => userId);
    apply(id, moment.people, left, moment.position);
    const news: NodeNews = { node: id, revision: next };
    if (came.length + gone.length <= MOST_TOLD)
      news.change = { position: moment.position, came: Object.fromEntries(moment.people), gone: left };
    bus.tell('presence', news);
  }

  async function readMissed(): Promise<void> {
    for (const id of [...missed]) {
      missed.delete(id);
      const found = await table.read(id).catch((error: unknown) => {
        missed.add(id);
        throw error;
      });
      if (!found) forget(id);
      else if (found.revision >= (others.get(id) ?? 0)) {
        others.set(id, found.revision);
        roster.replace(id, found.people, found.position);
      }
    }
  }

  return {
    async turn() {
      const elapsed = clock.elapsed();
      try {
        if (elapsed - renewedAt >= RENEW_EVERY) {
          await renew();
          renewedAt = elapsed;
        }
        await (own ? write(own) : begin());
      } catch (error) {
        giveUp();
        throw error;
      }
      await readMissed();
    },
    async close() {
      if (own) await table.lease(own.id, new Date(clock.now().getTime() + LEAVE_AFTER));
    },
  };
}
