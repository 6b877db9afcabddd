import type { ChatEvent } from '@parley/contract';
import type { Tx } from '../database/database.ts';
import type { Prisma } from '../database/generated/client.ts';

/** What a transaction says to the log. */
export interface EventDraft {
  /** Whose news it is: the id of a user or of a conversation. */
  topic: string;
  /** With `topic.opened` nobody is told of anything: only that the topic opens to somebody is kept. */
  type: ChatEvent['type'] | 'topic.opened';
  /** The facts by reference: ids and small values, never a message's text. */
  refs: Prisma.InputJsonObject;
  /** Users who hear of the topic from this event on, this event included. */
  opens?: string[];
  /** Users whose last event of the topic this is. */
  closes?: string[];
  /**
   * The topic is a person, and the news goes to all topics but their own in which others see them: one event each.
   * Which these are is read while the transaction commits, by `audience_of` in the database.
   */
  toAudience?: boolean;
  /** The news goes to all of these topics in place of `topic`: one event each. It opens and closes none. */
  topics?: string[];
}

/**
 * Appends an event to the log, in the transaction that makes its fact. It takes its position while the
 * transaction commits (the trigger on `event_drafts`), so events of one transaction keep the order of the calls.
 */
export async function append(tx: Tx, draft: EventDraft): Promise<void> {
  await tx.eventDraft.create({ data: draft });
}

/** Appends many at once, in their order. */
export async function appendAll(tx: Tx, drafts: EventDraft[]): Promise<void> {
  await tx.eventDraft.createMany({ data: drafts });
}
