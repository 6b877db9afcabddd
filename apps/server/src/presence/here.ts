/**
 * How long somebody who has lost their last connection still counts as here, in milliseconds. Whoever is back after
 * five seconds, on whichever node, was never away: a second is for that news to get here.
 */
const GRACE = 6_000;

/** Somebody who is not here any more, and since when. */
export interface Departure {
  userId: string;
  at: Date;
}

/**
 * Who is connected to this node, and what of it the database has yet to be told. Somebody who is back within the
 * grace has never left, and somebody who has left before they were written has never been here.
 */
export class Here {
  readonly #connected = new Set<string>();
  /** Those within the grace, in the order in which they left. */
  readonly #leaving = new Map<string, { at: Date; since: number }>();
  readonly #arrived = new Set<string>();
  #written = new Set<string>();

  arrive(userId: string): void {
    this.#connected.add(userId);
    this.#leaving.delete(userId);
    if (!this.#written.has(userId)) this.#arrived.add(userId);
  }

  /** `elapsed`: the process's clock, in milliseconds, as in `take`. */
  leave(userId: string, at: Date, elapsed: number): void {
    this.#connected.delete(userId);
    this.#arrived.delete(userId);
    if (this.#written.has(userId)) this.#leaving.set(userId, { at, since: elapsed });
  }

  /** Takes what is to be written, which then counts as written. */
  take(elapsed: number): { came: string[]; gone: Departure[] } {
    const came = [...this.#arrived];
    const gone: Departure[] = [];
    for (const [userId, { at, since }] of this.#leaving) {
      if (elapsed - since < GRACE) break;
      gone.push({ userId, at });
      this.#leaving.delete(userId);
      this.#written.delete(userId);
    }
    for (const userId of came) this.#written.add(userId);
    this.#arrived.clear();
    return { came, gone };
  }

  /** Takes everybody, for a database that knows of nobody here. Who is within the grace is not brought back. */
  takeAll(): string[] {
    this.#arrived.clear();
    this.#leaving.clear();
    this.#written = new Set(this.#connected);
    return [...this.#connected];
  }
}
