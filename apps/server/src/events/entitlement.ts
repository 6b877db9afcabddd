/** From which position to which somebody hears of a topic, both included; open while `closed` is null. */
export interface Interval {
  opened: number;
  closed: number | null;
}

/**
 * What one person may hear, by topic: the pure core of "every event it is entitled to". Opening and closing
 * are idempotent, so what was read from the database and what was seen in the log may overlap.
 */
export class Entitlement {
  readonly #topics = new Map<string, Interval[]>();

  open(topic: string, position: number): void {
    const intervals = this.#topics.get(topic);
    if (!intervals) this.#topics.set(topic, [{ opened: position, closed: null }]);
    else if (!intervals.some(({ opened }) => opened === position))
      intervals.push({ opened: position, closed: null });
  }

  close(topic: string, position: number): void {
    for (const interval of this.#topics.get(topic) ?? [])
      if (interval.closed === null && interval.opened <= position) interval.closed = position;
  }

  /** Whether the event at this position of this topic is for them. */
  covers(topic: string, position: number): boolean {
    const intervals = this.#topics.get(topic);
    if (!intervals) return false;
    return intervals.some(
      ({ opened, closed }) => opened <= position && (closed === null || position <= closed),
    );
  }

  /** The topics of which they go on hearing after this position. */
  *topicsAfter(position: number): Iterable<string> {
    for (const [topic, intervals] of this.#topics)
      if (
        intervals.some(({ opened, closed }) => opened <= position && (closed === null || closed > position))
      )
        yield topic;
  }
}
