import { rethrowLater } from './platform.ts';

/** A value that changes: what `useSyncExternalStore`, signals and stores of any framework can follow. */
export interface Readable<Value> {
  /** The value now. The same object until it changes. */
  get(): Value;
  /** Calls back after each change, until the function it returns is called. */
  subscribe(listener: (value: Value) => void): () => void;
}

export interface Store<Value> extends Readable<Value> {
  set(value: Value): void;
}

export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<(value: Value) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) {
        try {
          // The value as it is: an earlier listener may have changed it again.
          listener(value);
        } catch (error) {
          rethrowLater(error);
        }
      }
    },
    subscribe(listener) {
      // A wrapper of its own, so that one function subscribed twice counts twice.
      const entry = (next: Value) => listener(next);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}
