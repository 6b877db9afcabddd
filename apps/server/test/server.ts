import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { afterEach, beforeAll } from 'vitest';
import { createPasswordHasher } from '../src/auth/password.ts';
import type { Clock } from '../src/clock.ts';
import { type Env, readEnv } from '../src/env.ts';
import { createLogger } from '../src/logger.ts';
import type { Network } from '../src/previews/network.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { testDatabase } from './database.ts';
import { HIGH_LIMITS } from './high-limits.ts';
import { People } from './people.ts';

export interface TestServerOptions {
  /** Variables that differ from those of a test. */
  env?: Record<string, string>;
  clock?: Clock;
  logger?: Logger;
  /** Over what links are looked at. */
  network?: Network;
  /** How many nodes on the one database; 1 if not given. */
  nodes?: number;
}

export interface TestServer extends AsyncDisposable {
  /** The nodes; most tests need the first only. */
  nodes: [RunningServer, ...RunningServer[]];
  /** Their database. */
  databaseUrl: string;
  /** People who use it through its public API. */
  people: People;
  /** Starts another node on the same database, to be closed with the rest. */
  addNode(): Promise<RunningServer>;
}

/**
 * Real nodes on a database of their own, in this process. Everything goes when it is disposed of; a refusal that a
 * procedure gave and does not declare is thrown then.
 */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = await testDatabase();
  const env = testEnv(database.url, options.env);
  const logger = options.logger ?? createLogger(env.LOG_LEVEL);
  const undeclared = undeclaredErrors(logger);
  const start = () =>
    startServer(env, {
      logger,
      ...(env.BCRYPT_COST === CHEAP_COST && env.PASSWORD_PEPPER === pepper && { passwords }),
      ...(options.clock && { clock: options.clock }),
      ...(options.network && { network: options.network }),
    });
  const nodes: TestServer['nodes'] = [await start()];
  while (nodes.length < (options.nodes ?? 1)) nodes.push(await start());
  const people = new People(nodes);
  return {
    nodes,
    databaseUrl: database.url,
    people,
    async addNode() {
      const node = await start();
      nodes.push(node);
      return node;
    },
    async [Symbol.asyncDispose]() {
      people.close();
      await Promise.all(nodes.map((node) => node.close()));
      await rm(env.STORAGE_FOLDER, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
      if (undeclared.length > 0)
        throw new Error(`not in the meta of its procedure: ${undeclared.join(', ')}`);
    },
  };
}

/**
 * One server for all tests of a file, or of a `describe`, that need nothing of their own: it is there from the first to
 * the last of them. Others have been in its database: a test looks at its own people, and at what they have made.
 */
export function serverForAll(options: TestServerOptions = {}): TestServer {
  const server = {} as TestServer;
  beforeAll(async () => {
    const started = await testServer(options);
    Object.assign(server, started);
    return () => started[Symbol.asyncDispose]();
  });
  // Whoever is left connected by one test would be told of what the next one does.
  afterEach(() => server.people.close());
  return server;
}

/** Cheap passwords, and one thread for the servers of all tests of a file: to start one takes longer than most tests. */
const CHEAP_COST = 4;
const pepper = randomBytes(32).toString('base64');
const passwords = createPasswordHasher({ pepper, cost: CHEAP_COST });

/** What the log is told of refusals that their procedures do not declare: each is a fault, whatever the test is about. */
function undeclaredErrors(logger: Logger): string[] {
  const found: string[] = [];
  const error = logger.error.bind(logger) as (...given: unknown[]) => void;
  logger.error = (...given: unknown[]) => {
    const [fields, message] = given as [{ procedure?: string; refusal?: string }, string];
    if (message === 'undeclared error') found.push(`${fields.procedure} ${fields.refusal}`);
    error(...given);
  };
  return found;
}

/** The configuration of a test's node: cheap passwords, a free port, and limits that no test meets by accident. */
export function testEnv(databaseUrl: string, variables: Record<string, string> = {}): Env {
  const secret = randomBytes(32).toString('base64');
  return readEnv({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: '5',
    JWT_SECRETS: secret,
    PASSWORD_PEPPER: pepper,
    APP_SECRET: secret,
    BCRYPT_COST: `${CHEAP_COST}`,
    STORAGE_FOLDER: join(tmpdir(), `parley-files-${randomUUID()}`),
    STORAGE_KEEP_FREE_MB: '1',
    WEB_APP: 'off',
    ...HIGH_LIMITS,
    LOG_LEVEL: 'fatal',
    ...variables,
  });
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number;

  constructor(now = Date.now()) {
    this.#now = now;
  }

  now(): Date {
    return new Date(this.#now);
  }

  elapsed(): number {
    return this.#now;
  }

  /** Moves on by so many milliseconds. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
