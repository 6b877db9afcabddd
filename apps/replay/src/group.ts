import { isParleyError, type Message } from '@parley/client';
import { LIMITS } from '@parley/contract';
import type { Deliveries } from './deliveries.ts';
import { insist } from './insist.ts';
import type { Person, Said } from './person.ts';

/** The channel as a group. Its keeper owns it, and brings everybody in. */
export interface Group {
  readonly conversationId: string;
  readonly keeper: Person;
  /** Read marks that were set, and that the server has. */
  marks: number;
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
  return { conversationId: id, keeper, marks: 0 };
}

/** Brings somebody in. Once more changes nothing. */
export async function join({ keeper, conversationId }: Group, person: Person): Promise<void> {
  await insist(keeper.chat, () =>
    keeper.chat.api.groups.addMembers.mutate({ conversationId, userIds: [person.id] }),
  );
}

/** Lets somebody leave, after the last line they said is stored. */
export async function leave({ conversationId }: Group, { chat, said }: Person): Promise<void> {
  await Promise.all(said.map(({ answered }) => answered));
  try {
    await insist(chat, () => chat.api.groups.leave.mutate({ conversationId }));
  } catch (error) {
    // An earlier try got through, and its answer did not. Who is in the group at the end is proved anyway.
    if (!isParleyError(error, 'NOT_FOUND')) throw error;
  }
}

/** Says a line: into the outbox of the client, whether there is a connection or not. */
export function say(
  { conversationId }: Group,
  person: Person,
  { line, text }: { line: number; text: string },
  deliveries: Deliveries,
): void {
  const sending = person.chat.messages.send({ conversationId, text });
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
  const said: Said = { line, text, clientMessageId, answered, message: undefined, refusal: undefined };
  person.said.push(said);
}

/** Marks all that somebody sees as read, if they are in the group and there is anything new. */
export async function readAll(group: Group, { chat, troubles }: Person): Promise<void> {
  const { conversationId } = group;
  const known = chat.state.get().conversations?.[conversationId];
  if (!known || known.me.readSeq >= known.lastSeq) return;
  try {
    await chat.messages.markRead({ conversationId, seq: known.lastSeq });
    group.marks += 1;
  } catch (error) {
    // They may have left before the mark arrived.
    if (!isParleyError(error, 'NOT_FOUND')) troubles.push(`a read mark: ${(error as Error).message}`);
  }
}
