import type { ClientOptions } from './chat-client.ts';
import { createUploads } from './files/upload.ts';
import { platform } from './platform.ts';
import { type Server, within } from './server.ts';
import type { Store } from './store.ts';
import type { Connection } from './sync/connection.ts';
import { keepOutbox } from './sync/kept-outbox.ts';
import { createMarks } from './sync/marks.ts';
import { createSender } from './sync/sender.ts';
import { type ChatState, markDelivered, markRead } from './sync/state.ts';

/**
 * All that goes out by itself, and again until it is answered: messages, marks and files. It waits for the connection,
 * and messages and marks wait in the storage too, across restarts of the application.
 */
export function createOutgoing(
  { api, transport, fetch }: Server,
  store: Store<ChatState>,
  { status }: Connection,
  storage: ClientOptions['storage'],
) {
  const kept = keepOutbox({
    storage,
    locks: platform.navigator?.locks,
    content: () => ({
      items: sender.content(),
      read: marks.read.wanted(),
      delivered: marks.delivered.wanted(),
    }),
    restored({ items, read, delivered }) {
      sender.restore(items);
      for (const [id, seq] of Object.entries(read)) void marks.read.mark(id, seq);
      for (const [id, seq] of Object.entries(delivered)) void marks.delivered.mark(id, seq);
    },
    ready: resume,
  });

  function canSend(): boolean {
    if (!kept.isReady()) return false;
    const now = status.get();
    if (!transport.resumes) return now !== 'idle' && now !== 'unauthorized';
    return now === 'live' || now === 'catching-up';
  }

  const sender = createSender(
    store,
    ({ status: _, unanswered: __, message: ___, error: ____, ...draft }, signal) =>
      api.messages.send.mutate(draft, within(signal)),
    canSend,
    kept.save,
  );
  const marks = {
    read: createMarks(
      store,
      markRead,
      (conversationId, seq, signal) => api.messages.markRead.mutate({ conversationId, seq }, within(signal)),
      canSend,
      kept.save,
    ),
    delivered: createMarks(
      store,
      markDelivered,
      (conversationId, seq, signal) =>
        api.messages.markDelivered.mutate({ conversationId, seq }, within(signal)),
      canSend,
      kept.saveSoon,
    ),
  };
  const uploads = createUploads({
    create: (input, signal) => api.uploads.create.mutate(input, within(signal)),
    complete: (uploadId, signal) => api.uploads.complete.mutate({ uploadId }, within(signal)),
    fetch,
    canSend,
  });

  function resume(): void {
    sender.resume();
    marks.read.resume();
    marks.delivered.resume();
    uploads.resume();
  }

  status.subscribe((now) => {
    if (now === 'live' || now === 'catching-up') resume();
  });
  let lastOutbox = store.get().outbox;
  store.subscribe(({ outbox }) => {
    if (outbox !== lastOutbox) kept.saveSoon();
    lastOutbox = outbox;
  });

  return {
    send: sender.send,
    sending: sender.sending,
    /** These messages have come from the server: nothing that is theirs has to be sent any more. */
    arrived: sender.arrived,
    markRead: marks.read.mark,
    markDelivered: marks.delivered.mark,
    /** The state of the server, with the marks laid over it that it does not know yet. */
    over: (state: ChatState) => marks.read.over(marks.delivered.over(state)),
    upload: uploads.upload,
    open: kept.open,
    close: kept.close,
    wipe: kept.wipe,
    /** Nothing of it is sent any more; whoever waits is told why. */
    giveUp(error: Error): void {
      sender.clear(error);
      marks.read.clear(error);
      marks.delivered.clear(error);
      uploads.clear(error);
    },
  };
}
