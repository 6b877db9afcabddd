/**
 * Does something every so many milliseconds, one after the other: a turn that takes longer lets the next ones pass. `stop`
 * waits for the one under way. What goes wrong is told to `onError`.
 */
export function regularly(
  every: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  async function turn(): Promise<void> {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
    running = null;
  }
  const timer = setInterval(() => {
    running ??= turn();
  }, every);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
