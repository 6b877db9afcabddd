import type { ConversationView } from '@parley/contract';
import type { Store } from '../store.ts';
import { timed } from '../timed.ts';
import type { ReceivedEvent } from './apply-event.ts';
import type { Loading } from './loading.ts';
import type { Nap } from './nap.ts';
import { ANSWER_WITHIN_MS, isRefusal, retryAfter } from './retry.ts';
import { type ChatState, mergeConversation } from './state.ts';

/** What `conversations.get` answers. */
export interface ConversationPage {
  conversation: ConversationView;
  isListed: boolean;
  cursor: string;
}

export interface MissingParts {
  store: Store<ChatState>;
  load: Loading['load'];
  read(conversationId: string, signal: object): Promise<ConversationPage>;
}

/** What goes on until it is stopped. */
interface Run {
  readonly stopped: boolean;
  readonly nap: Nap;
}

/** Conversations of which the stream speaks and the state lacks something. */
export interface Missing {
  /** Loads one, while that goes on: until it is there, or the server refuses, or it is clear that it is in no list. */
  fetch(run: Run, conversationId: string): void;
  forget(): void;
}

export function createMissing({ store, load, read }: MissingParts): Missing {
  /** Of each that is being loaded, how often the stream has spoken of it. */
  const wanted = new Map<string, { times: number }>();

  async function loadUntilClear(run: Run, id: string, spokenOf: { times: number }): Promise<void> {
    const ask = () => timed(ANSWER_WITHIN_MS, (signal) => read(id, signal));
    for (let failures = 0; !run.stopped; failures += 1) {
      try {
        const { times } = spokenOf;
        await load(ask, takeListed);
        // One that was cleared again may have been written in behind the moment it was read.
        if (store.get().conversations?.[id] || times === spokenOf.times) break;
      } catch (error) {
        if (isRefusal(error, failures)) break;
        await run.nap.sleep(retryAfter(error, failures));
      }
    }
    if (wanted.get(id) === spokenOf) wanted.delete(id);
  }

  return {
    fetch(run, id) {
      const known = wanted.get(id);
      if (known) {
        known.times += 1;
        return;
      }
      const spokenOf = { times: 1 };
      wanted.set(id, spokenOf);
      void loadUntilClear(run, id, spokenOf);
    },
    forget: () => wanted.clear(),
  };
}

/** One that was cleared again meanwhile is not shown. */
const takeListed = (state: ChatState, { conversation, isListed }: ConversationPage): ChatState =>
  isListed || state.conversations?.[conversation.id] ? mergeConversation(state, conversation) : state;

/** The id of a conversation that has to be loaded, since an event alone does not tell enough of it. */
export function conversationToLoad(before: ChatState, after: ChatState, event: ReceivedEvent): string | null {
  if (event.type === 'message.created') {
    const { conversationId } = event.message;
    return after.conversations?.[conversationId] ? null : conversationId;
  }
  if (event.type !== 'member.added') return null;
  const { id } = event.conversation;
  const entered = before.conversations?.[id] ? undefined : after.conversations?.[id];
  return entered && entered.lastSeq > (entered.lastMessage?.seq ?? entered.me.joinedSeq) ? id : null;
}
