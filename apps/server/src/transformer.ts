import superjson, { type SuperJSONResult } from 'superjson';

/**
 * superjson on the wire, without its walk where there is nothing to find. Every output is plain JSON by
 * contract (a test checks each output schema), and `{ json }` without `meta` is superjson's own form of that.
 * Inputs come from anybody's superjson: without `meta` they are plain too, with it superjson reads them.
 * See docs/decisions/0002-transformer-and-encoder.md.
 */
export const transformer = {
  input: {
    serialize: superjson.serialize,
    deserialize(payload: SuperJSONResult): unknown {
      if (payload?.meta === undefined) return payload?.json;
      return superjson.deserialize(payload, { inPlace: true });
    },
  },
  output: {
    serialize: (json: unknown): { json: unknown } => ({ json }),
    deserialize: superjson.deserialize,
  },
};
