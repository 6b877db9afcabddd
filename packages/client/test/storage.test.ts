import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { indexedDbStorage } from '../src/indexed-db.ts';
import { asyncStorage, memoryStorage, type Storage, type WebStorage, webStorage } from '../src/storage.ts';

/** A `localStorage` as browsers have it. */
function browserStorage(): WebStorage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

/** React Native's, as a class: its methods need their `this`. */
class NativeStorage {
  readonly #values = new Map<string, string>();
  async getItem(key: string) {
    return this.#values.get(key) ?? null;
  }
  async setItem(key: string, value: string) {
    this.#values.set(key, value);
  }
  async removeItem(key: string) {
    this.#values.delete(key);
  }
  async getAllKeys() {
    return [...this.#values.keys()];
  }
}

let factory: InstanceType<typeof IDBFactory>;
beforeEach(() => {
  factory = new IDBFactory();
  vi.stubGlobal('indexedDB', factory);
});
afterEach(() => void vi.unstubAllGlobals());

const ADAPTERS: [string, () => Storage][] = [
  ['memory', memoryStorage],
  ['localStorage', () => webStorage(browserStorage())],
  ['IndexedDB', () => indexedDbStorage()],
  ['AsyncStorage', () => asyncStorage(new NativeStorage())],
];

describe.each(ADAPTERS)('%s', (_, make) => {
  test('gives back what was put in last, and nothing that was not', async () => {
    const storage = make();
    expect((await storage.get('a')) ?? null).toBeNull();
    await storage.set('a', 'one');
    await storage.set('a', 'two');
    await storage.set('b', '');
    expect(await storage.get('a')).toBe('two');
    expect(await storage.get('b')).toBe('');
    expect([...(await storage.keys())].sort()).toEqual(['a', 'b']);
  });

  test('forgets what is removed, and what was not there', async () => {
    const storage = make();
    await storage.set('a', 'one');
    await storage.remove('a');
    await storage.remove('b');
    expect((await storage.get('a')) ?? null).toBeNull();
    expect(await storage.keys()).toEqual([]);
  });

  test('takes many at once, in their order', async () => {
    const storage = make();
    await Promise.all(Array.from({ length: 50 }, (_, n) => storage.set('a', `value ${n}`)));
    expect(await storage.get('a')).toBe('value 49');
  });
});

describe('IndexedDB', () => {
  test('is one for all pages, and one for each name', async () => {
    await indexedDbStorage().set('a', 'one');
    expect(await indexedDbStorage().get('a')).toBe('one');
    expect(await indexedDbStorage('another').keys()).toEqual([]);
  });

  test('lets go of a database that is to be deleted, and opens it again', async () => {
    const storage = indexedDbStorage();
    await storage.set('a', 'one');
    await new Promise((resolve, reject) => {
      const request = factory.deleteDatabase('parley');
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    await storage.set('b', 'two');
    expect(await storage.keys()).toEqual(['b']);
  });

  test('says so when there is none, and is tried again', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const storage = indexedDbStorage();
    await expect(storage.get('a')).rejects.toThrow('no IndexedDB');
    vi.stubGlobal('indexedDB', factory);
    expect(await storage.get('a')).toBeUndefined();
  });
});
