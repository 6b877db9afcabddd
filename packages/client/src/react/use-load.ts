import { type ChatClient, type ErrorCode, isParleyError } from '@parley/client';
import { useEffect, useRef, useState } from 'react';
import { useChat } from './context.ts';
import { timers } from './timers.ts';

/** How a load stands that a component needs. */
export interface Load {
  isLoading: boolean;
  /** Why the server refused it: an error for `isParleyError`. */
  error: Error | undefined;
}

/**
 * Loads what a component needs, once for each key, until it is there or refused. With null nothing is needed. `work` may be
 * done twice at the same moment, by two components or by a strict React.
 */
export function useLoad(key: string | null, work: () => Promise<unknown>): Load {
  const [ended, setEnded] = useState<{ key: string; error: Error | undefined } | null>(null);
  useSilentLoad(key, work, setEnded);
  const isOver = ended?.key === key;
  return { isLoading: key !== null && !isOver, error: isOver ? ended?.error : undefined };
}

/** The same for what shows by itself once it is there, and shows nothing if it is refused. */
export function useSilentLoad(
  key: string | null,
  work: () => Promise<unknown>,
  tell?: (ended: { key: string; error: Error | undefined }) => void,
): void {
  const chat = useChat();
  const latest = useRef({ work, tell });
  useEffect(() => {
    latest.current = { work, tell };
  });
  useEffect(() => {
    if (key === null) return;
    const run = { isOver: false };
    const end = (error: Error | undefined) => run.isOver || latest.current.tell?.({ key, error });
    untilAnswered(chat, run, () => latest.current.work()).then(() => end(undefined), end);
    return () => {
      run.isOver = true;
    };
  }, [chat, key]);
}

/** Tries again what got no answer, once there is a connection. */
async function untilAnswered(
  chat: ChatClient,
  run: { isOver: boolean },
  work: () => Promise<unknown>,
): Promise<void> {
  for (let failures = 0; !run.isOver; failures += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (run.isOver || isFinal(error)) throw error;
      await wait(failures);
      await untilLive(chat);
    }
  }
}

/** Whether the server has refused, and would again. */
const isFinal = (error: unknown): boolean => isParleyError(error) && !PASSING.includes(error.data.code);

const PASSING: readonly ErrorCode[] = ['BUSY', 'RATE_LIMITED', 'UNAVAILABLE', 'UNAUTHENTICATED'];

function wait(failures: number): Promise<void> {
  const spread = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  return new Promise((resolve) => void timers.setTimeout(resolve, spread * (0.5 + Math.random() / 2)));
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

function untilLive({ connection }: ChatClient): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.get() !== 'live') return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = connection.subscribe(look);
    look();
  });
}
