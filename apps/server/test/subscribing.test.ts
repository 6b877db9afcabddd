import type { ChatEvent, StreamNotice } from '@parley/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEntry, Run } from '../src/events/entry.ts';
import { Hub } from '../src/events/hub.ts';
import type { LogReader } from '../src/events/read-log.ts';
import { type Sink, Stream } from '../src/events/stream.ts';

/**
 * The subscribing core with its ports in the scheduler's hands: every order of joining, reading, applying,
 * draining and coming back is tried, on a node that lags behind the database.
 */

const EPOCH = 'epoch';
const ME = 'me';

/** The log as it will be: the topic of each event, and whether it opens or closes it for me. */
type Change = 'message' | 'open' | 'close';

/** What I may hear of: my own topic, and others while they are open. */
function entitled(log: LogEntry[]): number[] {
  const open = new Set([ME]);
  const heard: number[] = [];
  for (const { topic, position, opens, closes } of log) {
    if (opens) open.add(topic);
    if (open.has(topic)) heard.push(position);
    if (closes) open.delete(topic);
  }
  return heard;
}

function makeLog(changes: { topic: string; change: Change }[]): LogEntry[] {
  const open = new Set<string>();
  return changes.map(({ topic, change }, index): LogEntry => {
    const event = { type: 'message.created' } as ChatEvent;
    const entry = { position: index + 1, topic, event };
    if (change === 'open' && topic !== ME && !open.has(topic)) {
      open.add(topic);
      return { ...entry, opens: [ME] };
    }
    if (change === 'close' && open.delete(topic)) return { ...entry, closes: [ME] };
    return entry;
  });
}

/** The log's tables. A query sees what is committed when it runs, and its answer takes time on the way back. */
function readerOf(
  log: LogEntry[],
  committed: () => number,
  wait: () => Promise<void>,
  longestGap: number,
): LogReader {
  const page = 2;
  return {
    epoch: EPOCH,
    async head() {
      await wait();
      const head = committed();
      await wait();
      return head;
    },
    oldest: async () => 1,
    next: async () => ({ entries: [], more: false }),
    async gaps(_, after, upTo) {
      await wait();
      const heard = new Set(entitled(log));
      const missed = Map.groupBy(
        log.filter(({ position }) => position > after && position <= upTo && heard.has(position)),
        ({ topic }) => topic,
      );
      const topics = [...missed].flatMap(([topic, entries]) =>
        topic !== ME && entries.length > longestGap ? [topic] : [],
      );
      await wait();
      const told = (topic: string): StreamNotice => ({
        type: 'stream.gapped',
        conversationId: `${topic} ${upTo}`,
        conversation: null,
      });
      return { topics, notices: topics.map(told) };
    },
    async page(_, after, upTo, skipped) {
      await wait();
      const heard = new Set(entitled(log));
      const found = log.filter(
        ({ position, topic }) =>
          position > after &&
          position <= upTo &&
          heard.has(position) &&
          !(position <= skipped.upTo && skipped.topics.includes(topic)),
      );
      await wait();
      const entries = found.slice(0, page);
      return { entries, upTo: entries.length < page ? upTo : entries.at(-1)!.position };
    },
    async intervals() {
      await wait();
      const intervals: { topic: string; opened: number; closed: number | null }[] = [];
      for (const { topic, position, opens, closes } of log.slice(0, committed())) {
        if (opens) intervals.push({ topic, opened: position, closed: null });
        if (closes) intervals.findLast((interval) => interval.topic === topic)!.closed = position;
      }
      await wait();
      return intervals;
    },
  };
}

const changes = fc.array(
  fc.record({
    topic: fc.constantFrom(ME, 'tea', 'tea', 'work'),
    change: fc.constantFrom<Change>('message', 'open', 'close'),
  }),
  { minLength: 1, maxLength: 25 },
);

test('a stream that moves between nodes hears exactly what its person is entitled to, once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      changes,
      // The lives of the stream: on which node, and after how many entries its connection is cut at the latest.
      fc.array(fc.record({ node: fc.nat({ max: 1 }), length: fc.nat({ max: 6 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.boolean(),
      fc.constantFrom(2, Number.POSITIVE_INFINITY),
      async (scheduler, described, lives, forgetful, longestGap) => {
        const log = makeLog(described);
        let committed = 0;
        const wait = () => scheduler.schedule(Promise.resolve(), 'database');
        const reader = readerOf(log, () => committed, wait, longestGap);
        const hubs = [0, 1].map(() => new Hub(EPOCH, 0, reader.intervals));
        // With nothing in memory, whoever is behind reads the database.
        if (forgetful)
          for (const hub of hubs) Object.defineProperty(hub.recent, 'floor', { get: () => hub.applied });

        const inOrder = (label: string, act: (entry: LogEntry) => void) =>
          scheduler.scheduleSequence(log.map((entry) => ({ label, builder: async () => act(entry) }))).task;
        const growth = [
          inOrder('commit', ({ position }) => {
            committed = position;
          }),
          // Each node applies what is committed, in its own time.
          ...hubs.map((hub) =>
            inOrder('apply', () => hub.applied < committed && hub.apply([log[hub.applied]!])),
          ),
        ];

        const heard: number[] = [];
        /** What was told of as a whole, instead: of a topic, from what was heard up to a position. */
        const gaps: { topic: string; after: number; upTo: number }[] = [];
        let cursor = `${EPOCH}.0`;
        const begin = (node: number, length: number) => {
          const cut = new AbortController();
          let got = 0;
          const sink: Sink = {
            buffered: 0,
            drained: wait,
            write(run: Run) {
              for (const { position } of run.entries) {
                if (got++ >= length) return cut.abort();
                heard.push(position);
                cursor = `${EPOCH}.${position}`;
              }
            },
            ephemeral() {},
            notice(notice, at) {
              if (got >= length) return;
              cursor = at;
              if (notice.type !== 'stream.gapped') return;
              const [topic = '', upTo] = notice.conversationId.split(' ');
              gaps.push({ topic, after: Number(at.split('.')[1]), upTo: Number(upTo) });
            },
          };
          const running = new Stream(hubs[node]!, reader, sink).run(ME, cursor, cut.signal);
          return { running, cut };
        };
        const living = (async () => {
          for (const { node, length } of lives) {
            const { running, cut } = begin(node, length);
            void scheduler.schedule(Promise.resolve(), 'cut').then(() => cut.abort());
            await running;
          }
          return begin(0, Number.POSITIVE_INFINITY);
        })();
        await Promise.all(growth.map((task) => scheduler.waitFor(task)));
        const { running, cut } = await scheduler.waitFor(living);
        // All is committed; the stream is live, perhaps on a node that has still a way to go.
        await scheduler.waitIdle();
        for (const hub of hubs) while (hub.applied < log.length) hub.apply([log[hub.applied]!]);
        await scheduler.waitIdle();
        cut.abort();
        await running;
        const wasTold = (position: number) =>
          gaps.some(
            ({ topic, after, upTo }) =>
              log[position - 1]!.topic === topic && position > after && position <= upTo,
          );
        expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
        expect(entitled(log).filter((position) => !heard.includes(position) && !wasTold(position))).toEqual(
          [],
        );
        expect(heard.filter((position) => !entitled(log).includes(position))).toEqual([]);
        if (longestGap === Number.POSITIVE_INFINITY) expect(gaps).toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});
