import { basename } from 'node:path';
import type { Script } from './cast.ts';
import { type Deliveries, percentile } from './deliveries.ts';
import type { Options } from './options.ts';
import type { Outcome } from './perform.ts';
import type { Person } from './person.ts';
import type { Check } from './proof.ts';
import { BCRYPT_COST } from './server-process.ts';
import type { Stage } from './stage.ts';
import { count, duration, figure } from './telling.ts';

export interface Report {
  options: Options;
  script: Script;
  stage: Stage;
  outcome: Outcome;
  checks: Check[];
  /** Where the data were. */
  origin: string;
  /** Milliseconds. */
  took: { start: number; proof: number; total: number };
}

/** So many faults of a check are told; of the others, how many there are. */
const FAULTS = 20;

/** The whole report as text. */
export const summarise = (report: Report): string =>
  [
    headline(report),
    ...facts(report).map(fact),
    '',
    'Proof',
    ...report.checks.map(verdict),
    '',
    ending(report),
    '',
  ].join('\n');

export const isProved = (checks: Check[]): boolean => checks.every(({ faults }) => faults.length === 0);

function headline({ options, script, outcome }: Report): string {
  const logTook = (script.steps.at(-1)?.at ?? 0) * 1_000;
  const took = outcome.talkTook + outcome.settlingTook;
  return `${basename(options.file)}: ${duration(logTook)} of talk, replayed in ${duration(took)} (--speed ${options.speed})\n`;
}

type Fact = [name: string, text: string];

const fact = ([name, text]: Fact): string => `  ${name.padEnd(17)}${text}`;

function facts({ options, script, stage, outcome, origin, took }: Report): Fact[] {
  const everybody = [...stage.people.values()];
  const speakers = everybody.filter(({ said }) => said.length > 0);
  const sum = (of: (person: Person) => number) => everybody.reduce((total, person) => total + of(person), 0);
  const [said, heard] = [sum((person) => person.said.length), sum((person) => person.heard.length)];
  const [cuts, reconnects] = [sum((person) => person.cuts), sum((person) => person.reconnects)];
  const accounts = count(everybody.length, 'account');
  return [
    ['people', `${accounts} with a client and a socket each, ${speakers.length} of them spoke`],
    ['', tellChanges(script)],
    ['who spoke most', mostTalkative(speakers)],
    ['messages', `${count(said, 'line')} said, ${figure(heard)} times shown`],
    ['replies', tellReplies(everybody)],
    [
      'marks',
      `${figure(stage.group.marks.delivered)} of delivery and ${figure(stage.group.marks.read)} of reading set`,
    ],
    ['cuts', `${count(cuts, 'socket')} cut under the clients, ${fewestAndMost(everybody)} of each`],
    ['reconnects', `${figure(reconnects)}, after cuts and after the kill`],
    ['kill -9', tellOutage(outcome)],
    ...tellDeliveries(stage.deliveries),
    ['passwords', `bcrypt cost ${BCRYPT_COST} instead of 12, for ${accounts} at once`],
    ['database', origin],
    ['seed', `--seed ${options.seed} cuts the same connections at the same lines`],
    ['time', tellTimes(took, outcome)],
  ];
}

function tellChanges({ characters, presentAtFirst, steps }: Script): string {
  const times = (what: string) => steps.filter(({ does }) => does === what).length;
  const renamed = characters.filter(({ nicks }) => nicks.length > 1).length;
  return `${presentAtFirst.length} there at the beginning, ${times('join')} joins, ${times('leave')} parts, ${renamed} changed their nick`;
}

function tellReplies(everybody: Person[]): string {
  const calls = everybody.flatMap(({ said }) => said).filter(({ called }) => called !== undefined);
  const replies = calls.filter(({ replyTo }) => replyTo !== undefined);
  return `${figure(replies.length)} lines answer a message, ${figure(calls.length)} mention somebody by name`;
}

function tellTimes({ start, proof, total }: Report['took'], { talkTook, settlingTook }: Outcome): string {
  const [talk, settling] = [duration(talkTook), duration(settlingTook)];
  return `${duration(total)} in all: start and accounts ${duration(start)}, talk ${talk}, settling ${settling}, proof ${duration(proof)}`;
}

function mostTalkative(speakers: Person[]): string {
  const first = speakers.toSorted((a, b) => b.said.length - a.said.length).slice(0, 5);
  return first.map(({ character, said }) => `${character.nick} ${said.length}`).join(', ');
}

function fewestAndMost(everybody: Person[]): string {
  const cuts = everybody.map((person) => person.cuts);
  const [fewest, most] = [Math.min(...cuts), Math.max(...cuts)];
  return fewest === most ? `${most}` : `${fewest} to ${most}`;
}

function tellOutage({ outage }: Outcome): string {
  if (!outage) return 'did not come to its end';
  const { line, serverBackAfter, everybodyBackAfter } = outage;
  return `after line ${line}; the server was back in ${duration(serverBackAfter)}, everybody in ${duration(everybodyBackAfter)}`;
}

function tellDeliveries({ undisturbed, all }: Deliveries): Fact[] {
  const tell = (values: number[], share: number) => duration(percentile(values, share));
  return [
    [
      'delivery',
      `p50 ${tell(undisturbed, 0.5)}, p99 ${tell(undisturbed, 0.99)} where both sides were connected (${share(undisturbed, all)})`,
    ],
    [
      '',
      `p50 ${tell(all, 0.5)}, p99 ${tell(all, 0.99)}, at most ${tell(all, 1)} with every wait for a cut or dead connection`,
    ],
  ];
}

const share = (part: number[], whole: number[]): string =>
  `${Math.round((100 * part.length) / Math.max(1, whole.length))} % of ${figure(whole.length)}`;

function verdict({ claim, faults }: Check): string {
  if (faults.length === 0) return `  ok      ${claim}`;
  const told = faults.slice(0, FAULTS).map((fault) => `            ${fault}`);
  if (faults.length > FAULTS) told.push(`            and ${figure(faults.length - FAULTS)} more`);
  return [`  FAILED  ${claim}`, ...told].join('\n');
}

function ending({ checks }: Report): string {
  if (isProved(checks)) return 'Every client equals the database. Nothing was lost, nothing came twice.';
  const failed = checks.filter(({ faults }) => faults.length > 0).length;
  return `The proof fails: ${failed} of ${count(checks.length, 'check')}, see above.`;
}
