import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundled server. */
export const SERVER = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How Node runs it, as in the image: docs/performance.md says why a half of the young generation is enough. */
export const SERVER_COMMAND = ['--max-semi-space-size=16', SERVER];

const secret = (): string => randomBytes(48).toString('base64url');

/** Signs access tokens: whoever starts the server makes the tokens of its users too. */
export const JWT_SECRET = secret();

/**
 * Its variables: production and defaults, but for the numbers that one machine with thousands of clients, and one
 * user with fifty, goes beyond. No check is off.
 */
export const serverEnvironment = (databaseUrl: string, port: number): Record<string, string> => ({
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  PORT: String(port),
  DATABASE_URL: databaseUrl,
  JWT_SECRETS: JWT_SECRET,
  PASSWORD_PEPPER: secret(),
  APP_SECRET: secret(),
  MAIL: 'smtp',
  MAIL_FROM: 'parley@example.com',
  SMTP_URL: 'smtp://127.0.0.1:9',
  STORAGE_FOLDER: join(tmpdir(), 'parley-bench-files'),
  MAX_CONNECTIONS_PER_ADDRESS: '20000',
  MAX_CONNECTIONS_PER_USER: '1000',
  MAX_MESSAGES_PER_SECOND: '100000',
  LIMIT_OPERATIONS: '10000000/60',
  LIMIT_SENDS: '10000000/60',
});
