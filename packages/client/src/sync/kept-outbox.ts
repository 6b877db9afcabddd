import { hold, ifFree } from '../locks.ts';
import { type Locks, platform, rethrowLater } from '../platform.ts';
import type { Storage } from '../storage.ts';
import { timed } from '../timed.ts';
import { newClientMessageId } from './client-message-id.ts';
import { type Kept, readRecord, writeRecord } from './outbox-record.ts';

/**
 * Keeps in a storage what is not sent, so that it outlives the page or process. Each client has a record of its own,
 * and holds a lock of the record's name while it lives; it adopts those of the same person whose lock is free. Without
 * locks it adopts all there are: to send something twice is harmless.
 */
export interface KeptOutbox {
  /** Whether all that was kept has come back: before that, nothing goes out. */
  isReady(): boolean;
  /** From now on it is this person's; what was kept of theirs comes back. */
  open(userId: string): void;
  /** Stores what there is now. Undefined if that is done already; else it resolves when it is, or has failed. */
  save(): Promise<void> | undefined;
  /** Stores it before long: for what is harmless to lose. */
  saveSoon(): void;
  /** Leaves what is stored as it is now, for the next start. */
  close(): Promise<void>;
  /** Removes all that is stored of this person. */
  wipe(): Promise<void>;
}

export interface KeptOutboxParts {
  /** Without one, nothing is kept. */
  storage: Storage | undefined;
  locks: Locks | undefined;
  content(): Kept;
  /** What was kept comes before what there is. */
  restored(kept: Kept): void;
  /** Everything has come back. */
  ready(): void;
}

/** One person's record, from `open` to `close`. */
interface Place {
  readonly userId: string;
  readonly key: string;
  readonly release: () => void;
  isLoaded: boolean;
  /** What is kept in the end, once it is closed. */
  last: Kept | null;
  /** What is stored; undefined when that is not known, since it could not be. */
  stored: string | null | undefined;
  writing: Promise<void> | null;
  following: Promise<void> | null;
}

/** A storage that takes longer is taken to have failed. */
const STORED_WITHIN_MS = 5_000;
const SOON_MS = 1_000;

const prefixOf = (userId: string): string => `parley.outbox.${userId}.`;

const nothing: Kept = { items: [], read: {}, delivered: {} };

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

export function keepOutbox(parts: KeptOutboxParts): KeptOutbox {
  const { storage, locks, content, restored, ready } = parts;
  if (!storage) return keptNowhere;
  let place: Place | null = null;
  /** Whose the last record was, also after it was closed. */
  let owner: string | null = null;
  let closing: Promise<unknown> = Promise.resolve();
  let timer: unknown = null;

  function write(here: Place): Promise<void> | undefined {
    const text = writeRecord(here.last ?? content());
    if (text === here.stored) return undefined;
    here.stored = text;
    const failed = (error: unknown): void => {
      here.stored = undefined;
      rethrowLater(error);
    };
    try {
      const done = text === null ? storage!.remove(here.key) : storage!.set(here.key, text);
      if (!isPromise(done)) return undefined;
      here.writing = timed(STORED_WITHIN_MS, () => done)
        .then(() => {}, failed)
        .then(() => {
          here.writing = null;
        });
      return here.writing;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** One write at a time; whatever changes meanwhile goes together into the next one. */
  function save(): Promise<void> | undefined {
    const here = place;
    if (!here) return undefined;
    if (!here.writing && !here.following) return write(here);
    here.following ??= (here.writing ?? Promise.resolve()).then(() => {
      here.following = null;
      return write(here);
    });
    return here.following;
  }

  /** The latest record first: what was kept before it comes before it. */
  async function adopt(here: Place): Promise<void> {
    const prefix = prefixOf(here.userId);
    const keys = (await storage!.keys()).filter((key) => key.startsWith(prefix) && key !== here.key);
    for (const key of keys.sort().reverse()) {
      await ifFree(locks, key, async () => {
        const kept = readRecord(await storage!.get(key));
        if (here !== place) return;
        if (kept) {
          restored(kept);
          await save();
        }
        await storage!.remove(key);
      });
    }
  }

  async function load(here: Place): Promise<void> {
    await timed(STORED_WITHIN_MS, () => adopt(here)).catch(rethrowLater);
    here.isLoaded = true;
    if (here !== place) return;
    // What was there before it was known whose it is.
    void save();
    ready();
  }

  async function close(): Promise<void> {
    platform.clearTimeout(timer);
    timer = null;
    const here = place;
    if (here) {
      here.last ??= content();
      const saving = save();
      place = null;
      closing = Promise.all([closing, saving]).then(here.release);
    }
    await closing;
  }

  return {
    isReady: () => place?.isLoaded ?? true,
    open(userId) {
      if (place?.userId === userId) return;
      void close();
      owner = userId;
      const key = `${prefixOf(userId)}${newClientMessageId()}`;
      place = {
        userId,
        key,
        release: hold(locks, key),
        isLoaded: false,
        last: null,
        stored: null,
        writing: null,
        following: null,
      };
      void load(place);
    },
    save,
    saveSoon() {
      timer ??= platform.setTimeout(() => {
        timer = null;
        void save();
      }, SOON_MS);
    },
    close,
    async wipe() {
      if (owner === null) return;
      const prefix = prefixOf(owner);
      if (place) place.last = nothing;
      await close();
      try {
        for (const key of await storage.keys()) if (key.startsWith(prefix)) await storage.remove(key);
      } catch (error) {
        rethrowLater(error);
      }
    },
  };
}

const keptNowhere: KeptOutbox = {
  isReady: () => true,
  open() {},
  save: () => undefined,
  saveSoon() {},
  async close() {},
  async wipe() {},
};
