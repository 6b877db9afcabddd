import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readEnv, VARIABLES } from '../src/env.ts';
import { PROJECT_FOLDER } from '../src/project.ts';

const secret = () => randomBytes(48).toString('base64');

const complete = () => ({
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://parley:geheim@db/parley',
  JWT_SECRETS: secret(),
  PASSWORD_PEPPER: secret(),
  APP_SECRET: secret(),
  MAIL: 'smtp',
  MAIL_FROM: 'Parley <parley@example.com>',
  SMTP_URL: 'smtp://localhost:1025',
  STORAGE_FOLDER: '/var/lib/parley',
});

const refusal = (variables: Record<string, string>): string => {
  try {
    readEnv(variables);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('production takes a complete configuration, and lists stay lists', () => {
  const two = `${secret()}, ${secret()}`;
  const env = readEnv({
    ...complete(),
    JWT_SECRETS: two,
    ALLOWED_ORIGINS: 'https://a.example, https://b.example',
  });
  expect(env).toMatchObject({
    PORT: 4000,
    JWT_SECRETS: two.split(', '),
    ALLOWED_ORIGINS: ['https://a.example', 'https://b.example', new URL(env.PUBLIC_URL).origin],
  });
});

test('every missing or bad variable is named at once, in one line', () => {
  const line = refusal({ NODE_ENV: 'production', PORT: '99999', LOG_LEVEL: 'loud', JWT_SECRETS: '' });
  expect(line).not.toContain('\n');
  for (const name of ['PORT:', 'LOG_LEVEL:', 'DATABASE_URL is missing', 'JWT_SECRETS is missing']) {
    expect(line).toContain(name);
  }
});

test.each(['JWT_SECRETS', 'PASSWORD_PEPPER', 'APP_SECRET', 'DATABASE_URL'])(
  'S83: production refuses to go without %s',
  (name) => {
    expect(refusal({ ...complete(), [name]: '' })).toContain(`${name} is missing`);
  },
);

test.each([
  ['short', 'k3v9Qw1x', /needs 32 bytes/],
  ['of a well-known example', 'your-super-secret-jwt-key-change-this-in-production', /can be guessed/],
  ['of a well-known example', 'change-me-change-me-change-me-change-me', /can be guessed/],
  ['of few characters', 'abababababababababababababababababababab', /can be guessed/],
])('S83: production refuses a secret that is %s', (_, value, reason) => {
  for (const name of ['JWT_SECRETS', 'PASSWORD_PEPPER', 'APP_SECRET']) {
    const line = refusal({ ...complete(), [name]: value });
    expect(line).toContain(`${name}: `);
    expect(line).toMatch(reason);
    expect(line).not.toContain(value);
  }
});

test.each([
  [{ MAIL: '' }, 'MAIL: production needs smtp or resend'],
  [{ MAIL: 'inbox' }, 'MAIL: production needs smtp or resend'],
  [{ SMTP_URL: '' }, 'SMTP_URL is missing'],
  [{ MAIL: 'resend' }, 'RESEND_API_KEY is missing'],
  [{ MAIL_FROM: '' }, 'MAIL_FROM is missing'],
  [{ MAIL_FROM: 'Parley <a@example.com>, b@example.com' }, 'MAIL_FROM: '],
  [{ MAIL_FROM: 'parley@example.com\r\nBcc: eve@example.com' }, 'MAIL_FROM: '],
  [{ APP_NAME: 'Parley\r\nBcc: eve@example.com' }, 'APP_NAME: '],
])('mail is configured whole or refused: %o', (variables: Record<string, string>, reason) => {
  expect(refusal({ ...complete(), ...variables })).toContain(reason);
});

test.each([
  [{ AUTH: 'jwks' }, ['AUTH_ISSUER is missing', 'AUTH_AUDIENCE is missing']],
  [{ AUTH: 'jwks', AUTH_ISSUER: 'https://a.example', AUTH_AUDIENCE: 'a,,b' }, ['AUTH_AUDIENCE: ']],
  [{ AUTH: 'jwks', AUTH_ISSUER: 'http://a.example', AUTH_AUDIENCE: 'a' }, ['AUTH_ISSUER: needs https']],
  [{ AUTH: 'jwks', AUTH_ISSUER: 'http://localhost.evil', AUTH_AUDIENCE: 'a' }, ['AUTH_ISSUER: needs https']],
  [{ AUTH: 'jwks', AUTH_JWKS_URL: 'http://a.example/keys' }, ['AUTH_JWKS_URL: needs https']],
  [{ AUTH: 'jwks', AUTH_ISSUER: 'a.example' }, ['AUTH_ISSUER: ']],
  [{ AUTH: 'grpc' }, ['AUTH_GRPC_URL is missing']],
  [{ AUTH: 'grpc', AUTH_GRPC_URL: 'https://a.example' }, ['AUTH_GRPC_URL: ']],
  [{ AUTH: 'somehow' }, ['AUTH: ']],
])('S83: whoever keeps the accounts is named whole: %o', (variables: Record<string, string>, reasons) => {
  for (const reason of reasons) expect(refusal({ ...complete(), ...variables })).toContain(reason);
});

test('with an issuer nobody has to verify an address here', () => {
  const issuer = { AUTH: 'jwks', AUTH_ISSUER: 'http://localhost:8080/realm', AUTH_AUDIENCE: 'web, phone' };
  const env = readEnv({ ...complete(), ...issuer, REQUIRE_EMAIL_VERIFICATION: 'true' });
  expect(env).toMatchObject({ AUTH_AUDIENCE: ['web', 'phone'], REQUIRE_EMAIL_VERIFICATION: false });
});

test('S83: a list of secrets is as good as its worst', () => {
  expect(refusal({ ...complete(), JWT_SECRETS: `${secret()},short` })).toContain('JWT_SECRETS: ');
});

test.each(['*', 'https://a.example,*', 'https://*.example', 'a.example', 'https://a.example/path'])(
  'S83: %s is no origin',
  (origins) => {
    expect(refusal({ ...complete(), ALLOWED_ORIGINS: origins })).toContain('ALLOWED_ORIGINS: ');
  },
);

test('.env.example names exactly the variables there are, with their defaults', () => {
  const example = parseEnv(readFileSync(join(PROJECT_FOLDER, '.env.example'), 'utf8'));
  expect(Object.keys(example).sort()).toEqual([...VARIABLES].sort());
  const given = { ...complete(), NODE_ENV: 'development' };
  expect(readEnv({ ...example, ...given })).toEqual(readEnv(given));
});
