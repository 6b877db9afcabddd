import { type ConversationState, isParleyError, type Message } from '@parley/client';
import { LIMITS } from '@parley/contract';
import type { Deliveries } from './deliveries.ts';
import { insist } from './insist.ts';
import type { Person, Said } from './person.ts';
import { until } from './until.ts';

/** The channel as a group. Its keeper owns it, and brings everybody in. */
export interface Group {
  readonly conversationId: string;
  readonly keeper: Person;
  /** Marks that were set, and that the server has. */
  readonly marks: { read: number; delivered: number };
}

/** Makes the group with those who are there from the beginning, as many calls as it takes. */
export async function makeGroup(title: string, keeper: Person, present: readonly Person[]): Promise<Group> {
  const ids = present.map(({ id }) => id);
  const { api } = keeper.chat;
  const { id } = await api.groups.create.mutate({ title, userIds: ids.slice(0, LIMITS.membersPerCall) });
  for (let from = LIMITS.membersPerCall; from < ids.length; from += LIMITS.membersPerCall)
    await api.groups.addMembers.mutate({
      conversationId: id,
      userIds: ids.slice(from, from + LIMITS.membersPerCall),
    });
  return { conversationId: id, keeper, marks: { read: 0, delivered: 0 } };
}

/** Brings somebody in. Once more changes nothing. */
export async function join({ keeper, conversationId }: Group, person: Person): Promise<void> {
  await insist(keeper.chat, () =>
    keeper.chat.api.groups.addMembers.mutate({ conversationId, userIds: [person.id] }),
  );
}

/**
 * Lets somebody leave, after the last line that they said, or that calls them, is stored. Resolves when they know: should
 * they come again, they answer nothing of before.
 */
export async function leave(
  { conversationId }: Group,
  { chat, said }: Person,
  calls: Promise<void>[],
): Promise<void> {
  await Promise.all([...said.map(({ answered }) => answered), ...calls]);
  try {
    await insist(chat, () => chat.api.groups.leave.mutate({ conversationId }));
  } catch (error) {
    // An earlier try got through, and its answer did not. Who is in the group at the end is proved anyway.
    if (!isParleyError(error, 'NOT_FOUND')) throw error;
  }
  await until(
    chat.state,
    ({ conversations }) => conversations !== undefined && !conversations[conversationId],
  );
}

/**
 * Says a line: into the outbox of the client, whether there is a connection or not. Whom it calls is mentioned by it, and
 * it answers the newest message of theirs that the speaker knows.
 */
export function say(
  { conversationId }: Group,
  person: Person,
  { line, text, called }: { line: number; text: string; called: Person | undefined },
  deliveries: Deliveries,
): void {
  const replyTo = called && newestOf(called, person.chat.state.get().conversations?.[conversationId]);
  const sending = person.chat.messages.send({
    conversationId,
    text,
    ...(called && { mentions: { userIds: [called.id] } }),
    ...(replyTo !== undefined && { replyTo }),
  });
  const { clientMessageId } = sending;
  deliveries.said(clientMessageId, person);
  const answered = sending.result.then(
    (message: Message) => {
      said.message = message;
    },
    (error: Error) => {
      said.refusal = error;
      sending.cancel();
    },
  );
  const said: Said = {
    line,
    text,
    clientMessageId,
    answered,
    called: called?.id,
    replyTo,
    message: undefined,
    refusal: undefined,
  };
  person.said.push(said);
}

const newestOf = ({ id }: Person, known: ConversationState | undefined): number | undefined =>
  known?.timeline.messages.findLast(({ senderId }) => senderId === id)?.seq;

/** Marks all that somebody sees as read, if they are in the group and there is anything new. */
export const readAll = (group: Group, person: Person): Promise<void> =>
  markAll(group, person, 'read', ({ me, lastSeq }) => me.readSeq < lastSeq);

/** The same of what has come to them. */
export const deliverAll = (group: Group, person: Person): Promise<void> =>
  markAll(group, person, 'delivered', ({ me, lastSeq }) => me.deliveredSeq < lastSeq);

async function markAll(
  { conversationId, marks }: Group,
  { chat, troubles }: Person,
  kind: 'read' | 'delivered',
  isNews: (known: ConversationState) => boolean,
): Promise<void> {
  const known = chat.state.get().conversations?.[conversationId];
  if (!known || !isNews(known)) return;
  const mark = kind === 'read' ? chat.messages.markRead : chat.messages.markDelivered;
  try {
    await mark({ conversationId, seq: known.lastSeq });
    marks[kind] += 1;
  } catch (error) {
    // They may have left before the mark arrived.
    if (!isParleyError(error, 'NOT_FOUND')) troubles.push(`a ${kind} mark: ${(error as Error).message}`);
  }
}
