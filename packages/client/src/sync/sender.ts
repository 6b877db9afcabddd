import type { Message } from '@parley/contract';
import { clientMessageIdOf } from '@parley/contract/message-id';
import type { ParleyError } from '../errors.ts';
import { platform } from '../platform.ts';
import { createStore, type Readable, type Store } from '../store.ts';
import { timed } from '../timed.ts';
import { newClientMessageId } from './client-message-id.ts';
import * as outbox from './outbox.ts';
import { ANSWER_WITHIN_MS, isRefusal, retryAfter } from './retry.ts';
import { type ChatState, takeSent } from './state.ts';

/** What has become of one message so far. */
export type SendingState =
  | { readonly status: 'queued' | 'sending' }
  | { readonly status: 'sent'; readonly message: Message }
  /** Refused, or given up by logging out or closing. `error` is for `isParleyError`. */
  | { readonly status: 'failed'; readonly error: Error }
  | { readonly status: 'cancelled' };

/** One message that was given to `messages.send`. It is on its way, whether this is kept or not. */
export interface Sending extends Readable<SendingState> {
  readonly clientMessageId: string;
  /**
   * Resolves with the stored message; rejects when it fails or is cancelled. It waits for as long as there is
   * no answer. After `retry` it is a new promise. Nobody has to look at it.
   */
  readonly result: Promise<Message>;
  /** Sends a failed one again, as the newest of its conversation. */
  retry(): void;
  /**
   * Takes it back if it never went out, or failed; false if it is too late. One that failed is not sent again
   * then, but an attempt before, whose answer was lost, may have stored it.
   */
  cancel(): boolean;
}

export interface Sender {
  /** Throws `TOO_MANY` when too many wait. */
  send(draft: outbox.NewMessage): Sending;
  /** One that is not sent yet: from before a restart, for one. */
  sending(clientMessageId: string): Sending | undefined;
  /** All that is to be kept, those among them that show as soon as they are. */
  content(): readonly outbox.OutgoingMessage[];
  /** What was kept over a restart goes out before what there is. */
  restore(items: readonly outbox.OutgoingMessage[]): void;
  /** The connection is back: what waited for a retry goes out now. */
  resume(): void;
  /** Messages that came by the stream or on a page, before or instead of the answer. */
  arrived(messages: readonly Message[]): void;
  /** Gives up everything that waits. */
  clear(reason: Error): void;
}

/** What a `Sending` shows, and how it is settled. */
interface Ticket {
  state: Store<SendingState>;
  result: Promise<Message>;
  resolve: (message: Message) => void;
  reject: (error: Error) => void;
}

function newTicket(error?: Error): Ticket {
  const state: SendingState = error ? { status: 'failed', error } : { status: 'queued' };
  const ticket = { state: createStore(state) } as Ticket;
  renew(ticket);
  if (error) ticket.reject(error);
  return ticket;
}

function renew(ticket: Ticket): void {
  ticket.result = new Promise((resolve, reject) => Object.assign(ticket, { resolve, reject }));
  ticket.result.catch(() => {});
}

/** So many may wait or have failed. */
const MOST_UNSENT = 500;

function outboxIsFull(): ParleyError<'TOO_MANY'> {
  const data = { code: 'TOO_MANY', httpStatus: 409, what: 'outbox', limit: MOST_UNSENT } as const;
  return Object.assign(new Error(`There are ${MOST_UNSENT} messages that are not sent`), { data });
}

/**
 * Sends what is in the outbox of the state: one message of a conversation at a time, in order, and the same one
 * again with the same key until there is an answer. `save` stores the content; it gives a promise if that takes time.
 */
