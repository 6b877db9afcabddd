import type { Database } from '../database/database.ts';
import { ParleyError } from '../error.ts';
import type { EventLog } from '../events/log.ts';

/** How long marks are gathered before they are written, in milliseconds, by the kind of conversation. */
const GATHER = { direct: 200, group: 1_000 };
/** Marks of one statement at most. */
const BATCH = 1_000;

export interface ReadMark {
  conversationId: string;
  userId: string;
  seq: number;
}

interface Waiting extends ReadMark {
  resolve(readSeq: number): void;
  reject(error: unknown): void;
}

/**
 * Gathers read marks and writes many at once: a thousand people who read a message make one write and one event,
 * not a thousand of each.
 */
export interface ReadMarks {
  /**
   * Moves somebody's mark forward, as far as there are messages, and answers where it is then: once it is
   * written. Errors: `NOT_FOUND` when they are not in the conversation.
   */
  push(kind: keyof typeof GATHER, mark: ReadMark): Promise<number>;
  /** Writes what was gathered, without waiting for more. */
  flush(): Promise<void>;
}

export function createReadMarks(database: Database, log: EventLog): ReadMarks {
  const gathered = { direct: [] as Waiting[], group: [] as Waiting[] };
  const timers = new Set<NodeJS.Timeout>();
  let writing = Promise.resolve();

  function write(kind: keyof typeof GATHER): Promise<void> {
    const marks = gathered[kind];
    gathered[kind] = [];
    // One statement after the other: marks of one member must not overtake each other.
    writing = writing.then(async () => {
      for (let start = 0; start < marks.length; start += BATCH)
        await store(marks.slice(start, start + BATCH));
    });
    return writing;
  }

  async function store(marks: Waiting[]): Promise<void> {
    // A member may have read on meanwhile: only the furthest mark is written, and answers for all.
    const byMember = Map.groupBy(marks, ({ conversationId, userId }) => conversationId + userId);
    const furthest = [...byMember.values()].map((own) => own.reduce((a, b) => (b.seq > a.seq ? b : a)));
    try {
      const reached = await move(furthest);
      for (const [index, own] of [...byMember.values()].entries())
        for (const { resolve, reject } of own) {
          const readSeq = reached[index] ?? null;
          if (readSeq === null) reject(new ParleyError('NOT_FOUND', { what: 'conversation' }));
          else resolve(readSeq);
        }
      log.wake();
    } catch (error) {
      for (const { reject } of marks) reject(error);
    }
  }

  async function move(marks: ReadMark[]): Promise<(number | null)[]> {
    const { rows } = await database.pool.query<{ marks: (number | null)[] }>({
      name: 'move_read_marks',
      text: 'SELECT marks FROM move_read_marks($1, $2, $3)',
      values: [
        marks.map(({ conversationId }) => conversationId),
        marks.map(({ userId }) => userId),
        marks.map(({ seq }) => seq),
      ],
    });
    return rows[0]!.marks;
  }

  return {
    push: (kind, mark) =>
      new Promise((resolve, reject) => {
        gathered[kind].push({ ...mark, resolve, reject });
        if (gathered[kind].length > 1) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          void write(kind);
        }, GATHER[kind]);
        timers.add(timer);
      }),
    async flush() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all([write('direct'), write('group')]);
    },
  };
}
