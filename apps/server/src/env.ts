import { join } from 'node:path';
import { z } from 'zod';
import { parseNetworks } from './client-address.ts';
import { parseRate } from './limits/rate.ts';
import { PROJECT_FOLDER } from './project.ts';

const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Reads a text by a function that gives null for what it cannot read. */
const read = <Value>(parse: (text: string) => Value | null, fallback: string, form: string) =>
  z
    .string()
    .prefault(fallback)
    .transform((text, ctx): Value => {
      const value = parse(text);
      if (value === null) ctx.addIssue(form);
      return value ?? z.NEVER;
    });

const rate = (fallback: string) =>
  read(parseRate, fallback, 'takes points/seconds, as 600/60 or 600/60+300/600');

const SENDER =
  /^([^\p{Cc}"<>]+ <[^\s\p{Cc}"<>,;@]+@[^\s\p{Cc}"<>,;@]+>|[^\s\p{Cc}"<>,;@]+@[^\s\p{Cc}"<>,;@]+)$/u;

const isOrigin = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/*\s]+$/i.test(text);

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  /** The port to listen on; 0 takes a free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('0.0.0.0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Connections of this node's pool; four more are used for sends, searches and the bus. */
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
  /** Who keeps the accounts: this server, an issuer of OpenID Connect, or a service that is asked over gRPC. */
  AUTH: z.enum(['local', 'jwks', 'grpc']).default('local'),
  /** The issuer, exactly as its tokens name it. */
  AUTH_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** Whom its tokens must be meant for: one of these, separated by commas. */
  AUTH_AUDIENCE: z
    .string()
    .transform((list) => list.split(',').map((audience) => audience.trim()))
    .refine((list) => list.every(Boolean), 'takes names with commas between')
    .optional(),
  /** Where the issuer's keys are, if it does not tell by discovery. */
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** As `grpcs://host:port`; `grpc` goes without TLS. */
  AUTH_GRPC_URL: z.url({ protocol: /^grpcs?$/ }).optional(),
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
  /** The folder of the built web application, which is served at `/`. Where there is none, none is: say `off`. */
  WEB_APP: z.string().default(`${PROJECT_FOLDER}apps/web/dist`),
  /** What mails call this service. */
  APP_NAME: z
    .string()
    .regex(/^[^\p{Cc}"<>]{1,40}$/u, 'takes 40 characters at most, without quotes and brackets')
    .default('Parley'),
  /** How mail leaves: by Resend, by an SMTP server, or not at all but into a page of this server. */
  MAIL: z.enum(['resend', 'smtp', 'inbox']).default('inbox'),
  /** Whom mails are from. */
  MAIL_FROM: z
    .string()
    .regex(SENDER, 'takes an address, or Name <address>')
    .default('Parley <parley@localhost>'),
  RESEND_API_KEY: z.string().optional(),
  RESEND_URL: z.url({ protocol: /^https?$/ }).default('https://api.resend.com'),
  /** As `smtp://user:password@host:587`; `smtps` begins with TLS. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** The account with this address, once it is verified, is an admin: the first one. */
  ADMIN_EMAIL: z.email().optional(),
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
  /** Proxies whose `X-Forwarded-For` is believed, as addresses and networks with commas between. */
  TRUSTED_PROXIES: read(parseNetworks, '', 'takes addresses and networks, as 10.0.0.0/8, and not everybody'),
  /** Counts the limits for all nodes together, and carries what they tell each other. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** How often who may do what, as points/seconds; see limits.ts. */
  LIMIT_OPERATIONS: rate('600/60+300/600'),
  LIMIT_SENDS: rate('120/60+60/600'),
  LIMIT_PROFILES: rate('30/600'),
  LIMIT_USERNAMES: rate('2/86400'),
  LIMIT_FRIEND_REQUESTS: rate('60/3600'),
  LIMIT_REPORTS: rate('20/86400'),
  LIMIT_SEARCHES: rate('30/60+60/600'),
  LIMIT_UPLOADS: rate('120/600'),
  LIMIT_DOWNLOADS: rate('1200/60'),
  LIMIT_PASSWORDS: rate('10/900'),
  LIMIT_STRANGERS: rate('100/60'),
  LIMIT_REGISTER: rate('5/60'),
  LIMIT_LOGIN: rate('10/60'),
  LIMIT_CODES: rate('30/600'),
  LIMIT_MAILS: rate('10/3600'),
  LIMIT_MAILBOX: rate('3/3600'),
  LIMIT_FAILED_LOGINS: rate('20/900'),
  LIMIT_ALL_FAILED_LOGINS: rate('600/60'),
  MAIL_PER_DAY: count(2_000).transform((points) => ({ points, seconds: 86_400 })),
  /** Whether members can list everybody. Without it they find people by name. */
  USER_DIRECTORY: z.enum(['on', 'off']).default('off'),
  /**
   * Events of one conversation that somebody who was away is sent one by one: of one with more of them they are told
   * how it stands.
   */
  MAX_MISSED_EVENTS: count(1_000),
  /** Minutes for which a message can be edited by its sender. */
  EDIT_MINUTES: count(15),
  /** Whether the server looks what is under the links in messages. */
  LINK_PREVIEWS: z.enum(['on', 'off']).default('off'),
  /** Days for which the log keeps its events. */
  LOG_RETENTION_DAYS: count(30),
  /** Days for which messages are kept; without it, for ever. A conversation may keep its own for a shorter time. */
  MESSAGE_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).optional(),
  /** Where files are kept: on a disk of this machine, or in a bucket of an S3. */
  STORAGE_DRIVER: z.enum(['local', 's3']).default('local'),
  /** With `local`: the folder. All nodes need to see the same. */
  STORAGE_FOLDER: z.string().optional(),
  /** With `local`: what is to stay free on its disk. */
  STORAGE_KEEP_FREE_MB: count(500),
  /** What the files of one person may have together. */
  STORAGE_QUOTA_MB: count(1_000),
  /** With `s3`: where it is for this server … */
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** … and for everybody else: then files go there and come from there directly, by signed links. */
  S3_PUBLIC_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'takes 3 to 63 lower-case letters, digits, dots and hyphens')
    .optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  /** Where development keeps its database and its secrets. Production keeps nothing on its disk. */
  DATA_FOLDER: z.string().default(`${PROJECT_FOLDER}.parley`),
});

