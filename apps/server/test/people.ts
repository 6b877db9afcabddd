import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTRPCClient,
  createWSClient,
  httpLink,
  httpSubscriptionLink,
  type TRPCClient,
  type TRPCLink,
  type TRPCWebSocketClient,
  wsLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import type { EventLog } from '../src/events/log.ts';
import type { AppRouter } from '../src/public.ts';
import { Subscription } from './subscription.ts';

export type Api = TRPCClient<AppRouter>;
export type Transport = 'ws' | 'sse';

type Registered = Awaited<ReturnType<Api['auth']['register']['mutate']>>;

/** The answer to whoever registers where addresses need no verification. */
export function signedIn(answer: Registered): Extract<Registered, { status: 'signed-in' }> {
  if (answer.status !== 'signed-in') throw new Error('this server wants the address verified first');
  return answer;
}

/** Where a node listens, and its log if it runs in this process. */
interface Node {
  url: string;
  app?: { log: EventLog };
}

/** Everybody of one test. They act through the public API, with stock clients. */
export class People {
  readonly #nodes: readonly Node[];
  readonly #open: { close(): void }[] = [];

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** A person with an account and a session. The name is made unique. */
  async join(name: string): Promise<Person> {
    const username = `${name.slice(0, 11)}_${randomUUID().slice(0, 8)}`;
    const credentials = { username, password: `${username} likes tea` };
    const email = `${username}@example.com`;
    const answer = await this.stranger().auth.register.mutate({ ...credentials, email, fullName: name });
    const { user, ...session } = signedIn(answer);
    return new Person(this, user.id, credentials, session);
  }

  /** Several at once, in the order of their names. */
  all<Names extends string[]>(...names: Names): Promise<{ [Index in keyof Names]: Person }> {
    return Promise.all(names.map((name) => this.join(name))) as Promise<{ [Index in keyof Names]: Person }>;
  }

  /** The API over HTTP for somebody who is not signed in. */
  stranger(node = 0): Api {
    return createTRPCClient<AppRouter>({
      links: [httpLink({ url: this.url(node), transformer: superjson })],
    });
  }

  url(node: number): string {
    return `${this.#nodes[node]!.url}/trpc`;
  }

  /** Resolves when a node knows of all that was done before: it follows the log, a little later. */
  async settled(node: number): Promise<void> {
    const log = this.#nodes[node]!.app?.log;
    if (!log) return;
    const head = await log.reader.head();
    while (log.hub.applied < head) await sleep(2);
  }

  /** What is closed at the end of the test. */
  keep<Closable extends { close(): void }>(closable: Closable): Closable {
    this.#open.push(closable);
    return closable;
  }

  close(): void {
    for (const closable of this.#open.splice(0)) closable.close();
  }
}

export interface Tokens {
  sessionId: string;
  accessToken: string;
  refreshToken: string | null;
}

export interface SubscribeOptions {
  transport?: Transport;
  node?: number;
  /** Where to go on; from now without. */
  cursor?: string;
}

/** Somebody with an account. */
export class Person {
  readonly people: People;
  readonly id: string;
  readonly credentials: { username: string; password: string };
  readonly tokens: Tokens;

  constructor(
    people: People,
    id: string,
    credentials: { username: string; password: string },
    tokens: Tokens,
  ) {
    this.people = people;
    this.id = id;
    this.credentials = credentials;
    this.tokens = tokens;
  }

  /** The same person on another device: a session of its own. */
  async anotherDevice(): Promise<Person> {
    const { username, password } = this.credentials;
    const session = await this.people.stranger().auth.login.mutate({ login: username, password });
    return new Person(this.people, this.id, this.credentials, session);
  }

  /** Renews the session: whoever connects from now on has a fresh access token. */
  async refresh(): Promise<void> {
    const { refreshToken } = this.tokens;
    Object.assign(this.tokens, await this.people.stranger().auth.refresh.mutate({ refreshToken }));
  }

