import { join } from 'node:path';
import { PROJECT_FOLDER } from '../src/project.ts';

/** For the environment of our own processes: what one of them has compiled, the next one finds here. */
export const COMPILED = { NODE_COMPILE_CACHE: join(PROJECT_FOLDER, 'node_modules/.cache/parley-tests') };
