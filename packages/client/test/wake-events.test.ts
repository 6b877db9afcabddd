import { afterEach, expect, test, vi } from 'vitest';
import { followPlatform } from '../src/wake-events.ts';

afterEach(() => void vi.unstubAllGlobals());

/** What a browser's window tells. */
function browser() {
  const window = new EventTarget();
  const page = { visibilityState: 'visible' };
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  vi.stubGlobal('document', page);
  const told: string[] = [];
  const stop = followPlatform(
    () => told.push('wake'),
    () => told.push('offline'),
  );
  return { tell: (type: string) => window.dispatchEvent(new Event(type)), page, told, stop };
}

test('a network, a page that comes back, and one that is looked at wake', () => {
  const it = browser();
  for (const type of ['online', 'pageshow', 'visibilitychange']) it.tell(type);
  expect(it.told).toEqual(['wake', 'wake', 'wake']);
  it.page.visibilityState = 'hidden';
  it.tell('visibilitychange');
  expect(it.told).toHaveLength(3);
  it.tell('offline');
  expect(it.told.at(-1)).toBe('offline');
});

test('nothing is heard any more when that is ended', () => {
  const it = browser();
  it.stop();
  for (const type of ['online', 'offline', 'pageshow', 'visibilitychange']) it.tell(type);
  expect(it.told).toEqual([]);
});

test('a runtime without such events is none the worse', () => {
  vi.stubGlobal('addEventListener', undefined);
  vi.stubGlobal('removeEventListener', undefined);
  followPlatform(
    () => {},
    () => {},
  )();
});
