/** So many in so many seconds, counted from the first of them on. */
export interface Rate {
  points: number;
  seconds: number;
  /** What may come on top: a reserve for whoever does much at once. */
  burst?: Rate;
}

/** A day is the longest that is counted. */
const LONGEST_SECONDS = 86_400;

/** Reads `600/60`: 600 in 60 seconds; or `600/60+300/600`, with a reserve of 300 in 600 seconds. Else null. */
export function parseRate(text: string): Rate | null {
  const [rate, burst, ...more] = text.split('+').map(parseOne);
  if (!rate || burst === null || more.length > 0) return null;
  return burst ? { ...rate, burst } : rate;
}

function parseOne(text: string): Rate | null {
  const [, points = 0, seconds = 0] = (/^(\d{1,9})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  return points >= 1 && seconds >= 1 && seconds <= LONGEST_SECONDS ? { points, seconds } : null;
}
