import type { ChatEvent } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { LogEntry } from './entry.ts';

/** A row of the log: an event by reference. */
export interface LogRow {
  position: number;
  topic: string;
  type: string;
  refs: unknown;
  opens?: string[] | null;
  closes?: string[] | null;
}

/**
 * How a domain turns rows of one type of its events into what clients get, in the same order: many at once, so
 * that contents are read with one query. Null where what an event told of no longer exists.
 */
export type Hydrator<Type extends ChatEvent['type']> = Hydrate<Extract<ChatEvent, { type: Type }>>;

/** `refs` is what the domain itself has appended, hence `never` here: each hydrator says what it is. */
type Hydrate<Event> = (
  database: Database,
  rows: { topic: string; refs: never }[],
) => Promise<(Event | null)[]>;

/** One hydrator for each type of event; src/hydrators.ts names them. */
export type Hydrators = { [Type in ChatEvent['type']]: Hydrator<Type> };

/** Rows as entries. A type that this version does not know has no event: its position still counts. */
export async function hydrate(database: Database, hydrators: Hydrators, rows: LogRow[]): Promise<LogEntry[]> {
  const entries = rows.map(
    ({ position, topic, opens, closes }): LogEntry => ({
      position,
      topic,
      event: null,
      ...(opens?.length && { opens }),
      ...(closes?.length && { closes }),
    }),
  );
  const byType = Map.groupBy(rows.keys(), (index) => rows[index]!.type);
  await Promise.all(
    [...byType].map(async ([type, indexes]) => {
      const hydrator: Hydrate<ChatEvent> | undefined = hydrators[type as ChatEvent['type']];
      const events = await hydrator?.(
        database,
        indexes.map((index) => rows[index] as LogRow & { refs: never }),
      );
      events?.forEach((event, n) => {
        entries[indexes[n]!]!.event = event;
      });
    }),
  );
  return entries;
}
