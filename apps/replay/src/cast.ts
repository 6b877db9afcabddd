import type { LogLine } from './parse-log.ts';
import { usernamesFor } from './usernames.ts';

/** Somebody whom the log names. */
export interface Character {
  username: string;
  /** The nick under which they first appear. */
  nick: string;
  /** Every nick they had, as first written. */
  nicks: string[];
}

/** Something that somebody does at a moment. */
export type Step = {
  /** The line of the log, and its seconds since the beginning. */
  line: number;
  at: number;
  who: Character;
} & (
  | {
      does: 'say';
      text: string;
      /** Whom the line calls, of those who are there: `nick: …` or `nick, …`. */
      to?: Character;
    }
  | { does: 'join' | 'leave' | 'reconnect' }
);

/** The log as a play: everybody in it, who is there when it begins and when it ends, and what happens. */
export interface Script {
  characters: Character[];
  presentAtFirst: Character[];
  presentAtLast: Character[];
  steps: Step[];
}

/**
 * Reads the play from a log. Nicks are compared without case, and those that a rename connects are one person.
 * Whoever does something before they join was there from the beginning. A log does not tell everything: somebody
 * who joins and has not left has lost their connection, and somebody who has left and speaks has come back.
 */
export function castFrom(lines: readonly LogLine[]): Script {
  const whoIs = tellApart(lines);
  const present = new Map<Character, boolean>();
  const presentAtFirst: Character[] = [];
  const steps: Step[] = [];
  for (const line of lines) {
    if (line.kind === 'notice') continue;
    const who = whoIs(line.nick)!;
    const step = (does: 'join' | 'leave' | 'reconnect') =>
      steps.push({ line: line.number, at: line.at, who, does });
    const inside = present.get(who);
    if (inside === undefined && line.kind !== 'joined') presentAtFirst.push(who);
    if (line.kind === 'joined') {
      step(inside ? 'reconnect' : 'join');
    } else if (line.kind === 'left') {
      if (inside !== false) step('leave');
    } else {
      if (inside === false) step('join');
      if ('text' in line) steps.push({ line: line.number, at: line.at, who, does: 'say', text: line.text });
    }
    present.set(who, line.kind !== 'left');
  }
  const characters = [...present.keys()];
  const presentAtLast = characters.filter((who) => present.get(who));
  return { characters, presentAtFirst, presentAtLast, steps: withCalls(steps, presentAtFirst, whoIs) };
}

const CALL = /^([^\s:,]+)[:,](?:\s|$)/;

/** The same steps, with whom each line calls, if somebody else is called who is there at that moment. */
function withCalls(
  steps: Step[],
  presentAtFirst: Character[],
  whoIs: (nick: string) => Character | undefined,
): Step[] {
  const present = new Set(presentAtFirst);
  return steps.map((step) => {
    if (step.does === 'join') present.add(step.who);
    if (step.does === 'leave') present.delete(step.who);
    if (step.does !== 'say') return step;
    const [, nick] = CALL.exec(step.text) ?? [];
    const to = nick === undefined ? undefined : whoIs(nick);
    return to && to !== step.who && present.has(to) ? { ...step, to } : step;
  });
}

/** Finds out which nicks are one person. Answers who is called by a nick, if anybody is. */
function tellApart(lines: readonly LogLine[]): (nick: string) => Character | undefined {
  const groups = new Map<string, string[]>();
  const groupOf = (nick: string): string[] => {
    const key = nick.toLowerCase();
    const group = groups.get(key) ?? [nick];
    groups.set(key, group);
    return group;
  };
  for (const line of lines) {
    if (line.kind === 'notice') continue;
    const group = groupOf(line.nick);
    if (line.kind !== 'renamed') continue;
    const other = groupOf(line.to);
    if (other === group) continue;
    group.push(...other);
    for (const nick of other) groups.set(nick.toLowerCase(), group);
  }
  const people = [...new Set(groups.values())];
  const usernames = usernamesFor(people.map(([nick]) => nick!));
  const characters = new Map(
    people.map((nicks, index): [string[], Character] => [
      nicks,
      { username: usernames[index]!, nick: nicks[0]!, nicks },
    ]),
  );
  return (nick) => characters.get(groups.get(nick.toLowerCase()) ?? []);
}