  /** The API over HTTP. */
  on(node: number): Api {
    const headers = { authorization: `Bearer ${this.tokens.accessToken}` };
    return createTRPCClient<AppRouter>({
      links: [httpLink({ url: this.people.url(node), transformer: superjson, headers })],
    });
  }

  get api(): Api {
    return this.on(0);
  }

  /** A socket of the stock client, and the API over it; calls go through these links first. */
  socket(
    node = 0,
    ...links: TRPCLink<AppRouter>[]
  ): { api: Api; client: TRPCWebSocketClient; close(): void } {
    const client = createWSClient({
      url: this.people.url(node).replace('http', 'ws'),
      connectionParams: () => ({ token: this.tokens.accessToken }),
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
      retryDelayMs: () => 20,
    });
    const api = createTRPCClient<AppRouter>({
      links: [...links, wsLink({ client, transformer: superjson })],
    });
    return this.people.keep({ api, client, close: () => void client.close() });
  }

  /**
   * Subscribes with the stock client, over a socket or over SSE, and resolves when it has caught up with all that was
   * done before.
   */
  async subscribe(options: SubscribeOptions = {}): Promise<Subscription> {
    await this.people.settled(options.node ?? 0);
    const subscription = this.follow(options);
    await subscription.until(({ type }) => type === 'stream.caught-up');
    return subscription;
  }

  /** As `subscribe`, without waiting. */
  follow({ transport = 'ws', node = 0, cursor }: SubscribeOptions = {}): Subscription {
    const subscription = new Subscription();
    const { api, close, ...cable } = transport === 'ws' ? this.#overSocket(node) : this.#overSse(node);
    const running = api.events.stream.subscribe(
      cursor === undefined ? {} : { lastEventId: cursor },
      subscription.callbacks,
    );
    Object.assign(subscription, cable);
    subscription.onClose = () => {
      running.unsubscribe();
      close();
    };
    return this.people.keep(subscription);
  }

  #overSocket(node: number) {
    const { api, client, close } = this.socket(node);
    const socket = () => client.connection?.ws as unknown as WebSocket | undefined;
    const pause = () => {
      const paused = socket();
      paused?.pause();
      return () => paused?.resume();
    };
    return { api, close, pause, cut: () => socket()?.terminate() };
  }

  #overSse(node: number) {
    const authorization = () => `Bearer ${this.tokens.accessToken}`;
    let cut = () => {};
    /** EventSource over fetch, so that it can send the header, and lose its answer half-way. */
    class Source extends EventSource {
      constructor(url: string | URL) {
        super(url, {
          fetch: async (input, init) => {
            const response = await fetch(input, {
              ...init,
              headers: { ...init.headers, authorization: authorization() },
            });
            const { status, headers, redirected } = response;
            const cable = new TransformStream({
              start(controller) {
                cut = () => controller.error(new TypeError('the cable was pulled'));
              },
            });
            return {
              body: response.body!.pipeThrough(cable),
              url: response.url,
              status,
              headers,
              redirected,
            };
          },
        });
      }
    }
    const link = httpSubscriptionLink({
      url: this.people.url(node),
      transformer: superjson,
      EventSource: Source as never,
    });
    const api = createTRPCClient<AppRouter>({ links: [link] });
    return { api, close: () => {}, cut: () => cut() };
  }

  /** Sends a text; the key is new unless it is given. */
  say(conversationId: string, text: string, clientMessageId: string = v7()) {
    return this.api.messages.send.mutate({ conversationId, text, clientMessageId });
  }

  /** A direct conversation with somebody. */
  async talkTo(other: Person): Promise<string> {
    return (await this.api.conversations.openDirect.mutate({ userId: other.id })).id;
  }

  /** A group of this person and others. */
  async startGroup(title: string, ...others: Person[]): Promise<string> {
    const userIds = others.map(({ id }) => id);
    return (await this.api.groups.create.mutate({ title, userIds })).id;
  }
}
