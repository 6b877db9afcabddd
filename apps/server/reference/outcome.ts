import { existsSync, readFileSync } from 'node:fs';
import { OPENAPI_FILE, type OpenApi } from '../src/docs/openapi.ts';
import { PROJECT_FOLDER } from '../src/project.ts';
import { breaking } from './breaking.ts';
import { describeApi } from './describe.ts';
import { writeMarkdown } from './markdown.ts';

const MARKDOWN_FILE = `${PROJECT_FOLDER}docs/reference.md`;

/** What `npm run reference` would do now. */
export interface Outcome {
  /** What it would write, by file. */
  files: Record<string, string>;
  /** Those that hold something else. */
  stale: string[];
  /** What apps in the field could not bear, in a wire that calls itself the same: then nothing is written. */
  refusals: string[];
}

/** Compares the API of the code with the one that `docs/openapi.json` keeps. */
export function outcome(): Outcome {
  const api = describeApi();
  const files = {
    [OPENAPI_FILE]: `${JSON.stringify(api, null, 2)}\n`,
    [MARKDOWN_FILE]: writeMarkdown(api),
  };
  const stale = Object.entries(files).filter(([file, text]) => readIfThere(file) !== text);
  const kept = readIfThere(OPENAPI_FILE);
  return {
    files,
    stale: stale.map(([file]) => file.slice(PROJECT_FOLDER.length)),
    refusals: kept === null ? [] : refusalsOf(JSON.parse(kept) as OpenApi, api),
  };
}

/** Another version of the wire may break what it likes. */
export const refusalsOf = (before: OpenApi, after: OpenApi): string[] =>
  before.info.version === after.info.version ? breaking(before, after) : [];

const readIfThere = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);
