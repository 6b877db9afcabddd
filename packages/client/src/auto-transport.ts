import { platform } from './platform.ts';
import type { SocketNews } from './socket-transport.ts';
import type { Transport, TransportNews } from './transport.ts';

/** So many sockets in a row that never opened may be no accident. */
const BLOCKED_AFTER = 2;
/** A socket is tried again after the one, later and later, and at last each time after the other. */
const TRY_FROM_MS = 15_000;
const TRY_TO_MS = 180_000;

export interface AutoTransportParts {
  overSockets(news: SocketNews): Transport;
  overHttp: Transport;
  /** Whether the server answers over plain HTTP. */
  answers(): Promise<boolean>;
  /** Whether a socket to the server opens. */
  opens(): Promise<boolean>;
}

/** Over a socket; and where sockets are blocked, and HTTP is not, over HTTP until one opens. */
export function autoTransport({ overSockets, overHttp, answers, opens }: AutoTransportParts): Transport {
  let failures = 0;
  let tries = 0;
  let asking = false;
  let timer: unknown = null;
  /** While it is open. */
  let told: TransportNews | null = null;
  const sockets = overSockets({
    opened() {
      failures = 0;
    },
    failed() {
      failures += 1;
      if (failures >= BLOCKED_AFTER) void leaveSockets();
    },
  });
  let current = sockets;

  /** One question at a time, and its answer counts only if nothing has changed meanwhile. */
  async function ask(question: () => Promise<boolean>): Promise<boolean> {
    const [from, since] = [current, told];
    if (asking || !since) return false;
    asking = true;
    const isSo = await question().catch(() => false);
    asking = false;
    return isSo && current === from && told === since;
  }

  async function leaveSockets(): Promise<void> {
    if (current !== sockets || !(await ask(answers)) || failures < BLOCKED_AFTER) return;
    move(overHttp);
    tries = 0;
    tryLater();
  }

  async function trySocket(): Promise<void> {
    if (current !== overHttp) return;
    if (await ask(opens)) move(sockets);
    else tryLater();
  }

  function tryLater(): void {
    platform.clearTimeout(timer);
    if (!told || current !== overHttp) return;
    const ms = Math.min(TRY_TO_MS, TRY_FROM_MS * 2 ** tries);
    tries += 1;
    timer = platform.setTimeout(() => void trySocket(), ms * (0.75 + Math.random() / 2));
  }

  function move(to: Transport): void {
    const from = current;
    current = to;
    failures = 0;
    to.open(told!);
    told!.moved();
    from.close();
  }

  return {
    link: (runtime) => {
      const [bySocket, byHttp] = [sockets.link(runtime), overHttp.link(runtime)];
      return (operation) => (current === sockets ? bySocket(operation) : byHttp(operation));
    },
    get resumes() {
      return current.resumes;
    },
    open(news) {
      told = news;
      current = sockets;
      failures = 0;
      sockets.open(news);
    },
    refused: () => current.refused(),
    wake() {
      current.wake();
      void trySocket();
    },
    drop: () => current.drop(),
    close() {
      told = null;
      platform.clearTimeout(timer);
      current.close();
      current = sockets;
    },
  };
}
