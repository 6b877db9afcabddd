/** The time, injected: what decides by the time asks this, and a test moves it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
