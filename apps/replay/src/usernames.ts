import { LIMITS } from '@parley/contract';

/**
 * A username for each nick, in their order: what a username may not hold becomes `_`, one that is too short is
 * filled up, one that is too long is cut, and one that is taken, in whatever case, gets a number.
 */
export function usernamesFor(nicks: readonly string[]): string[] {
  const taken = new Set<string>();
  return nicks.map((nick) => {
    const plain = nick.replaceAll(/[^A-Za-z0-9_]/g, '_').padEnd(LIMITS.usernameMin, '_');
    let username = plain.slice(0, LIMITS.usernameMax);
    for (let number = 2; taken.has(username.toLowerCase()); number++) {
      const suffix = `_${number}`;
      username = plain.slice(0, LIMITS.usernameMax - suffix.length) + suffix;
    }
    taken.add(username.toLowerCase());
    return username;
  });
}
