import type { Availability } from '@parley/contract';
import type pg from 'pg';
import type { Departure } from './here.ts';

/** What was true of people at one moment, at a position of the log. */
export interface Moment {
  position: number;
  /** How each of them wants to be taken. */
  people: Map<string, Availability>;
}

/** The tables of nodes and of who is connected to them. Each call is one statement. */
export interface NodeTable {
  /** Writes a node that is not there yet, with its people. */
  begin(node: string, leaseUntil: Date, people: string[]): Promise<Moment>;
  /**
   * Writes who came to a node and who has gone from it, as its next revision. Null when the node is not there any
   * more: it has lost its lease, and nothing was written.
   */
  write(
    node: string,
    change: { revision: number; leaseUntil: Date; came: string[]; gone: Departure[] },
  ): Promise<Moment | null>;
  /**
   * Renews a node's lease, and removes the nodes whose lease is over with all their people. Tells whether the node is
   * still there, and the revision of each that is.
   */
  renew(
    node: string | null,
    leaseUntil: Date,
    now: Date,
  ): Promise<{ renewed: boolean; nodes: Map<string, number> }>;
  /** Everybody who is connected to a node; null when it is not there. */
  read(node: string): Promise<(Moment & { revision: number }) | null>;
  /** Lets a node's lease end sooner, or later. */
  lease(node: string, until: Date): Promise<void>;
}

export const nodeTable = (pool: pg.Pool): NodeTable => ({
  async begin(node, leaseUntil, people) {
    const { rows } = await pool.query<Row>({ ...BEGIN, values: [node, leaseUntil, people] });
    return momentOf(rows[0]!);
  },
  async write(node, { revision, leaseUntil, came, gone }) {
    const left = gone.map(({ userId }) => userId);
    const leftAt = gone.map(({ at }) => at);
    const values = [node, revision, leaseUntil, came, left, leftAt];
    const { rows } = await pool.query<Row & { leased: boolean }>({ ...WRITE, values });
    return rows[0]!.leased ? momentOf(rows[0]!) : null;
  },
  async renew(node, leaseUntil, now) {
    const { rows } = await pool.query<{ renewed: boolean; nodes: Record<string, number> }>({
      ...RENEW,
      values: [node, leaseUntil, now],
    });
    return { renewed: rows[0]!.renewed, nodes: new Map(Object.entries(rows[0]!.nodes)) };
  },
  async read(node) {
    const { rows } = await pool.query<Row & { revision: number }>({ ...READ, values: [node] });
    return rows[0] ? { ...momentOf(rows[0]), revision: rows[0].revision } : null;
  },
  async lease(node, until) {
    await pool.query('UPDATE nodes SET lease_until = $2 WHERE id = $1', [node, until]);
  },
});

interface Row {
  position: string;
  people: Record<string, Availability>;
}

const momentOf = ({ position, people }: Row): Moment => ({
  position: Number(position),
  people: new Map(Object.entries(people)),
});

/** One snapshot: how people want to be taken, and the position of the log at which it was so. */
const momentFor = (people: string): string => `
  (SELECT coalesce(max(position), 0) FROM events) AS position,
  (SELECT coalesce(json_object_agg(id, availability), '{}') FROM users WHERE id ${people}) AS people`;

/**
 * Writes when somebody was last here, in one order for all nodes. Whoever is invisible was not here; and whoever is
 * still connected elsewhere is not shown it.
 */
const lastSeen = (parted: string): string => `
  UPDATE users SET last_seen_at = greatest(last_seen_at, parted.at)
  FROM (
    SELECT users.id, p.at FROM users JOIN (${parted}) AS p ON p.user_id = users.id
    ORDER BY users.id FOR NO KEY UPDATE OF users
  ) AS parted
  WHERE users.id = parted.id AND availability <> 'invisible'`;

const BEGIN = {
  name: 'presence_begin',
  text: `
    WITH node AS (INSERT INTO nodes (id, lease_until, revision) VALUES ($1, $2, 1)),
    came AS (INSERT INTO online (node_id, user_id) SELECT $1, unnest($3::uuid[]))
    SELECT ${momentFor('= ANY ($3::uuid[])')}`,
};

const WRITE = {
  name: 'presence_write',
  text: `
    WITH node AS (UPDATE nodes SET revision = $2, lease_until = $3 WHERE id = $1 RETURNING id),
    came AS (INSERT INTO online (node_id, user_id) SELECT id, unnest($4::uuid[]) FROM node),
    gone AS (DELETE FROM online USING node WHERE node_id = node.id AND user_id = ANY ($5::uuid[])),
    seen AS (${lastSeen('SELECT * FROM unnest($5::uuid[], $6::timestamptz[]) AS left_by (user_id, at)')})
    SELECT EXISTS (SELECT 1 FROM node) AS leased, ${momentFor('= ANY ($4::uuid[])')}`,
};

const RENEW = {
  name: 'presence_renew',
  text: `
    WITH renewed AS (UPDATE nodes SET lease_until = $2 WHERE id = $1 RETURNING id),
    dead AS (
      DELETE FROM nodes WHERE lease_until < $3 AND id IS DISTINCT FROM $1 RETURNING id, lease_until
    ),
    gone AS (DELETE FROM online USING dead WHERE node_id = dead.id RETURNING user_id, lease_until),
    seen AS (${lastSeen('SELECT user_id, max(lease_until) AS at FROM gone GROUP BY user_id')})
    SELECT EXISTS (SELECT 1 FROM renewed) AS renewed,
      (SELECT coalesce(json_object_agg(id, revision), '{}') FROM nodes WHERE lease_until >= $3) AS nodes`,
};

const READ = {
  name: 'presence_read',
  text: `
    SELECT revision, ${momentFor('IN (SELECT user_id FROM online WHERE node_id = $1)')}
    FROM nodes WHERE id = $1`,
};
