import type { ChatClient } from './chat-client.ts';
import { rethrowLater } from './platform.ts';
import type { ReceivedEvent } from './sync/apply-event.ts';

/** Who wants to hear of which events. */
export interface Listeners {
  on: ChatClient['on'];
  emit(event: ReceivedEvent): void;
}

export function createListeners(): Listeners {
  const byType = new Map<string, Set<(event: never) => void>>();
  return {
    on(type, listener) {
      // A wrapper of its own, so that one function added twice counts twice.
      const entry = (event: never): void => listener(event);
      const entries = byType.get(type) ?? new Set();
      byType.set(type, entries.add(entry));
      return () => void entries.delete(entry);
    },
    emit(event) {
      for (const listener of [...(byType.get(event.type) ?? [])]) {
        try {
          listener(event as never);
        } catch (error) {
          rethrowLater(error);
        }
      }
    },
  };
}
