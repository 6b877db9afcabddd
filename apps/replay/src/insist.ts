import { setTimeout as delay } from 'node:timers/promises';
import { type ChatClient, isParleyError } from '@parley/client';
import { until } from './until.ts';

/** Between two tries, in milliseconds: so long a client may take to notice that its connection is gone. */
const PAUSE = 50;

/**
 * Calls until there is an answer. When the connection breaks, or the server dies, nothing is known of what
 * became of a call: it is made again, so it has to be one that may be repeated. Errors: the server's refusal.
 */
export async function insist<Answer>(chat: ChatClient, call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    await until(chat.connection, (status) => status === 'live');
    try {
      return await call();
    } catch (error) {
      const passes = isParleyError(error, 'UNAVAILABLE') || isParleyError(error, 'BUSY');
      if (isParleyError(error) && !passes) throw error;
    }
    await delay(PAUSE);
  }
}
