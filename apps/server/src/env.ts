import { z } from 'zod';
import { PROJECT_FOLDER } from './project.ts';

const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const isOrigin = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/*\s]+$/i.test(text);

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  /** The port to listen on; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Connections of this node's pool; two more are used for sends and for the bus. */
  DATABASE_POOL: count(10),
  /** The secrets that sign access tokens, newest first, separated by commas; each of 32 bytes or more. */
  JWT_SECRETS: z
    .string()
    .transform((list) => list.split(',').map((secret) => secret.trim()))
    .refine(
      (list) => list.every((secret) => Buffer.byteLength(secret) >= 32),
      'each secret needs 32 bytes or more',
    ),
  /** Mixed into every password before it is hashed. Changing it voids all passwords. */
  PASSWORD_PEPPER: z.string().refine((pepper) => Buffer.byteLength(pepper) >= 32, 'needs 32 bytes or more'),
  /** Of it come the keys of refresh tokens, of mailed codes and of what waits to be mailed; see keys.ts. */
  APP_SECRET: z.string().refine((secret) => Buffer.byteLength(secret) >= 32, 'needs 32 bytes or more'),
  /** bcrypt's cost: each step doubles the time. */
  BCRYPT_COST: z.coerce.number().int().min(4).max(15).default(12),
  ACCESS_TOKEN_SECONDS: count(15 * 60),
  /** A session ends when it was not used for this long … */
  SESSION_IDLE_DAYS: count(30),
  /** … and in any case after this long. */
  SESSION_ABSOLUTE_DAYS: count(90),
  /**
   * Whether an account may do nothing before it has shown that its e-mail address is its own. Without it a
   * registration tells whether an address has an account.
   */
  REQUIRE_EMAIL_VERIFICATION: flag.optional(),
  /** Where people reach this server: the base of the links in mails, never taken from a request. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:4000'),
  /** Where the application is: whoever has followed a mail's link is sent there. */
  APP_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Origins of browsers that may connect, separated by commas, as `https://chat.example.org`. */
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .refine((list) => list.every(isOrigin), 'takes origins such as https://chat.example.org, and no *'),
  /** Sockets and SSE streams that one address, and one person, may hold on this node. */
  MAX_CONNECTIONS_PER_ADDRESS: count(1_000),
  MAX_CONNECTIONS_PER_USER: count(50),
  /** Subscriptions that one socket may hold, and calls in one batch. */
  MAX_SUBSCRIPTIONS_PER_SOCKET: count(20),
  MAX_BATCH_SIZE: count(50),
  /** Messages that a person's sockets may send in a second, calls and all; what is more waits for the next. */
  MAX_MESSAGES_PER_SECOND: count(500),
  /** Days for which the log keeps its events. */
  LOG_RETENTION_DAYS: count(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  /** Where development keeps its database and its secrets. Production keeps nothing on its disk. */
  DATA_FOLDER: z.string().default(`${PROJECT_FOLDER}.parley`),
});

/** The names of all variables, in their order above. */
export const VARIABLES = Object.keys(schema.shape);

export type Env = Omit<z.output<typeof schema>, 'REQUIRE_EMAIL_VERIFICATION'> & {
  REQUIRE_EMAIL_VERIFICATION: boolean;
};

/** A configuration that cannot be used. Its message is one line that names every bad variable. */
export class ConfigurationError extends Error {}

/** Reads the configuration; the only place that looks at the environment's variables. */
export function readEnv(variables: NodeJS.ProcessEnv): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  const problems = (result.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return given[name] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
  });
  if (given['NODE_ENV'] === 'production') problems.push(...guessableSecrets(given));
  if (problems.length > 0) throw new ConfigurationError(`Configuration: ${problems.join('; ')}`);
  const env = result.data!;
  const { REQUIRE_EMAIL_VERIFICATION = env.NODE_ENV === 'production' } = env;
  return { ...env, REQUIRE_EMAIL_VERIFICATION };
}

/** Words of secrets that were copied from an example, and never of one that was made at random. */
const EXAMPLE =
  /your[-_ ]|change[-_ ]?(me|this|in)|super[-_ ]?secret|secret[-_ ]?key|example|placeholder|password|development|default/i;

function guessableSecrets(given: NodeJS.ProcessEnv): string[] {
  return ['JWT_SECRETS', 'PASSWORD_PEPPER', 'APP_SECRET']
    .filter((name) =>
      given[name]?.split(',').some((secret) => EXAMPLE.test(secret) || new Set(secret.trim()).size < 10),
    )
    .map((name) => `${name}: can be guessed; make it at random, for one with: openssl rand -base64 48`);
}
