import { createServer, type Socket } from 'node:net';

/** A line between clients and a node that can go dead: what is open then stays so, and nothing passes any more. */
export interface Line extends AsyncDisposable {
  url: string;
  /** How many connections were made over it. */
  readonly made: number;
  /** Whatever is connected now is half open from now on; what connects later is whole. */
  goDead(): void;
}

export async function lineTo(node: { url: string }): Promise<Line> {
  const { hostname, port } = new URL(node.url);
  const ends = new Set<Socket>();
  let made = 0;
  const server = createServer((near) => {
    made += 1;
    const far = new (near.constructor as typeof Socket)();
    far.connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        ends.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    get made() {
      return made;
    },
    goDead() {
      for (const end of ends) {
        end.unpipe();
        end.removeAllListeners('data');
        end.removeAllListeners('close');
        // What comes is taken, and goes nowhere.
        end.resume();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
