import type { Availability, Presence } from '@parley/contract';

/** Choices that are kept of people who are not known to be connected: more than come while any news is on its way. */
const MOST_CHOICES = 10_000;

/** How somebody wants to be taken, and the position of the log at which it was so. */
interface Choice {
  availability: Availability;
  asOf: number;
}

interface Entry extends Choice {
  /** The nodes they are connected to. */
  nodes: string[];
}

/**
 * Who is connected to which node, of all nodes, as this one knows it, and what others see of it. Calls back with each
 * person of whom others see something else than before.
 */
export class Roster {
  readonly #people = new Map<string, Entry>();
  readonly #nodes = new Map<string, Set<string>>();
  /** What the log last said, the oldest first: news of who is connected may be older. */
  readonly #choices = new Map<string, Choice>();
  readonly #onChange: (userId: string) => void;

  constructor(onChange: (userId: string) => void) {
    this.#onChange = onChange;
  }

  isConnected(userId: string): boolean {
    return this.#people.has(userId);
  }

  /** What others see of somebody. */
  statusOf(userId: string): Presence['status'] {
    const availability = this.#people.get(userId)?.availability ?? 'invisible';
    return availability === 'invisible' ? 'offline' : availability;
  }

  /** Somebody is connected to a node, and this was their availability at a position of the log. */
  put(node: string, userId: string, availability: Availability, asOf: number): void {
    const people = this.#nodes.get(node) ?? new Set();
    this.#nodes.set(node, people.add(userId));
    this.#change(userId, () => {
      const known = this.#people.get(userId);
      const given = newer({ availability, asOf }, this.#choices.get(userId));
      if (!known) this.#people.set(userId, { nodes: [node], ...given });
      else {
        if (!known.nodes.includes(node)) known.nodes.push(node);
        Object.assign(known, newer(given, known));
      }
    });
  }

  drop(node: string, userId: string): void {
    if (!this.#nodes.get(node)?.delete(userId)) return;
    this.#change(userId, () => {
      const known = this.#people.get(userId)!;
      known.nodes = known.nodes.filter((other) => other !== node);
      if (known.nodes.length === 0) this.#people.delete(userId);
    });
  }

  /** These are all who are connected to a node. */
  replace(node: string, people: ReadonlyMap<string, Availability>, asOf: number): void {
    for (const userId of [...(this.#nodes.get(node) ?? [])]) if (!people.has(userId)) this.drop(node, userId);
    for (const [userId, availability] of people) this.put(node, userId, availability, asOf);
  }

  dropNode(node: string): void {
    this.replace(node, new Map(), 0);
    this.#nodes.delete(node);
  }

  /** The log says that somebody's availability is this from a position on. */
  choose(userId: string, availability: Availability, position: number): void {
    const choice = { availability, asOf: position };
    this.#choices.delete(userId);
    this.#choices.set(userId, choice);
    if (this.#choices.size > MOST_CHOICES) this.#choices.delete(this.#choices.keys().next().value!);
    const known = this.#people.get(userId);
    if (known) this.#change(userId, () => Object.assign(known, newer(choice, known)));
  }

  #change(userId: string, change: () => void): void {
    const before = this.statusOf(userId);
    change();
    if (this.statusOf(userId) !== before) this.#onChange(userId);
  }
}

function newer(a: Choice, b: Choice | undefined): Choice {
  const { availability, asOf } = b && b.asOf > a.asOf ? b : a;
  return { availability, asOf };
}
