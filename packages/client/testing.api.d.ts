import { ClientOptions, Storage } from "@parley/client";
interface TestServerOptions {
  /** Variables of the server's that differ, such as `{ REQUIRE_EMAIL_VERIFICATION: 'true' }`. */
  env?: Record<string, string>;
  /** A server that runs already: it is used as it is, and not stopped. */
  url?: string;
}
/** Somebody with an account. */
interface TestPerson {
  id: string;
  username: string;
  password: string;
  /** `createClient(options)` is signed in as this person. All that share them are tabs of one session. */
  options: {
    url: string;
    storage: Storage;
  };
}
interface TestServer extends AsyncDisposable {
  /** Where it is. */
  url: string;
  /** Makes an account. Its username begins with the name, of letters and digits, and is nobody else's. */
  register(name: string): Promise<TestPerson>;
  /** Stops it, and removes all that it kept. */
  stop(): Promise<void>;
}
/**
 * Starts a server for tests, on this machine and with nothing to set up: that of the package `@parley/server`, which has to be
 * installed, on a Postgres of its own that comes with it. To start takes some seconds; one for all tests of a file is enough, since
 * each can have people of its own. Only on Node. Rejects with what the server said, if it does not start.
 */
declare function startTestServer({ env, url }?: TestServerOptions): Promise<TestServer>;
/**
 * What lies between a client and its server. At first it does nothing; each of these lasts until it is set again, or until
 * `heal`. Probabilities are from 0 to 1, of every frame of a socket, every request, every answer and every event of a stream.
 */
interface UnreliableLink<Options extends ClientOptions = ClientOptions> {
  /** For `createClient`. */
  readonly options: Options & Required<Pick<ClientOptions, 'WebSocket' | 'fetch'>>;
  /** Breaks what is connected now, and whatever is under way on it is lost. Whoever connects again succeeds. */
  cut(): void;
  /** As `cut`, and nothing connects until `heal`. */
  down(): void;
  /** What is lost takes its connection with it, as over TCP: who sent it cannot tell whether it came. */
  drop(probability: number): void;
  /** How long everything takes, in milliseconds each way: from, to. What goes over one connection stays in order. */
  delay(from: number, to?: number): void;
  /** Calls are made twice, as by a proxy that tries again, and events come a second time, later. */
  duplicate(probability: number): void;
  /** Calls and answers are overtaken by others. The events of a stream stay in order, as they do over any connection. */
  reorder(probability: number): void;
  /** Everything is well from now on. What has been lost stays lost. */
  heal(): void;
}
/**
 * A client's options with a `WebSocket` and a `fetch` that are unreliable, and what makes them so. With the same seed, what becomes
 * of the n-th thing on the n-th connection is the same.
 */
declare function unreliable<Options extends ClientOptions>(options: Options, { seed }: {
  seed: number;
}): UnreliableLink<Options>;
export { type TestPerson, type TestServer, type TestServerOptions, type UnreliableLink, startTestServer, unreliable };