import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fetch, WebSocketLike } from '../src/platform.ts';
import { unreliable } from '../src/testing/index.ts';
import { Below, BelowSocket } from './below.ts';

beforeEach(() => {
  vi.useFakeTimers();
  Below.made = [];
});
afterEach(() => void vi.useRealTimers());

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const call = (id: number): string => JSON.stringify({ id, method: 'mutation' });
const answer = (id: number): string => JSON.stringify({ id, result: { type: 'data', data: {} } });
const idOf = (text: unknown): number => JSON.parse(String(text)).id;

/** A socket over such a link, what comes out above it and what of it below. */
function socket(seed = 1) {
  const link = unreliable({ url: 'https://chat.test', WebSocket: BelowSocket }, { seed });
  const open = () => {
    const above: WebSocketLike = new link.options.WebSocket('wss://chat.test/trpc');
    const heard: unknown[] = [];
    const ends: unknown[] = [];
    above.addEventListener('message', ({ data }) => heard.push(data));
    above.addEventListener('close', ({ code }) => ends.push(code));
    return { above, heard, ends, below: Below.made.at(-1)! };
  };
  return { link, ...open(), open };
}

describe('a socket', () => {
  test('of a link that is well is as the one below, and at once', () => {
    const { above, below, heard, ends } = socket();
    above.send('{"id":1,"method":"query"}');
    below.emit('message', { data: 'PONG' });
    expect([below.sent, heard]).toEqual([['{"id":1,"method":"query"}'], ['PONG']]);
    above.close(4000);
    below.emit('close', { code: 4000 });
    expect([below.closed, ends]).toEqual([[4000], [4000]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is late keeps its order, both ways, and its goodbye comes last', () => {
    const { link, above, below, heard, ends } = socket();
    link.delay(10, 500);
    for (const id of numbers(50)) {
      above.send(call(id));
      below.emit('message', { data: answer(id) });
      vi.advanceTimersByTime(3);
    }
    below.emit('close', { code: 1012 });
    expect(heard.length).toBeLessThan(50);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(below.sent.map(idOf)).toEqual(numbers(50));
    expect(heard.map(idOf)).toEqual(numbers(50));
    expect(ends).toEqual([1012]);
  });

  test('that loses something is broken by it: nothing comes behind what is lost', () => {
    const { link, open } = socket();
    link.drop(0.1);
    for (const _ of numbers(20)) {
      const { above, below, ends } = open();
      for (const id of numbers(100)) above.send(call(id));
      expect(below.sent.map(idOf)).toEqual(numbers(below.sent.length));
      expect(below.sent.length).toBeLessThan(100);
      expect(ends).toEqual([1006]);
      expect(below.closed).toHaveLength(1);
    }
  });

  test('that reorders lets calls and answers pass each other, and no event, and nothing else', () => {
    const { link, above, below, heard } = socket();
    link.reorder(0.5);
    above.send(JSON.stringify({ id: 1_000, method: 'subscription' }));
    for (const id of numbers(50)) {
      above.send(call(id));
      above.send(JSON.stringify({ id: id + 2_000, method: 'subscription.stop' }));
      below.emit('message', { data: answer(id) });
      below.emit('message', { data: JSON.stringify({ id: 1_000, event: id }) });
    }
    vi.advanceTimersByTime(1_000);
    const sent = below.sent.map(idOf);
    const calls = sent.filter((id) => id < 1_000);
    expect(calls).not.toEqual(numbers(50));
    expect(calls.toSorted((a, b) => a - b)).toEqual(numbers(50));
    expect(sent.filter((id) => id >= 2_000)).toEqual(numbers(50).map((id) => id + 2_000));
    const answers = heard.map(idOf).filter((id) => id < 1_000);
    expect(answers).not.toEqual(numbers(50));
    expect(answers.toSorted((a, b) => a - b)).toEqual(numbers(50));
    const events = heard.map((text) => JSON.parse(String(text))).filter(({ id }) => id === 1_000);
    expect(events.map(({ event }) => event)).toEqual(numbers(50));
  });

  test('that duplicates says some things again, later, and never a subscription', () => {
    const { link, above, below, heard } = socket();
    link.duplicate(0.5);
    above.send(JSON.stringify({ id: 1_000, method: 'subscription' }));
    for (const id of numbers(50)) {
      above.send(call(id));
      below.emit('message', { data: JSON.stringify({ id: 1_000, event: id }) });
    }
    vi.advanceTimersByTime(1_000);
    const sent = below.sent.map(idOf);
    expect(sent.filter((id) => id === 1_000)).toHaveLength(1);
    expect(sent.length).toBeGreaterThan(60);
    expect(new Set(sent).size).toBe(51);
    const events = heard.map((text) => JSON.parse(String(text)).event);
    expect(events.length).toBeGreaterThan(60);
    expect([...new Set(events)]).toEqual(numbers(50));
  });

  test('is cut at once; of a link that is down none opens until it is healed', () => {
    const { link, ends, below, heard, open } = socket();
    link.delay(100);
    below.emit('message', { data: answer(1) });
    link.down();
    below.emit('message', { data: answer(2) });
    vi.advanceTimersByTime(200);
    expect([ends, heard, below.closed]).toEqual([[1006], [], [1005]]);
    const made = Below.made.length;
    const second = open();
    expect(second.ends).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(second.ends).toEqual([1006]);
    expect(Below.made).toHaveLength(made);
    link.heal();
    const third = open();
    third.below.emit('message', { data: answer(3) });
    expect(third.heard.map(idOf)).toEqual([3]);
  });

  test('has the same luck with the same seed, and other with another', () => {
    const story = (seed: number): number[] => {
      const { link, above, below } = socket(seed);
      link.reorder(0.3);
      link.duplicate(0.3);
      for (const id of numbers(30)) above.send(call(id));
      vi.advanceTimersByTime(1_000);
      return below.sent.map(idOf);
    };
    expect(story(7)).toEqual(story(7));
    expect(story(7)).not.toEqual(story(8));
  });
});

describe('a request', () => {
  const answers = (body = 'an answer', type = 'application/json') => {
    const asked: string[] = [];
    const base: Fetch = async (url) => {
      asked.push(url);
      return new Response(body, { headers: { 'content-type': type } });
    };
    const link = unreliable({ url: 'https://chat.test', fetch: base }, { seed: 1 });
    const ask = async (path: string): Promise<string> =>
      ((await link.options.fetch(`https://chat.test${path}`)) as Response).text();
    return { asked, link, ask };
  };

  test('over a link that is well is as it was', async () => {
    const { asked, ask } = answers();
    expect(await ask('/trpc/users.me')).toBe('an answer');
    expect(asked).toEqual(['https://chat.test/trpc/users.me']);
  });

  test('is lost before or behind the server: nobody can tell', async () => {
    const { link, asked, ask } = answers();
    link.drop(1);
    for (const _ of numbers(40)) await expect(ask('/trpc/users.me')).rejects.toThrow(TypeError);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.length).toBeLessThan(35);
  });

  test('is made twice if it is a call', async () => {
    const { link, asked, ask } = answers();
    link.duplicate(1);
    await ask('/trpc/users.me');
    await ask('/trpc/events.stream');
    await ask('/files/1');
    expect(asked.map((url) => url.slice('https://chat.test'.length))).toEqual([
      '/trpc/users.me',
      '/trpc/users.me',
      '/trpc/events.stream',
      '/files/1',
    ]);
  });

  test('is late, and overtaken', async () => {
    const { link, ask } = answers();
    link.delay(100, 200);
    link.reorder(0.5);
    const order: number[] = [];
    const all = Promise.all(numbers(30).map((n) => ask('/trpc/x').then(() => order.push(n))));
    await vi.advanceTimersByTimeAsync(150);
    expect(order).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    await all;
    expect(order).not.toEqual(numbers(30));
    expect(order.toSorted((a, b) => a - b)).toEqual(numbers(30));
  });

  test('for a stream of events gives each in its order, some twice, and ends with what is lost', async () => {
    const stream = ['event: connected\ndata: {}\n\n', ...numbers(50).map((n) => `id: ${n}\ndata: ${n}\n\n`)];
    const { link, ask } = answers(stream.join(''), 'text/event-stream');
    link.duplicate(0.5);
    const asking = ask('/trpc/events.stream');
    await vi.advanceTimersByTimeAsync(1_000);
    const events = (await asking).split(/(?<=\n\n)/);
    expect(events.length).toBeGreaterThan(60);
    expect([...new Set(events)]).toEqual(stream);
    link.heal();
    link.drop(0.1);
    await expect(ask('/trpc/events.stream')).rejects.toThrow('The connection was lost');
  });

  test('under way is broken by a cut, and none is made while the link is down', async () => {
    const { link, asked, ask } = answers();
    link.delay(100);
    const lost = expect(ask('/trpc/users.me')).rejects.toThrow('The connection was lost');
    link.down();
    await lost;
    await expect(ask('/trpc/users.me')).rejects.toThrow('The connection was lost');
    expect(asked).toEqual([]);
    link.heal();
    expect(await ask('/trpc/users.me')).toBe('an answer');
    expect(vi.getTimerCount()).toBe(0);
  });
});
