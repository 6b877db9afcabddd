import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** What pages are fetched over. A test gives one of its own; nothing else does. */
export interface Network {
  /** All addresses of a name; none when it has none. */
  resolve(name: string, signal: AbortSignal): Promise<string[]>;
  isOpen(address: string, port: number): boolean;
}

/** The names of the internet, asked of DNS alone, and its addresses. */
export const internet: Network = {
  async resolve(name, signal) {
    // It asks by the network and in no thread of the pool, and knows nothing of this machine's own names.
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.all([
        resolver.resolve4(name).catch(nothing),
        resolver.resolve6(name).catch(nothing),
      ]);
      return answers.flat();
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  },
  isOpen: (address, port) => (port === 80 || port === 443) && isPublicAddress(address),
};

const nothing = (): string[] => [];

/** Where to connect to. */
export interface Target {
  address: string;
  port: number;
}

/**
 * The one address that a URL is fetched from. Every address of its name has to be open: one that is asked for again
 * could be another by then, so that the connection goes to the very one that was looked at. Null for what may not be
 * fetched.
 */
export async function targetOf(network: Network, url: URL, signal: AbortSignal): Promise<Target | null> {
  const { protocol, hostname, username, password } = url;
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') return null;
  const port = Number(url.port) || (protocol === 'https:' ? 443 : 80);
  // `URL` has written addresses of any form as they are usually written.
  const literal = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) ? [literal] : await network.resolve(hostname, signal);
  if (addresses.length === 0 || !addresses.every((address) => network.isOpen(address, port))) return null;
  const address = addresses.find((one) => isIP(one) === 4) ?? addresses[0]!;
  return { address, port };
}
