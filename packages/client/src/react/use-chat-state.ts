import type { ChatState, Readable } from '@parley/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useChat } from './context.ts';

/** The value of a `Readable` of the client, as long as it is shown. */
export function useReadable<Value>({ get, subscribe }: Readable<Value>): Value {
  return useSyncExternalStore(subscribe, get, get);
}

/**
 * Something out of the client's state: the component is rendered again only when it is another one. `select` is pure, and
 * stable (`useCallback`, or outside of the component); where it makes new objects, `isSame` says whether they are equal.
 */
export function useChatState<Value>(
  select: (state: ChatState) => Value,
  isSame: (a: Value, b: Value) => boolean = Object.is,
): Value {
  const { get, subscribe } = useChat().state;
  const read = useMemo(() => remembered(get, select, isSame), [get, select, isSame]);
  return useSyncExternalStore(subscribe, read, read);
}

/** Reads what is selected, and gives the same object for as long as it is equal. */
function remembered<Value>(
  get: () => ChatState,
  select: (state: ChatState) => Value,
  isSame: (a: Value, b: Value) => boolean,
): () => Value {
  let last: { state: ChatState; value: Value } | null = null;
  return () => {
    const state = get();
    if (last?.state === state) return last.value;
    const value = select(state);
    last = { state, value: last && isSame(last.value, value) ? last.value : value };
    return last.value;
  };
}
