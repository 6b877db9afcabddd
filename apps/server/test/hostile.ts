/** A number in [0, 1) from a seed, and the next from the last: a run can be had again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** JSON that is built to be expensive, by what it is. Each fits in one frame. */
export const HEAVY: Record<string, string> = {
  'arrays in arrays': '['.repeat(100_000) + ']'.repeat(100_000),
  'objects in objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'half a million numbers': `[${'0,'.repeat(499_000)}0]`,
  'a third of a million objects': `[${'{},'.repeat(330_000)}{}]`,
  'many ids': `[${'"01890000-0000-7000-8000-000000000000",'.repeat(25_000)}""]`,
  'many keys': `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":0`).join()}}`,
  'a long key': `{"${'x'.repeat(1_000_000)}":0}`,
  'a long text': `"${'a'.repeat(1_000_000)}"`,
  'a long address': `"${'a@'.repeat(500_000)}"`,
  'a long domain': `"a@${'a.'.repeat(499_000)}"`,
  'much white space': `"a${' '.repeat(999_000)}"`,
  'many combining marks': `"a${'\u0300'.repeat(490_000)}"`,
  'much without width': `"${'\u200b'.repeat(330_000)}"`,
  'many dashes': `"${'-'.repeat(1_000_000)}"`,
  'a number beyond all': '1e400',
  'a number beyond 32 bits': '2147483648',
  'a number beyond 53 bits': '9007199254740993',
  'the largest safe number': '9007199254740991',
  'minus zero': '-0',
  'a negative number': '-1',
  'a fraction': '0.5',
  'duplicate keys': '{"limit":1,"limit":"x","limit":{}}',
};

/** What superjson would do as it is told, and what it takes: memory, time, or somebody else's prototype. */
export const META: Record<string, string> = {
  'a list of four billion': '{"json":{"userIds":[]},"meta":{"values":{"userIds.4294967294":["undefined"]}}}',
  'an array of 8 GB':
    '{"json":{"limit":1000000000},"meta":{"values":{"limit":[["typed-array","Float64Array"]]}}}',
  'a number of a million digits': `{"json":{"limit":"${'9'.repeat(1_000_000)}"},"meta":{"values":{"limit":["bigint"]}}}`,
  'a pattern': `{"json":{"limit":"/(a+)+$/"},"meta":{"values":{"limit":["regexp"]}}}`,
  'many children of a long path': `{"json":{},"meta":{"values":{"${'a.'.repeat(200_000)}a":[["x"],{${Array.from({ length: 30_000 }, (_, n) => `"${n}":["undefined"]`).join()}}]},"v":1}}`,
  'the last of a large set, often': `{"json":[${Array.from({ length: 60_000 }, (_, n) => n).join()}],"meta":{"values":["set",{${Array.from({ length: 30_000 }, (_, n) => `"${59_999 - n}":["Date"]`).join()}}]}}`,
  'a circle': '{"json":{"a":{}},"meta":{"referentialEqualities":[["a","a.a"],{"a":["b","c"]}]}}',
  'deep annotations': `{"json":{},"meta":{"values":${'{"a":'.repeat(50_000)}["undefined"]${'}'.repeat(50_000)}}}`,
  'annotations that are a text': `{"json":{},"meta":{"values":"${'a'.repeat(1_000_000)}"}}`,
  'the prototype, by a value':
    '{"json":{"a":{"polluted":1}},"meta":{"values":{"__proto__.polluted":["undefined"]}}}',
  'the prototype, by an equality':
    '{"json":{"a":{"polluted":1}},"meta":{"referentialEqualities":{"a":["__proto__","constructor.prototype"]}}}',
  'the prototype, by a map': '{"json":{"a":[["__proto__",{"polluted":1}]]},"meta":{"values":{"a":["map"]}}}',
  'the prototype, by a class': '{"json":{"a":{"polluted":1}},"meta":{"values":{"a":[["class","Object"]]}}}',
  'the prototype, by an error':
    '{"json":{"a":{"name":"x","__proto__":{"polluted":1}}},"meta":{"values":{"a":["Error"]}}}',
};
