export type MaybePromise<Value> = Value | Promise<Value>;

/** Where tokens are kept. Anything with these three will do, synchronous or not. */
export interface TokenStorage {
  get(key: string): MaybePromise<string | null | undefined>;
  set(key: string, value: string): MaybePromise<unknown>;
  remove(key: string): MaybePromise<unknown>;
}

/** Where all is kept that outlives a restart: the outbox, the marks, and the tokens if they go nowhere else. */
export interface Storage extends TokenStorage {
  /** All that there are, those of others among them. */
  keys(): MaybePromise<readonly string[]>;
}

/** Keeps nothing beyond the life of the page or process. */
export function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => values.set(key, value),
    remove: (key) => values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** What is used of `localStorage`, by its shape. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** `webStorage(localStorage)`: a browser's, which its tabs share. What is written is there at once. */
export function webStorage(storage: WebStorage): Storage {
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ''),
  };
}

/** What is used of React Native's `AsyncStorage`, by its shape. */
export interface AsyncStorageLike {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getAllKeys(): Promise<readonly string[]>;
}

/** `asyncStorage(AsyncStorage)`: that of `@react-native-async-storage/async-storage`. */
export function asyncStorage(storage: AsyncStorageLike): Storage {
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => storage.getAllKeys(),
  };
}
