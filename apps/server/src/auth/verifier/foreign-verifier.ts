import { createHash } from 'node:crypto';
import { type Admitted, admit } from './admit.ts';
import type { AuthVerifier, Caller } from './auth-verifier.ts';
import type { ForeignIdentity, IdentityProvider } from './foreign-identity.ts';

/** How many tokens are remembered. */
const REMEMBERED = 10_000;
/** Some services move a token's end each time they are asked: by so many milliseconds before it is written anew. */
const MOVED = 60_000;

/**
 * People of another service, which looks at each token each time. What it says of the holder is taken over once a
 * token; from then on a request costs no more here than one with a token of our own.
 */
export function createForeignVerifier(provider: IdentityProvider): AuthVerifier {
  /** By the hash of the token, the oldest first. Null for a session that has ended: that is for good. */
  const seen = new Map<string, Promise<Admitted | null>>();

  async function admitOnce(caller: Caller, token: string, identity: ForeignIdentity) {
    const key = createHash('sha256').update(token).digest('base64');
    const known = seen.get(key);
    const admitted = await known;
    if (known && !hasMoved(identity, admitted)) return admitted;
    // Of several at once with one token, the first goes and the others wait for it.
    return seen.get(key) === known ? remember(key, admit(caller, identity)) : seen.get(key);
  }

  function remember(key: string, admitted: Promise<Admitted | null>): typeof admitted {
    seen.delete(key);
    seen.set(key, admitted);
    admitted.catch(() => seen.get(key) === admitted && seen.delete(key));
    if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value!);
    return admitted;
  }

  return {
    async verify(caller, token) {
      const identity = await provider.identify(token);
      const admitted = identity && (await admitOnce(caller, token, identity));
      return admitted ? { ...admitted, expiresAt: identity.expiresAt } : null;
    },
    close: () => provider.close(),
  };
}

const hasMoved = (identity: ForeignIdentity, admitted: Admitted | null | undefined): boolean =>
  Number(identity.expiresAt) - Number(admitted?.expiresAt ?? identity.expiresAt) >= MOVED;
