import superjson, { type SuperJSONResult } from 'superjson';

/**
 * superjson on the wire, without its walk where there is nothing to find. Every output is plain JSON by
 * contract (a test checks each output schema), and `{ json }` without `meta` is superjson's own form of that.
 * Inputs are plain JSON too, and come from anybody: of what a client's superjson says about them, only which
 * fields were `undefined` is taken. To follow all of it would let one short request allocate gigabytes.
 * See docs/decisions/0002-transformer-and-encoder.md.
 */
export const transformer = {
  input: {
    serialize: superjson.serialize,
    deserialize(payload: SuperJSONResult): unknown {
      const values: unknown = payload?.meta?.values;
      if (Array.isArray(values)) return values[0] === 'undefined' ? undefined : payload.json;
      if (typeof values === 'object' && values !== null)
        for (const [path, kind] of Object.entries(values))
          if (Array.isArray(kind) && kind[0] === 'undefined') removeNull(payload.json, path.split('.'));
      return payload?.json;
    },
  },
  output: {
    serialize: (json: unknown): { json: unknown } => ({ json }),
    deserialize: superjson.deserialize,
  },
};

/** Takes out a field that was written as null for want of `undefined`. */
function removeNull(json: unknown, path: string[]): void {
  const field = path.pop()!;
  let within = json;
  for (const key of path) within = hasOwn(within, key) ? within[key] : null;
  if (hasOwn(within, field) && within[field] === null && !Array.isArray(within)) delete within[field];
}

const hasOwn = (value: unknown, key: string): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);
