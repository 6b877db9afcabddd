import { rmSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { type Character, castFrom } from './cast.ts';
import { openDatabase, temporaryFolder } from './database.ts';
import type { Options } from './options.ts';
import { perform } from './perform.ts';
import type { Person } from './person.ts';
import { showProgress, tellPeople } from './progress.ts';
import { prove } from './proof.ts';
import { randomFrom } from './random.ts';
import { readLog } from './read-log.ts';
import { startServerProcess } from './server-process.ts';
import { setStage } from './stage.ts';
import type { Report } from './summary.ts';
import { readTruth } from './truth.ts';

/**
 * Replays a log as a group of people, each with the shipped client, while connections are cut and the server is
 * killed; then holds every client against the database.
 *
 * What it starts goes with `running`. Errors: `LogError` and `DatabaseError`, before anything is written;
 * `ServerFailed`.
 */
export async function replay(
  options: Options,
  databaseUrl: string | undefined,
  running: AsyncDisposableStack,
): Promise<Report> {
  const script = castFrom(readLog(options.file, options.lines));
  const progress = running.use(showProgress());
  const began = performance.now();

  progress.phase('starting a server');
  const database = running.use(await openDatabase(databaseUrl));
  const folder = temporaryFolder();
  running.defer(() => rmSync(folder, { recursive: true }));
  const server = running.use(await startServerProcess(database.url, folder));

  const people = new Map<Character, Person>();
  running.defer(async () => void (await Promise.all([...people.values()].map(({ chat }) => chat.close()))));
  progress.phase('making accounts', () => `: ${people.size} of ${script.characters.length + 1}`);
  const title = basename(options.file, extname(options.file));
  const stage = await setStage(script, title, server, people);
  const curtain = performance.now();

  const lines = script.steps.filter(({ does }) => does === 'say').length;
  progress.phase('talking', () => tellPeople(people.values(), lines));
  const outcome = await perform(script, stage, options, randomFrom(options.seed));

  progress.phase('proving');
  const proving = performance.now();
  const truth = await readTruth(database.url, stage.group.conversationId);
  const checks = await prove(script, stage, outcome, truth);
  const now = performance.now();
  const took = { start: curtain - began, proof: now - proving, total: now - began };
  return { options, script, stage, outcome, checks, origin: database.origin, took };
}