export function createSender(
  store: Store<ChatState>,
  deliver: (item: outbox.OutgoingMessage, signal: object) => Promise<Message>,
  canSend: () => boolean,
  save: () => Promise<void> | undefined = () => undefined,
): Sender {
  const tickets = new Map<string, Ticket>();
  /** The timers of those that wait before they go out again. */
  const resting = new Map<string, unknown>();
  /** Those that are being stored: they show once they are. */
  let entering: outbox.Outbox = [];

  const content = (): outbox.Outbox => [...store.get().outbox, ...entering];

  function change(edit: (box: outbox.Outbox) => outbox.Outbox): void {
    const state = store.get();
    const next = edit(state.outbox);
    if (next !== state.outbox) store.set({ ...state, outbox: next });
  }

  function pump(): void {
    if (!canSend()) return;
    for (const item of outbox.due(store.get().outbox)) {
      if (!resting.has(item.clientMessageId)) void attempt(item);
    }
  }

  async function attempt(item: outbox.OutgoingMessage): Promise<void> {
    const { clientMessageId: id, unanswered } = item;
    change((box) => outbox.markSending(box, id));
    tickets.get(id)?.state.set({ status: 'sending' });
    // What may have gone out cannot be taken back, not even after a restart.
    const saving = unanswered === 0 ? save() : undefined;
    if (saving) await saving;
    if (!tickets.has(id)) return pump();
    try {
      const message = await timed(ANSWER_WITHIN_MS, (signal) => deliver(item, signal));
      settle(id, message);
    } catch (error) {
      // It may have arrived by the stream meanwhile, or been given up.
      if (!tickets.has(id)) return;
      if (isRefusal(error, unanswered)) fail(id, error);
      else rest(id, retryAfter(error, unanswered));
    }
    pump();
  }

  function settle(id: string, message: Message): void {
    const ticket = tickets.get(id);
    if (!ticket) return;
    tickets.delete(id);
    store.set(takeSent(store.get(), id, message));
    ticket.state.set({ status: 'sent', message });
    ticket.resolve(message);
  }

  function fail(id: string, error: Error): void {
    change((box) => outbox.markFailed(box, id, error));
    const ticket = tickets.get(id);
    ticket?.state.set({ status: 'failed', error });
    ticket?.reject(error);
    void save();
  }

  function rest(id: string, ms: number): void {
    const wake = (): void => {
      resting.delete(id);
      pump();
    };
    resting.set(id, platform.setTimeout(wake, ms));
    change((box) => outbox.markUnanswered(box, id));
    tickets.get(id)?.state.set({ status: 'queued' });
  }

  function wakeAll(): void {
    for (const timer of resting.values()) platform.clearTimeout(timer);
    resting.clear();
  }

  /** It is stored, or cannot be: it takes its place in the outbox, unless it was taken back meanwhile. */
  function show(id: string): void {
    const shown = entering.filter(({ clientMessageId }) => clientMessageId === id);
    entering = entering.filter((item) => !shown.includes(item));
    if (shown.length > 0) change((box) => [...box, ...shown]);
    pump();
  }

  const handle = (clientMessageId: string, ticket: Ticket): Sending => ({
    clientMessageId,
    get: ticket.state.get,
    subscribe: ticket.state.subscribe,
    get result() {
      return ticket.result;
    },
    retry: () => retry(clientMessageId, ticket),
    cancel: () => cancel(clientMessageId, ticket),
  });

  function retry(id: string, ticket: Ticket): void {
    if (ticket.state.get().status !== 'failed' || !tickets.has(id)) return;
    renew(ticket);
    ticket.state.set({ status: 'queued' });
    change((box) => outbox.retry(box, id));
    void save();
    pump();
  }

  function cancel(id: string, ticket: Ticket): boolean {
    change((box) => outbox.cancel(box, id));
    entering = outbox.cancel(entering, id);
    const kept = content().some(({ clientMessageId }) => clientMessageId === id);
    if (kept || !tickets.delete(id)) return false;
    void save();
    ticket.state.set({ status: 'cancelled' });
    ticket.reject(new Error('The message was cancelled'));
    pump();
    return true;
  }

  return {
    send(draft) {
      if (content().filter(({ status }) => status !== 'sent').length >= MOST_UNSENT) throw outboxIsFull();
      const clientMessageId = newClientMessageId();
      const ticket = newTicket();
      tickets.set(clientMessageId, ticket);
      entering = outbox.enqueue(entering, { ...draft, clientMessageId });
      const saving = save();
      if (saving) void saving.then(() => show(clientMessageId));
      else show(clientMessageId);
      return handle(clientMessageId, ticket);
    },
    sending(clientMessageId) {
      const ticket = tickets.get(clientMessageId);
      return ticket && handle(clientMessageId, ticket);
    },
    content,
    restore(items) {
      const known = new Set(content().map(({ clientMessageId }) => clientMessageId));
      const restored = items.filter(({ clientMessageId }) => !known.has(clientMessageId));
      for (const { clientMessageId, error } of restored) tickets.set(clientMessageId, newTicket(error));
      if (restored.length > 0) change((box) => [...restored, ...box]);
      pump();
    },
    resume() {
      wakeAll();
      pump();
    },
    arrived(messages) {
      const me = store.get().me?.id;
      for (const message of messages)
        if (message.senderId === me) settle(clientMessageIdOf(message), message);
    },
    clear(reason) {
      wakeAll();
      const given = [...tickets.values()];
      tickets.clear();
      entering = [];
      change(() => []);
      for (const ticket of given) {
        ticket.state.set({ status: 'failed', error: reason });
        ticket.reject(reason);
      }
    },
  };
}
