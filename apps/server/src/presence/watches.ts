import type { Presence } from '@parley/contract';
import type { Listener } from '../events/hub.ts';
import type { Sight, WatchedPeople } from './audience.ts';

/** A stream is told of people at most once in this time, and somebody's people are asked for no more often, in milliseconds. */
const EVERY = 1_000;

/** What one stream has yet to be told. */
export interface Feed {
  readonly stream: Listener;
  readonly watcher: Watcher;
  /** Those of whom it has not heard how they are. */
  readonly pending: Set<string>;
  /** Those of whom it is told nothing any more, and has not heard that either. */
  readonly hidden: Set<string>;
  /** Whether it was told how everybody is. Until then whoever is offline is not worth a word. */
  isGreeted: boolean;
  nextAt: number;
}

/** Somebody with streams on this node. */
export interface Watcher {
  readonly userId: string;
  /** Of whom they are told; null until it was read. */
  watched: Set<Watched> | null;
  /** What they are shown of some of them; of all others it is `plain`. */
  sights: Map<string, Sight>;
  readonly feeds: Map<Listener, Feed>;
  askAt: number;
}

/** Somebody of whom others on this node are told. There is one for each, since there are many pairs. */
interface Watched {
  readonly userId: string;
  readonly watchers: Set<Watcher>;
}

/** Who on this node is told of whom, and what they have yet to be told. Times are the process's clock's. */
export class Watches {
  readonly #statusOf: (userId: string) => Presence['status'];
  readonly #watchers = new Map<string, Watcher>();
  readonly #watched = new Map<string, Watched>();
  /** Those whose people have to be read, again or for the first time. */
  readonly #stale = new Set<Watcher>();
  readonly #unsaid = new Set<Feed>();

  constructor(statusOf: (userId: string) => Presence['status']) {
    this.#statusOf = statusOf;
  }

  add(userId: string, stream: Listener): void {
    let watcher = this.#watchers.get(userId);
    if (!watcher) {
      watcher = { userId, watched: null, sights: new Map(), feeds: new Map(), askAt: 0 };
      this.#watchers.set(userId, watcher);
      this.#stale.add(watcher);
    }
    const feed: Feed = {
      stream,
      watcher,
      pending: new Set(),
      hidden: new Set(),
      isGreeted: false,
      nextAt: 0,
    };
    watcher.feeds.set(stream, feed);
    this.#greet(feed, watcher.watched ?? []);
  }

  remove(userId: string, stream: Listener): void {
    const watcher = this.#watchers.get(userId);
    const feed = watcher?.feeds.get(stream);
    if (!watcher || !feed) return;
    watcher.feeds.delete(stream);
    this.#unsaid.delete(feed);
    if (watcher.feeds.size > 0) return;
    this.#watchers.delete(userId);
    this.#stale.delete(watcher);
    for (const other of watcher.watched ?? []) this.#unwatch(watcher, other);
  }

  /** Others see something else of somebody than before; those between whom and them there is a block do not. */
  changed(userId: string): void {
    for (const watcher of this.#watched.get(userId)?.watchers ?? [])
      if (watcher.sights.get(userId) !== 'blocked')
        for (const feed of watcher.feeds.values()) this.#tell(feed, userId);
  }

  /** It may be others by now of whom somebody is told. */
  outdate(userId: string): void {
    const watcher = this.#watchers.get(userId);
    if (watcher) this.#stale.add(watcher);
  }

  /** Takes those whose people are to be read now. */
  takeStale(elapsed: number): string[] {
    const due = [...this.#stale].filter(({ askAt }) => askAt <= elapsed);
    for (const watcher of due) {
      this.#stale.delete(watcher);
      watcher.askAt = elapsed + EVERY;
    }
    return due.map(({ userId }) => userId);
  }

  /** These are all of whom somebody is told. */
  set(userId: string, { ids, sights }: WatchedPeople): void {
    const watcher = this.#watchers.get(userId);
    if (!watcher) return;
    const before = { watched: watcher.watched ?? new Set(), sights: watcher.sights };
    const watched = new Set(ids.map((other) => this.#watchedOf(other)));
    const added = [...watched].filter((other) => !before.watched.has(other));
    const removed = [...before.watched].filter((other) => !watched.has(other));
    watcher.watched = watched;
    watcher.sights = new Map([...sights].map(([other, sight]) => [this.#watchedOf(other).userId, sight]));
    for (const { watchers } of added) watchers.add(watcher);
    for (const other of removed) this.#unwatch(watcher, other);
    const turned = [...watched].filter(
      (other) =>
        before.watched.has(other) && isBlocked(before.sights, other) !== isBlocked(watcher.sights, other),
    );
    for (const feed of watcher.feeds.values()) {
      for (const other of removed) this.#hide(feed, other.userId);
      for (const other of turned) this.#tell(feed, other.userId);
      this.#greet(feed, added);
    }
  }

  /** What a stream shows of somebody. */
  sightOf({ watcher }: Feed, userId: string): Sight {
    return watcher.sights.get(userId) ?? 'plain';
  }

  /** The streams that have something to be told, and may be told it now. */
  due(elapsed: number): Feed[] {
    return [...this.#unsaid].filter(({ nextAt }) => nextAt <= elapsed);
  }

  /** A stream was told of these people and of all its hidden ones, or it was not worth a word. */
  told(feed: Feed, people: readonly string[], elapsed: number): void {
    for (const userId of people) feed.pending.delete(userId);
    feed.hidden.clear();
    feed.isGreeted = true;
    feed.nextAt = elapsed + EVERY;
    if (feed.pending.size === 0) this.#unsaid.delete(feed);
  }

  /**
   * Of people who are new to a stream, those who are here; and those of whom it has not heard yet that they were
   * hidden, however they are.
   */
  #greet(feed: Feed, people: Iterable<Watched>): void {
    for (const { userId } of people) {
      const isHere = this.#statusOf(userId) !== 'offline' && this.sightOf(feed, userId) !== 'blocked';
      if (feed.hidden.delete(userId) || isHere) this.#tell(feed, userId);
    }
  }

  #tell(feed: Feed, userId: string): void {
    feed.pending.add(userId);
    this.#unsaid.add(feed);
  }

  #hide(feed: Feed, userId: string): void {
    feed.pending.delete(userId);
    feed.hidden.add(userId);
    this.#unsaid.add(feed);
  }

  #watchedOf(userId: string): Watched {
    let watched = this.#watched.get(userId);
    if (!watched) {
      // A copy: what was given is a part of a long text, which would stay in memory with it.
      watched = { userId: Buffer.from(userId).toString(), watchers: new Set() };
      this.#watched.set(watched.userId, watched);
    }
    return watched;
  }

  #unwatch(watcher: Watcher, watched: Watched): void {
    watched.watchers.delete(watcher);
    if (watched.watchers.size === 0) this.#watched.delete(watched.userId);
  }
}

/** Whether a block stands between somebody with these sights and another one. */
const isBlocked = (sights: Map<string, Sight>, { userId }: Watched): boolean =>
  sights.get(userId) === 'blocked';
