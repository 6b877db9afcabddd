import type { Clock } from '../clock.ts';
import type { Socket } from './socket.ts';

/** How often those who were held are looked at, in milliseconds: a flood comes in bites of so long, and not of a second. */
const LOOK_EVERY = 100;
/** What somebody may send at once, as milliseconds of their rate. */
const AT_ONCE = 1_000;

/**
 * How fast senders are heard: so many messages a second, and those of a second at once. What is more waits unread, and is
 * not lost. It is the generic cell rate algorithm (ITU-T I.371): of a sender there is one number, and only while it counts.
 */
export class Pace {
  readonly #clock: Clock;
  /** Milliseconds for which a message counts. */
  readonly #each: number;
  /** Until when the messages of a sender count. */
  readonly #until = new Map<string, number>();
  /** Sockets of which nothing more is heard for now, and whose they are. */
  readonly #held = new Map<Socket, string>();
  readonly #timer = setInterval(() => this.#look(), LOOK_EVERY);

  constructor(perSecond: number, clock: Clock) {
    this.#each = 1_000 / perSecond;
    this.#clock = clock;
  }

  /** A message came. Of who sends too many nothing more is heard, until it is time. */
  heard(sender: string, socket: Socket): void {
    const now = this.#clock.elapsed();
    const until = Math.max(this.#until.get(sender) ?? 0, now) + this.#each;
    this.#until.set(sender, until);
    if (until - now <= AT_ONCE) return;
    this.#held.set(socket, sender);
    socket.hold('pace');
  }

  forget(socket: Socket): void {
    this.#held.delete(socket);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#clock.elapsed();
    for (const [socket, sender] of this.#held) {
      if ((this.#until.get(sender) ?? 0) - now > AT_ONCE) continue;
      this.#held.delete(socket);
      socket.release('pace');
    }
    for (const [sender, until] of this.#until) if (until <= now) this.#until.delete(sender);
  }
}
