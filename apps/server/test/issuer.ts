import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../src/clock.ts';

export const AUDIENCE = 'parley-app';

/** A key of the issuer, with the name that it is published under. */
export interface IssuerKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

/** An OpenID Connect issuer, as far as Parley sees one: discovery, keys, and tokens of whatever kind. */
export interface Issuer extends AsyncDisposable {
  url: string;
  /** What it publishes, newest first: the first signs. */
  keys: IssuerKey[];
  /** What was asked of it. */
  requests: string[];
  /** How it answers: as it should, with 500, not at all, or with the discovery of another issuer. */
  mood: 'well' | 'broken' | 'silent' | 'other';
  /** A token for this person that is good for five minutes, unless the claims say otherwise. */
  token(subject: string, claims?: JWTPayload, key?: IssuerKey, header?: object): Promise<string>;
}

export async function startIssuer(clock: Clock): Promise<Issuer> {
  const keys = [await newKey('first')];
  const http = createServer(({ url: path = '' }, response) => {
    issuer.requests.push(path);
    if (issuer.mood === 'broken') response.writeHead(500).end();
    else if (issuer.mood !== 'silent') answer(issuer, path, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/realm`;
  const issuer: Issuer = {
    url,
    keys,
    requests: [],
    mood: 'well',
    token(subject, claims = {}, key = issuer.keys[0]!, header = {}) {
      const now = Math.floor(clock.now().getTime() / 1_000);
      const all = { iss: url, aud: AUDIENCE, sub: subject, iat: now, exp: now + 300, ...claims };
      return new SignJWT(all)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey);
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return issuer;
}

function answer({ url, mood, keys }: Issuer, path: string, response: ServerResponse): void {
  const documents: Record<string, object> = {
    '/realm/.well-known/openid-configuration': {
      issuer: mood === 'other' ? `${url}/other` : url,
      jwks_uri: `${url}/keys`,
    },
    '/realm/keys': { keys: keys.map(({ jwk }) => jwk) },
  };
  const document = documents[path];
  if (!document) response.writeHead(404).end();
  else response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
}

export async function newKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
