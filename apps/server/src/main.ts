import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { seed } from '../../../prisma/seed.ts';
import { migrate } from './database/migrate.ts';
import { configureDevelopment } from './development.ts';
import { DOCS_PATH } from './docs/paths.ts';
import { ConfigurationError, type Env, readEnv } from './env.ts';
import { inboxUrl } from './mail/inbox-page.ts';
import { PROJECT_FOLDER } from './project.ts';
import { startServer } from './server.ts';
import { hasWebApp } from './web-app.ts';

/** The process: configuration, database, migrations, server; and on a signal all of it back, in mirror order. */
async function main(): Promise<void> {
  const stopped = stopSignal();
  await using running = new AsyncDisposableStack();
  if (existsSync(`${PROJECT_FOLDER}.env`)) loadEnvFile(`${PROJECT_FOLDER}.env`);
  if (process.env['NODE_ENV'] === 'production') {
    await serve(readEnv(process.env), running);
  } else {
    const { env, embedded } = await configureDevelopment(process.env);
    if (embedded) running.defer(embedded.stop);
    const { app, url } = await serve(env, running);
    say('This is development: the secrets are made and kept here. Production is NODE_ENV=production.');
    const inbox = inboxUrl(app, url);
    if (inbox) say(`Mail goes to nobody. What would have been sent is at ${inbox}`);
    if (embedded) {
      say(`Its data are in ${embedded.folder}, in a Postgres of its own.`);
      // Its people could not sign in where accounts are elsewhere.
      for (const line of env.AUTH === 'local' ? await seed(app) : []) say(line);
    }
  }
  await stopped;
}

async function serve(env: Env, running: AsyncDisposableStack): ReturnType<typeof startServer> {
  await migrate(env.DATABASE_URL);
  const server = await startServer(env);
  running.defer(server.close);
  // Node itself would print all that the error holds.
  process.on('uncaughtException', (err) => {
    server.app.logger.fatal({ err }, 'nobody caught it');
    process.exit(1);
  });
  say(`Parley listens on ${server.url}`);
  say(`Its API is described at ${server.url}${DOCS_PATH}, and can be tried there.`);
  if (hasWebApp(env)) say(`The app is at ${env.PUBLIC_URL}`);
  return server;
}

/**
 * Waits for SIGINT or SIGTERM; one that comes while the process starts ends it when it has. A second one ends the process at once; what comes within a moment of the first is
 * the same Ctrl-C, which the terminal, npm and the launcher each pass on.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const listener = () => {
      if (first !== undefined && Date.now() - first > 300) process.exit(130);
      if (first !== undefined) return;
      first = Date.now();
      say('Stopping …');
      resolve();
    };
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What the operator can put right, in one line; undefined for a fault of the program. */
function explain(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  const { syscall, code, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (syscall !== 'listen') return undefined;
  return code === 'EADDRINUSE'
    ? `PORT: ${port} is in use by another process`
    : `PORT, HOST: cannot listen on ${address}:${port} (${code})`;
}

try {
  await main();
} catch (error) {
  const line = explain(error);
  if (line === undefined) throw error;
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
