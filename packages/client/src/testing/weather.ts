/** What a link does to what goes over it, at this moment. */
export interface Weather {
  /** Nothing connects. */
  isDown: boolean;
  /** How probable it is that something is lost, and its connection with it; 0 to 1. */
  drop: number;
  /** How long something takes, in milliseconds: from, to. */
  delay: readonly [number, number];
  duplicate: number;
  reorder: number;
}

export const FAIR: Readonly<Weather> = { isDown: false, drop: 0, delay: [0, 0], duplicate: 0, reorder: 0 };

/** What is overtaken, or comes a second time, does so by up to so many milliseconds. */
const HELD_MS = 50;

/** How long something takes, and how much longer if it is to be overtaken. */
export const delayOf = ({ delay: [from, to] }: Weather, chance: () => number): number =>
  from + chance() * (to - from);
export const heldFor = (chance: () => number): number => 1 + chance() * HELD_MS;
