/** Whether two lists have the same items, in the same order. */
export const sameItems = (a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.length === b.length &&
    a.every((item, n) => Object.is(item, b[n])));

/** Whether two objects have the same in each of their fields. */
export function sameFields<Fields extends object>(a: Fields, b: Fields): boolean {
  const [first, second] = [Object.entries(a), b as Record<string, unknown>];
  return (
    first.length === Object.keys(b).length && first.every(([name, value]) => Object.is(value, second[name]))
  );
}
