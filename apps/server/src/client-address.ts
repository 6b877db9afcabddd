import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';
import type { Context } from './context.ts';

/** Reads addresses and networks, as `10.0.0.0/8, ::1`. Null when one is neither, or is everybody. */
export function parseNetworks(text: string): BlockList | null {
  const networks = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const [, address = '', length] = /^([\da-f.:]+)(?:\/([1-9]\d{0,2}))?$/i.exec(entry) ?? [];
    const [family, whole] = isIP(address) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const);
    try {
      networks.addSubnet(address, length === undefined ? whole : Number(length), family);
    } catch {
      return null;
    }
  }
  return networks;
}

/** Whose request this is, as far as it shows. */
export function clientOf(request: IncomingMessage, trusted: BlockList): Context['client'] {
  const address = addressOf(request, trusted);
  return { address, network: networkOf(address), userAgent: request.headers['user-agent'] ?? null };
}

/**
 * Where a request comes from. Each proxy appends whom it heard to `X-Forwarded-For`, so that list is read from its
 * end for as long as a trusted one is speaking. What anybody else says of themselves counts for nothing.
 */
export function addressOf({ socket, headers }: IncomingMessage, trusted: BlockList): string {
  let address = plain(socket.remoteAddress ?? '') ?? 'unknown';
  for (const said of [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse()) {
    const next = plain(said.trim());
    if (next === null || !isTrusted(address, trusted)) break;
    address = next;
  }
  return address;
}

const isTrusted = (address: string, trusted: BlockList): boolean =>
  trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** One address in the one way to write it, without its zone, and IPv4 as such. Null when it is none. */
function plain(text: string): string | null {
  const family = isIP(text);
  if (family !== 6) return family === 4 ? text : null;
  const [address = ''] = text.split('%');
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1] ?? canonical;
}

/** What counts as one for limits: an IPv4 address, or the /64 of an IPv6 address, which is the least anybody gets. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
