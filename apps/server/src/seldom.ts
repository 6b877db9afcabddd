/** Does something at most once a minute, however often it is called: for a fault that every call would log. */
export function seldom<Given extends unknown[]>(act: (...given: Given) => void): (...given: Given) => void {
  let doneAt = Number.NEGATIVE_INFINITY;
  return (...given) => {
    const now = performance.now();
    if (now - doneAt < 60_000) return;
    doneAt = now;
    act(...given);
  };
}
