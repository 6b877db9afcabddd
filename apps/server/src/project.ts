import { fileURLToPath } from 'node:url';

/** The folder of the whole project. `src` and the bundled `dist` lie equally deep below it. */
export const PROJECT_FOLDER = fileURLToPath(new URL('../../..', import.meta.url));

/** Where Prisma's migrations lie. */
export const MIGRATIONS_FOLDER = `${PROJECT_FOLDER}prisma/migrations`;
