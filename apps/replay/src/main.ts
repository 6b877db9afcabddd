import { DatabaseError } from './database.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { LogError } from './parse-log.ts';
import { replay } from './replay.ts';
import { ServerFailed } from './server-process.ts';
import { isProved, summarise } from './summary.ts';

/** The process: reads the command line, replays, prints the summary; exit code 1 if anything is wrong. */
async function main(): Promise<number> {
  const { INIT_CWD, DATABASE_URL } = process.env;
  const options = readOptions(process.argv.slice(2), INIT_CWD ?? process.cwd());
  await using running = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void running.disposeAsync().finally(() => process.exit(130)));
  const report = await replay(options, DATABASE_URL, running);
  process.stdout.write(summarise(report));
  return isProved(report.checks) ? 0 : 1;
}

/** What whoever called can put right, in one line; undefined for a fault of the program. */
function explain(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\n${USAGE}`;
  const ours = [LogError, DatabaseError, ServerFailed];
  return ours.some((kind) => error instanceof kind) ? (error as Error).message : undefined;
}

try {
  process.exitCode = await main();
} catch (error) {
  const line = explain(error);
  if (line === undefined) throw error;
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
