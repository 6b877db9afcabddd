import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded/embedded.ts';
import { ConfigurationError, type Env, readEnv } from './env.ts';

/**
 * Configures a server for development. What is not given it makes itself: secrets, which it keeps in the data
 * folder, and without a `DATABASE_URL` a Postgres there.
 */
export async function configureDevelopment(
  variables: NodeJS.ProcessEnv,
): Promise<{ env: Env; embedded: EmbeddedPostgres | undefined }> {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  // What is wrong with the given variables is told before anything is made.
  const { DATA_FOLDER, PORT } = readEnv({
    ...makeSecrets(),
    DATABASE_URL: 'postgresql://embedded',
    ...given,
  });
  const folder = resolve(DATA_FOLDER);
  const made = {
    ...keepSecrets(folder),
    ALLOWED_ORIGINS: localOrigins(PORT),
    PUBLIC_URL: `http://localhost:${PORT}`,
  };
  if (given['DATABASE_URL']) return { env: readEnv({ ...made, ...given }), embedded: undefined };
  const embedded = await startEmbeddedPostgres(join(folder, 'postgres'));
  return { env: readEnv({ ...made, ...given, DATABASE_URL: embedded.url }), embedded };
}

function makeSecrets(): Record<'JWT_SECRETS' | 'PASSWORD_PEPPER' | 'APP_SECRET', string> {
  const secret = () => randomBytes(36).toString('base64url');
  return { JWT_SECRETS: secret(), PASSWORD_PEPPER: secret(), APP_SECRET: secret() };
}

/** The secrets of this folder, made when it has none. Losing them would void every password and session. */
function keepSecrets(folder: string): ReturnType<typeof makeSecrets> {
  const file = join(folder, 'secrets.json');
  const read = () => JSON.parse(readFileSync(file, 'utf8'));
  try {
    const kept = existsSync(file) ? read() : {};
    const secrets = { ...makeSecrets(), ...kept };
    if (Object.keys(secrets).length === Object.keys(kept).length) return kept;
    putSecrets(file, secrets);
    return read();
  } catch (error) {
    throw new ConfigurationError(`Secrets: ${(error as Error).message}`);
  }
}

/** Puts the file there as a whole. Of servers that start together one makes it, and all have what that made. */
function putSecrets(file: string, secrets: object): void {
  mkdirSync(dirname(file), { recursive: true });
  const made = `${file}.${process.pid}`;
  writeFileSync(made, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  if (existsSync(file)) return renameSync(made, file);
  try {
    linkSync(made, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(made);
  }
}

/** Where a web app in development is served from: this server, Vite, Next and Expo. */
const localOrigins = (port: number): string =>
  [port, 5173, 3000, 8081].flatMap((each) => [`http://localhost:${each}`, `http://127.0.0.1:${each}`]).join();
