import { LIMITS } from '@parley/contract';
import type { Clock } from '../clock.ts';
import { Ephemeral } from '../events/ephemeral.ts';
import type { EventLog } from '../events/log.ts';

/** Of one person in one conversation, a start is passed on at most once in this time, in milliseconds. */
const START_EVERY = 2_000;

interface TypingNews {
  conversationId: string;
  userId: string;
  until: string | null;
}

/** Passes on who writes where, to whoever is live in the conversation on any node. Nothing of it is kept. */
export interface TypingRelay {
  start(userId: string, conversationId: string): void;
  stop(userId: string, conversationId: string): void;
}

export function createTypingRelay(log: EventLog, clock: Clock): TypingRelay {
  const { hub, bus } = log;
  /** When a start was passed on, by person and conversation, the oldest first; and whether it still stands. */
  const started = new Map<string, { at: number; stands: boolean }>();

  function deliver(news: TypingNews): void {
    const audience = hub.audience(news.conversationId);
    if (audience.size > LIMITS.typingAudience) return;
    const event = new Ephemeral({ type: 'typing', ...news });
    for (const { userId, listeners } of audience)
      if (userId !== news.userId) for (const listener of listeners) listener.tell(event);
  }

  function passOn(news: TypingNews): void {
    deliver(news);
    bus.tell('typing', news);
  }

  function forget(now: number): void {
    for (const [key, { at }] of started)
      if (now - at > LIMITS.typingFor * 1_000) started.delete(key);
      else return;
  }

  bus.hear('typing', deliver);

  return {
    start(userId, conversationId) {
      const now = clock.elapsed();
      forget(now);
      const key = `${userId} ${conversationId}`;
      const last = started.get(key);
      if (last && now - last.at < START_EVERY) return;
      started.delete(key);
      started.set(key, { at: now, stands: true });
      const until = new Date(clock.now().getTime() + LIMITS.typingFor * 1_000).toISOString();
      passOn({ conversationId, userId, until });
    },
    stop(userId, conversationId) {
      forget(clock.elapsed());
      const last = started.get(`${userId} ${conversationId}`);
      if (!last?.stands) return;
      last.stands = false;
      passOn({ conversationId, userId, until: null });
    },
  };
}
