import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv4 addresses for a special purpose (RFC 6890 and its registry at IANA), and what clouds keep for their own. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure answers its machines here.
  '168.63.129.16/32',
];

/**
 * The part of IPv6 that is given to the internet. Outside of it lie loopback, local and multicast addresses, and those
 * that hold an IPv4 address (mapped, compatible, NAT64).
 */
const GLOBAL_V6 = ['2000::/3'];

/** What is special in it: Teredo and its neighbours, documentation, 6to4, AS112. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const special = listOf('ipv4', SPECIAL_V4);
const global6 = listOf('ipv6', GLOBAL_V6);
const special6 = listOf('ipv6', SPECIAL_V6);

function listOf(family: 'ipv4' | 'ipv6', networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/');
    list.addSubnet(address!, Number(prefix), family);
  }
  return list;
}

/** Whether an address is one of the internet, that nobody has for themselves. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  return isIPv6(address) && global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}
