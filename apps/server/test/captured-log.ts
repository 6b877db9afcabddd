import type { Logger } from 'pino';
import { createLogger } from '../src/logger.ts';

/** A log as the process writes it, kept for the test to read. */
export interface CapturedLog {
  logger: Logger;
  /** Its lines, as they would be written. */
  lines: string[];
  /** The same as values. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever was logged
  entries(): any[];
}

export function capturedLog(level = 'debug'): CapturedLog {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line) => void lines.push(line) });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}
