import type { Database } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import type { EventLog } from '../events/log.ts';

/** How long marks are gathered before they are written, in milliseconds: of a direct conversation, and of any other. */
const GATHER = { direct: 200, group: 1_000 };
/** Members of one statement at most. */
const BATCH = 1_000;

/** How far somebody has read, or how far messages have come to them. */
export interface Mark {
  conversationId: string;
  userId: string;
  kind: 'read' | 'delivered';
  seq: number;
}

interface Waiting extends Mark {
  resolve(seq: number): void;
  reject(error: unknown): void;
}

/**
 * Gathers marks and writes many at once: a thousand people who read a message make one write and one event, not a
 * thousand of each.
 */
export interface Marks {
  /**
   * Moves somebody's mark forward, as far as there are messages, and answers where it is then: once it is
   * written. Errors: `NOT_FOUND` when they are not in the conversation.
   */
  push(gather: keyof typeof GATHER, mark: Mark): Promise<number>;
  /** Writes what was gathered, without waiting for more. */
  flush(): Promise<void>;
}

export function createMarks(database: Database, log: EventLog): Marks {
  const gathered = { direct: [] as Waiting[], group: [] as Waiting[] };
  const timers = new Set<NodeJS.Timeout>();
  let writing = Promise.resolve();

  function write(gather: keyof typeof GATHER): Promise<void> {
    const marks = gathered[gather];
    gathered[gather] = [];
    const byMember = Map.groupBy(marks, ({ conversationId, userId }) => conversationId + userId);
    const members = [...byMember.values()];
    // One statement after the other: marks of one member must not overtake each other.
    writing = writing.then(async () => {
      for (let start = 0; start < members.length; start += BATCH)
        await store(members.slice(start, start + BATCH));
    });
    return writing;
  }

  /** A member may have gone on meanwhile: only the furthest mark of a kind is written, and answers for all. */
  async function store(members: Waiting[][]): Promise<void> {
    try {
      const reached = await move(database, members);
      for (const [index, marks] of members.entries())
        for (const { kind, resolve, reject } of marks) {
          const seq = reached[kind][index] ?? null;
          if (seq === null) reject(new ParleyError('NOT_FOUND', { what: 'conversation' }));
          else resolve(seq);
        }
      log.wake();
    } catch (error) {
      for (const { reject } of members.flat()) reject(error);
    }
  }

  return {
    push: (gather, mark) =>
      new Promise((resolve, reject) => {
        gathered[gather].push({ ...mark, resolve, reject });
        if (gathered[gather].length > 1) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          void write(gather);
        }, GATHER[gather]);
        timers.add(timer);
      }),
    async flush() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all([write('direct'), write('group')]);
    },
  };
}

/** Moves the marks of members, and answers where each one's are then; null for who is not in the conversation. */
async function move(
  { pool }: Database,
  members: Mark[][],
): Promise<{ [Kind in Mark['kind']]: (number | null)[] }> {
  const { rows } = await pool.query<{ reads: (number | null)[]; deliveries: (number | null)[] }>({
    name: 'move_marks',
    text: 'SELECT reads, deliveries FROM move_marks($1, $2, $3, $4)',
    values: [
      members.map(([mark]) => mark!.conversationId),
      members.map(([mark]) => mark!.userId),
      members.map((marks) => furthest(marks, 'read')),
      members.map((marks) => furthest(marks, 'delivered')),
    ],
  });
  const { reads, deliveries } = rows[0]!;
  return { read: reads, delivered: deliveries };
}

function furthest(marks: Mark[], kind: Mark['kind']): number | null {
  const seqs = marks.filter((mark) => mark.kind === kind).map(({ seq }) => seq);
  return seqs.length > 0 ? Math.max(...seqs) : null;
}
