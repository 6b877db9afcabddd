import { platform } from './platform.ts';
import type { Storage } from './storage.ts';

/** What is used of IndexedDB, by its shape. */
export interface IndexedDb {
  open(name: string, version: number): OpenRequest;
}
interface Request<Result> {
  readonly result: Result;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface OpenRequest extends Request<Database> {
  onupgradeneeded: (() => void) | null;
}
interface Database {
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
  close(): void;
  createObjectStore(name: string): unknown;
  transaction(name: string, mode: 'readonly' | 'readwrite'): Transaction;
}
interface Transaction {
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  objectStore(name: string): ObjectStore;
}
interface ObjectStore {
  get(key: string): Request<unknown>;
  getAllKeys(): Request<unknown>;
  put(value: string, key: string): Request<unknown>;
  delete(key: string): Request<unknown>;
}

const STORE = 'values';

/** A browser's IndexedDB, which its tabs share and which takes more than `localStorage`. One database of this name. */
export function indexedDbStorage(name = 'parley'): Storage {
  let database: Promise<Database> | null = null;
  const forget = (): void => {
    database = null;
  };

  /** Resolves with a request's result, once its transaction is through. */
  async function within<Result>(
    mode: 'readonly' | 'readwrite',
    ask: (store: ObjectStore) => Request<unknown>,
  ): Promise<Result> {
    // One that cannot be opened is tried again by whatever comes next.
    database ??= openDatabase(name, forget);
    const opened = await database.catch((error: unknown) => {
      forget();
      throw error;
    });
    return new Promise((resolve, reject) => {
      const transaction = opened.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result as Result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }

  return {
    get: (key) => within('readonly', (store) => store.get(key)),
    set: (key, value) => within('readwrite', (store) => store.put(value, key)),
    remove: (key) => within('readwrite', (store) => store.delete(key)),
    keys: () => within('readonly', (store) => store.getAllKeys()),
  };
}

function openDatabase(name: string, onClosed: () => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    if (!platform.indexedDB) throw new Error('This runtime has no IndexedDB');
    const request = platform.indexedDB.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const opened = request.result;
      // Whoever deletes the database, or has a newer one, does not wait for this page.
      opened.onversionchange = () => {
        opened.close();
        onClosed();
      };
      opened.onclose = onClosed;
      resolve(opened);
    };
  });
}
