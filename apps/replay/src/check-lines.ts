import { isDeepStrictEqual } from 'node:util';
import { isParleyError, type Message } from '@parley/client';
import { clientMessageIdOf } from '@parley/contract';
import type { Script } from './cast.ts';
import { hasNothingToSee } from './parse-log.ts';
import type { Person, Said } from './person.ts';
import type { Check } from './proof.ts';
import { count, figure } from './telling.ts';
import type { Truth } from './truth.ts';

/** Every line is in the database once, as it was said and acknowledged. */
export function linesAreStored({ steps }: Script, said: Said[], { messages }: Truth): Check {
  const byKey = Map.groupBy(messages, clientMessageIdOf);
  const byLine = new Map(said.map((each) => [each.line, each]));
  const lines = steps.filter((step) => step.does === 'say');
  const blank = lines.filter(({ text }) => hasNothingToSee(text));
  const faultOf = ({ line, text }: (typeof lines)[number]): string | undefined => {
    const { message, refusal, clientMessageId } = byLine.get(line) ?? {};
    if (hasNothingToSee(text))
      return isParleyError(refusal, 'INVALID_INPUT') ? undefined : 'shows nothing, and was not refused';
    if (!message || !clientMessageId) return `is not acknowledged: ${refusal?.message ?? 'no answer'}`;
    const [stored, ...more] = byKey.get(clientMessageId) ?? [];
    if (!stored || more.length > 0)
      return `is acknowledged, and ${stored ? more.length + 1 : 0} times in the database`;
    if (stored.text !== text) return 'is stored with another text';
    if (!answersAsSaid(stored, byLine.get(line)!, messages))
      return 'calls or answers somebody else than it was to';
    return isDeepStrictEqual(stored, message) ? undefined : 'is stored otherwise than acknowledged';
  };
  const refused = blank.length > 0 ? `; ${count(blank.length, 'line')} with nothing to see refused` : '';
  return {
    claim: `${count(lines.length - blank.length, 'line')} said, all acknowledged, each in the database exactly once${refused}`,
    faults: lines.flatMap((line) => {
      const fault = faultOf(line);
      return fault === undefined ? [] : [`line ${line.line} ${fault}`];
    }),
  };
}

/** Whether it calls whom it was to call, and answers a message of theirs. */
function answersAsSaid(stored: Message, { called, replyTo }: Said, messages: Message[]): boolean {
  const calls = called === undefined ? undefined : [called];
  if (!isDeepStrictEqual(stored.mentions?.userIds, calls) || stored.replyTo !== replyTo) return false;
  return replyTo === undefined || (replyTo < stored.seq && messages[replyTo - 1]?.senderId === called);
}

export function nothingElseIsStored(said: Said[], { messages }: Truth): Check {
  const keys = new Set(said.map(({ clientMessageId }) => clientMessageId));
  const others = messages.filter((message) => !keys.has(clientMessageIdOf(message)));
  return {
    claim: 'nothing is in the database that nobody said',
    faults: others.map(({ seq }) => `message ${seq} was said by nobody`),
  };
}

export function speakersKeepTheirOrder(everybody: Person[]): Check {
  const faults = everybody.flatMap(({ character, said }) => {
    const seqs = said.flatMap(({ message }) => message?.seq ?? []);
    return isRising(seqs)
      ? []
      : [`${character.nick}'s lines are stored in another order than they were said`];
  });
  return { claim: 'the lines of each speaker are in the order in which they were said', faults };
}

const isRising = (numbers: number[]): boolean =>
  numbers.every((number, index) => index === 0 || numbers[index - 1]! < number);

export function numbersAreDense({ messages, conversation, log }: Truth): Check {
  const gap = messages.findIndex(({ seq }, index) => seq !== index + 1);
  return {
    claim: `seq runs from 1 to ${figure(messages.length)} and the log from 1 to ${figure(log.head)}, without a gap`,
    faults: [
      ...(gap === -1 ? [] : [`seq ${gap + 1} is missing`]),
      ...(conversation.lastSeq === messages.length
        ? []
        : [`the conversation ends at seq ${conversation.lastSeq}`]),
      ...(log.count === log.head ? [] : [`the log has ${log.count} events up to position ${log.head}`]),
    ],
  };
}
