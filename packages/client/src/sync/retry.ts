import { isParleyError, type ParleyError } from '../errors.ts';

/** Without an answer for this long, an attempt counts as unanswered. */
export const ANSWER_WITHIN_MS = 10_000;
/** The wait before what was not answered goes out again: from this, doubling, to that. */
const RETRY_FROM_MS = 500;
const RETRY_TO_MS = 15_000;
/** So often one thing may meet a fault of the server before that counts as a refusal. */
const MOST_FAULTS = 5;

/** Whether an attempt's error is the server's last word. Without one, the same goes out again. */
export function isRefusal(error: unknown, unanswered: number): error is ParleyError {
  if (!isParleyError(error)) return false;
  switch (error.data.code) {
    case 'BUSY':
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
    case 'UNAUTHENTICATED':
      return false;
    case 'INTERNAL':
      return unanswered + 1 >= MOST_FAULTS;
    default:
      return true;
  }
}

/** How long to wait, in milliseconds, after so many attempts without an answer. */
export function retryAfter(error: unknown, unanswered: number): number {
  const isAsked = isParleyError(error, 'BUSY') || isParleyError(error, 'RATE_LIMITED');
  const asked = isAsked ? error.data.retryAfter * 1000 : 0;
  const spread = Math.min(RETRY_TO_MS, RETRY_FROM_MS * 2 ** unanswered);
  return asked + spread * (0.5 + Math.random() / 2);
}
