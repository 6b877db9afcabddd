/** The time, injected: what decides by the time asks this, and a test moves it. */
export interface Clock {
  now(): Date;
  /** Milliseconds since some moment of this process; unlike `now` it never goes back or jumps. */
  elapsed(): number;
}

export const systemClock: Clock = { now: () => new Date(), elapsed: () => performance.now() };
