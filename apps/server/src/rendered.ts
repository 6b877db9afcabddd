import type { z } from 'zod';

/**
 * An output that is JSON text already, made by Postgres or made once for many. A socket's answer has the
 * text in it as it is (sockets/protocol.ts); everywhere else it behaves as the value. `Value` is what the text holds: the
 * tests hold it against the output schema, since nothing does while serving.
 */
export class Rendered<Value> {
  readonly text: string;
  declare readonly value: Value;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): Value {
    return JSON.parse(this.text);
  }
}

/**
 * The output parser of a procedure that answers with `Rendered`: its clients get the value. The schema is for the reference
 * and the tests: nothing is parsed while serving.
 */
export const rendered = <Value>(schema: z.ZodType<Value>) => ({
  schema,
  parse(output: unknown): unknown {
    if (output instanceof Rendered) return output;
    throw new TypeError('this procedure answers with Rendered');
  },
  ...({} as { _input: Rendered<Value>; _output: Value }),
});
