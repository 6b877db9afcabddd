import { LIMITS } from '@parley/contract';
import { platform } from '../platform.ts';
import type { Store } from '../store.ts';
import type { ReceivedEvent } from './apply-event.ts';
import { type ChatState, dropTyping } from './state.ts';

/** Of one conversation a start goes out at most once in this time, in milliseconds. */
const START_EVERY_MS = 3_000;
const TYPING_FOR_MS = LIMITS.typingFor * 1_000;

/** Who writes where: says it of oneself, and forgets it of others in time. */
export interface Typing {
  /** A key was pressed in a conversation. */
  pressed(conversationId: string): void;
  /** What was written there is on its way: nobody writes it any more. */
  sent(conversationId: string): void;
  /** Sees to it that somebody who was said to write is not shown so for ever. */
  heard(event: ReceivedEvent): void;
  clear(): void;
}

/** `say` may fail: the next start says it again, and whoever is not heard of any more is dropped. */
export function createTyping(
  store: Store<ChatState>,
  say: (signal: 'start' | 'stop', conversationId: string) => Promise<unknown>,
  canSend: () => boolean,
): Typing {
  /** Conversations in which a start went out of late, and the timers that end that. */
  const started = new Map<string, { restart: unknown; over: unknown; mayStart: boolean }>();
  /** The timers of others, by conversation and person. */
  const others = new Map<string, unknown>();

  function endStart(conversationId: string): boolean {
    const own = started.get(conversationId);
    platform.clearTimeout(own?.restart);
    platform.clearTimeout(own?.over);
    return started.delete(conversationId);
  }

  return {
    pressed(conversationId) {
      if (!canSend() || started.get(conversationId)?.mayStart === false) return;
      endStart(conversationId);
      const own = {
        mayStart: false,
        restart: platform.setTimeout(() => {
          own.mayStart = true;
        }, START_EVERY_MS),
        over: platform.setTimeout(() => started.delete(conversationId), TYPING_FOR_MS),
      };
      started.set(conversationId, own);
      say('start', conversationId).catch(() => {});
    },
    sent(conversationId) {
      if (endStart(conversationId) && canSend()) say('stop', conversationId).catch(() => {});
    },
    heard(event) {
      if (event.type !== 'typing') return;
      const { conversationId, userId } = event;
      const key = `${conversationId} ${userId}`;
      platform.clearTimeout(others.get(key));
      others.delete(key);
      if (event.until === null) return;
      // By the time since it came: the clocks of the two sides need not agree.
      const forget = (): void => {
        others.delete(key);
        store.set(dropTyping(store.get(), conversationId, userId));
      };
      others.set(key, platform.setTimeout(forget, TYPING_FOR_MS));
    },
    clear() {
      for (const timer of others.values()) platform.clearTimeout(timer);
      others.clear();
      for (const conversationId of [...started.keys()]) endStart(conversationId);
    },
  };
}
