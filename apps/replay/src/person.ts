import {
  type ChatClient,
  type ConnectionStatus,
  createClient,
  isParleyError,
  type Message,
} from '@parley/client';
import { clientMessageIdOf } from '@parley/contract';
import { layCable } from './cable.ts';
import type { Character } from './cast.ts';
import type { Deliveries } from './deliveries.ts';
import { insist } from './insist.ts';
import { until } from './until.ts';

/** A character with an account, a client of their own, and a connection that can be cut. */
export interface Person {
  readonly character: Character;
  readonly id: string;
  readonly chat: ChatClient;
  /** The `seq` of each message that this person was told of, in the order of the telling. */
  readonly heard: number[];
  readonly said: Said[];
  /** The lines that call them, as far as they were begun: each resolves with its answer. */
  readonly calls: Promise<void>[];
  /** How often their connection was cut, and how often they had one again after they had lost it. */
  cuts: number;
  reconnects: number;
  /** Since when they have been connected without a break; Infinity while they are not. As `performance.now()`. */
  upSince: number;
  /** Cuts their connection, whatever it is at: now, or once they have one. Resolves when they have noticed. */
  cut(): Promise<void>;
  /** Does something after all that was given to do before, and resolves when it is done or in `troubles`. */
  next(act: () => Promise<void>): Promise<void>;
  readonly troubles: string[];
}

/** A line that somebody sent. */
export interface Said {
  /** Its line in the file. */
  readonly line: number;
  readonly text: string;
  readonly clientMessageId: string;
  /** Whom it calls, by id, and the `seq` of the message that it answers. */
  readonly called: string | undefined;
  readonly replyTo: number | undefined;
  readonly answered: Promise<void>;
  /** What was stored, once that is known; or why it was not. */
  message: Message | undefined;
  refusal: Error | undefined;
}

/** Makes somebody's account, and connects them. */
export async function createPerson(
  url: string,
  character: Character,
  deliveries: Deliveries,
): Promise<Person> {
  const { username, nick } = character;
  const cable = layCable();
  // The proof says whose mark stands where: the play moves them.
  const chat = createClient({ url, transport: 'ws', WebSocket: cable.WebSocket, delivered: 'manual' });
  const user = await chat.register({
    username,
    fullName: nick,
    email: `${username}@example.com`,
    password: `${username} was here`,
  });
  if (!user) throw new Error('the server wants addresses verified: it was not started by the replay');
  const { id } = user;
  let doing: Promise<void> = Promise.resolve();
  let cutting: Promise<void> = Promise.resolve();

  async function cut(): Promise<void> {
    while (!cable.cut()) await until(chat.connection, isUp);
    person.cuts += 1;
    await until(chat.connection, (status) => !isUp(status));
  }

  const person: Person = {
    character,
    id,
    chat,
    heard: [],
    said: [],
    calls: [],
    cuts: 0,
    reconnects: -1,
    upSince: Infinity,
    troubles: [],
    cut() {
      cutting = cutting.then(cut);
      return cutting;
    },
    next(act) {
      doing = doing.then(act).catch((error: Error) => void person.troubles.push(error.message));
      return doing;
    },
  };
  chat.connection.subscribe((status) => {
    person.upSince = status === 'live' ? performance.now() : Infinity;
    if (status === 'live') person.reconnects += 1;
  });
  chat.on('message.created', ({ message }) => {
    person.heard.push(message.seq);
    deliveries.heard(clientMessageIdOf(message), person);
  });
  followMembers(person);
  await until(chat.connection, (status) => status === 'live');
  return person;
}

/** Whether there is a connection, as far as the client knows. */
const isUp = (status: ConnectionStatus): boolean => status === 'live' || status === 'catching-up';

/** Whoever comes into a group loads its members, as the list beside a chat does. */
function followMembers({ id, chat }: Person): void {
  chat.on('member.added', ({ conversation, members }) => {
    if (!members.some(({ user }) => user.id === id)) return;
    insist(chat, () => chat.conversations.loadMembers({ conversationId: conversation.id })).catch(
      (error: unknown) => {
        // They may have left meanwhile.
        if (!isParleyError(error, 'NOT_FOUND')) throw error;
      },
    );
  });
}
