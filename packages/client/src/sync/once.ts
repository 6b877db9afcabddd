/** Runs a piece of work once at a time for each key: who asks meanwhile waits for the same. */
export function createOnce(): <Answer>(key: string, work: () => Promise<Answer>) => Promise<Answer> {
  const underWay = new Map<string, Promise<unknown>>();
  return <Answer>(key: string, work: () => Promise<Answer>) => {
    const running = underWay.get(key) ?? work().finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running as Promise<Answer>;
  };
}
