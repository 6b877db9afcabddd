import { Entitlement } from './entitlement.ts';
import { type LogEntry, Run } from './entry.ts';
import type { Ephemeral } from './ephemeral.ts';
import { RecentEntries } from './recent.ts';

/** Entries of one run at most. Of the longest messages they are half of what closes a socket. */
const LONGEST_RUN = 32;

/** A subscription that is told of runs of entries while it is live. */
export interface Listener {
  deliver(run: Run): void;
  /** What is true only now; says whether it went out. */
  tell(news: Ephemeral): boolean;
}

/** Hears of the streams of this node. */
export interface StreamObserver {
  /** A stream has caught up with the log, for the first time. */
  caughtUp(person: Person, stream: Listener): void;
  ended(person: Person, stream: Listener): void;
}

/** Somebody with at least one stream on this node. */
export interface Person {
  readonly userId: string;
  readonly listeners: Set<Listener>;
  readonly entitlement: Entitlement;
  /** Settles when the entitlement has been read from the database. */
  readonly loaded: Promise<void>;
  /** Topics closed while that read was under way, which it may not show; null once it is done. */
  closedMeanwhile: { topic: string; position: number }[] | null;
}

/** Topics opened and closed for somebody, from the database. */
export type LoadIntervals = (
  userId: string,
  after: number,
) => Promise<{ topic: string; opened: number; closed: number | null }[]>;

/**
 * Who on this node hears of what. Entries are applied in the order of the log; those that open or close a
 * topic for somebody change the map at that very position, so a removed member's last event is the removal.
 */
export class Hub {
  readonly recent: RecentEntries;
  readonly #epoch: string;
  readonly #loadIntervals: LoadIntervals;
  readonly #people = new Map<string, Person>();
  readonly #topics = new Map<string, Set<Person>>();
  readonly #observers: ((entry: LogEntry) => void)[] = [];
  readonly #streamObservers: StreamObserver[] = [];
  #applied: number;

  constructor(epoch: string, applied: number, loadIntervals: LoadIntervals) {
    this.#epoch = epoch;
    this.#applied = applied;
    this.#loadIntervals = loadIntervals;
    this.recent = new RecentEntries(applied);
  }

  /** The position up to which this node has applied the log. */
  get applied(): number {
    return this.#applied;
  }

  /** Called with each entry after its subscribers were told. */
  observe(observer: (entry: LogEntry) => void): void {
    this.#observers.push(observer);
  }

  observeStreams(observer: StreamObserver): void {
    this.#streamObservers.push(observer);
  }

  /** The people with streams here who hear of a topic now. */
  audience(topic: string): ReadonlySet<Person> {
    return this.#topics.get(topic) ?? NOBODY;
  }

  /** Takes the next entries of the log: dense, and right after `applied`. */
  apply(entries: readonly LogEntry[]): void {
    this.recent.push(entries);
    let start = 0;
    for (let end = 1; end <= entries.length; end++) {
      const entry = entries[start]!;
      const next = end - start < LONGEST_RUN ? entries[end] : undefined;
      if (next && next.topic === entry.topic && !changesTopics(entry) && !changesTopics(next)) continue;
      this.#applyRun(new Run(this.#epoch, entries.slice(start, end)));
      start = end;
    }
  }

  /** A run of one topic; an entry that opens or closes it is alone in its run. */
  #applyRun(run: Run): void {
    const { topic, opens, closes } = run.entries[0]!;
    this.#applied = run.last;
    for (const userId of opens ?? []) this.#open(this.#people.get(userId), topic, run.last);
    for (const person of this.#topics.get(topic) ?? [])
      for (const listener of person.listeners) listener.deliver(run);
    for (const userId of closes ?? []) this.#close(this.#people.get(userId), topic, run.last);
    for (const observer of this.#observers) for (const entry of run.entries) observer(entry);
  }

  #open(person: Person | undefined, topic: string, position: number): void {
    person?.entitlement.open(topic, position);
    if (person) this.#tell(person, topic);
  }

  #close(person: Person | undefined, topic: string, position: number): void {
    person?.entitlement.close(topic, position);
    person?.closedMeanwhile?.push({ topic, position });
    if (person) this.#untell(person, topic);
  }

  /** Adds a stream, which is not live yet, and reads what its person may hear. */
  async join(userId: string, listener: Listener): Promise<Person> {
    let person = this.#people.get(userId);
    if (!person) {
      const entitlement = new Entitlement();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      person = { userId, listeners: new Set(), entitlement, loaded: promise, closedMeanwhile: [] };
      // Registered before the read: what the log opens and closes meanwhile is noted.
      this.#people.set(userId, person);
      this.#load(person).then(resolve, reject);
    }
    person.listeners.add(listener);
    try {
      await person.loaded;
      return person;
    } catch (error) {
      this.leave(person, listener);
      throw error;
    }
  }

  async #load(person: Person): Promise<void> {
    const { userId, entitlement } = person;
    const intervals = await this.#loadIntervals(userId, this.recent.floor);
    entitlement.open(userId, 0);
    for (const { topic, opened, closed } of intervals) {
      entitlement.open(topic, opened);
      if (closed !== null) entitlement.close(topic, closed);
    }
    for (const { topic, position } of person.closedMeanwhile ?? []) entitlement.close(topic, position);
    person.closedMeanwhile = null;
    // The last stream may have left meanwhile.
    if (this.#people.get(userId) !== person) return;
    for (const topic of entitlement.topicsAfter(this.#applied)) this.#tell(person, topic);
  }

  /** A stream has caught up, and goes live in this turn of the loop. */
  caughtUp(person: Person, stream: Listener): void {
    for (const observer of this.#streamObservers) observer.caughtUp(person, stream);
  }

  /** Removes a stream, and its person with the last one. */
  leave(person: Person, listener: Listener): void {
    person.listeners.delete(listener);
    for (const observer of this.#streamObservers) observer.ended(person, listener);
    if (person.listeners.size > 0 || this.#people.get(person.userId) !== person) return;
    this.#people.delete(person.userId);
    for (const topic of [...person.entitlement.topicsAfter(this.#applied)]) this.#untell(person, topic);
  }

  #tell(person: Person, topic: string): void {
    const people = this.#topics.get(topic);
    if (people) people.add(person);
    else this.#topics.set(topic, new Set([person]));
  }

  #untell(person: Person, topic: string): void {
    const people = this.#topics.get(topic);
    people?.delete(person);
    if (people?.size === 0) this.#topics.delete(topic);
  }
}

const NOBODY: ReadonlySet<Person> = new Set();

const changesTopics = ({ opens, closes }: LogEntry): boolean => Boolean(opens?.length || closes?.length);