/** The names of all variables, in their order above. */
export const VARIABLES = Object.keys(schema.shape);

export type Env = Omit<z.output<typeof schema>, 'REQUIRE_EMAIL_VERIFICATION' | 'STORAGE_FOLDER'> & {
  REQUIRE_EMAIL_VERIFICATION: boolean;
  STORAGE_FOLDER: string;
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
  problems.push(...mailProblems(given), ...authProblems(given), ...storageProblems(given));
  if (given['NODE_ENV'] === 'production') problems.push(...guessableSecrets(given));
  if (problems.length > 0) throw new ConfigurationError(`Configuration: ${problems.join('; ')}`);
  const env = result.data!;
  const { REQUIRE_EMAIL_VERIFICATION = env.NODE_ENV === 'production' } = env;
  const { STORAGE_FOLDER = join(env.DATA_FOLDER, 'files') } = env;
  // Whoever keeps the accounts elsewhere decides there whom to let in.
  // Its own pages are at its own address.
  const ALLOWED_ORIGINS = [...new Set([...env.ALLOWED_ORIGINS, new URL(env.PUBLIC_URL).origin])];
  return {
    ...env,
    ALLOWED_ORIGINS,
    REQUIRE_EMAIL_VERIFICATION: REQUIRE_EMAIL_VERIFICATION && env.AUTH === 'local',
    STORAGE_FOLDER,
  };
}

/** What the chosen way of mail needs. In production one is needed, unless another service keeps the accounts. */
function mailProblems(given: NodeJS.ProcessEnv): string[] {
  const { NODE_ENV, AUTH = 'local', MAIL } = given as Record<string, string | undefined>;
  if (NODE_ENV === 'production' && (MAIL === 'inbox' || (MAIL === undefined && AUTH === 'local')))
    return ['MAIL: production needs smtp or resend'];
  if (MAIL === undefined || MAIL === 'inbox') return [];
  const needed = ['MAIL_FROM', MAIL === 'smtp' ? 'SMTP_URL' : 'RESEND_API_KEY'];
  return needed.filter((name) => given[name] === undefined).map((name) => `${name} is missing`);
}

/** What the keeper of the accounts needs. In production keys come from this machine, or over TLS. */
function authProblems(given: Record<string, string | undefined>): string[] {
  const { NODE_ENV, AUTH } = given as { NODE_ENV?: string; AUTH?: string };
  if (AUTH === 'grpc') return given['AUTH_GRPC_URL'] === undefined ? ['AUTH_GRPC_URL is missing'] : [];
  if (AUTH !== 'jwks') return [];
  const missing = ['AUTH_ISSUER', 'AUTH_AUDIENCE'].filter((name) => given[name] === undefined);
  const open = ['AUTH_ISSUER', 'AUTH_JWKS_URL'].filter(
    (name) => NODE_ENV === 'production' && OPEN_TO_OTHERS.test(given[name] ?? ''),
  );
  return [...missing.map((name) => `${name} is missing`), ...open.map((name) => `${name}: needs https`)];
}

/** What the chosen storage needs. Production says where: what lies beside the program goes with its container. */
function storageProblems(given: Record<string, string | undefined>): string[] {
  const { NODE_ENV, STORAGE_DRIVER = 'local', STORAGE_FOLDER } = given as Record<string, string | undefined>;
  if (STORAGE_DRIVER === 's3')
    return ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']
      .filter((name) => given[name] === undefined)
      .map((name) => `${name} is missing`);
  const isMissing = NODE_ENV === 'production' && STORAGE_DRIVER === 'local' && STORAGE_FOLDER === undefined;
  return isMissing ? ['STORAGE_FOLDER is missing, or STORAGE_DRIVER=s3'] : [];
}

const OPEN_TO_OTHERS = /^http:(?!\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$))/i;

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
