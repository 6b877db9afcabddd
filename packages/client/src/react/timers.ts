/** By their shape, read at the moment of use: neither a DOM's types nor Node's are there. */
export const timers = globalThis as unknown as {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
};
