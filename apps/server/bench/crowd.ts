import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientEvents, RunningSystem } from './system.ts';
import type { Room } from './world.ts';

/** The clients of a workload. Disposing it closes them. */
export interface Crowd extends Disposable {
  clients: Client[];
  /** Throws if one of them met an error or lost its connection: such a run measures nothing. */
  check(): void;
}

/** Sockets that are opened at the same time. */
const AT_ONCE = 40;

/** How long they may take, all together. In milliseconds. */
const LIMIT = 60_000;

/** Connects all these users, each in its room. */
export async function connectCrowd(
  system: RunningSystem,
  users: number[],
  roomOf: (user: number) => Room,
  events: Partial<Pick<ClientEvents, 'onAck' | 'onDelivery'>> = {},
): Promise<Crowd> {
  const clients: Client[] = [];
  let failure: string | null = null;
  const fail = (reason: string): void => {
    failure ??= reason;
  };
  const all: ClientEvents = {
    onAck: events.onAck ?? ignore,
    onDelivery: events.onDelivery ?? ignore,
    onError: fail,
    onClose: (error) => fail(error?.message ?? 'a connection was lost'),
  };
  const waiting = users.values();
  const connectInTurn = async (): Promise<void> => {
    for (const user of waiting) clients.push(await system.connect(user, roomOf(user), all));
  };
  const connecting = Promise.all(Array.from({ length: AT_ONCE }, connectInTurn));
  const timeout = sleep(LIMIT, 'late' as const, { ref: false });
  if ((await Promise.race([connecting, timeout])) === 'late')
    throw new Error(`${clients.length} of ${users.length} were connected after ${LIMIT / 1000} s`);
  return {
    clients,
    check() {
      if (failure !== null) throw new Error(failure);
    },
    [Symbol.dispose]() {
      for (const client of clients) client.close();
    },
  };
}

const ignore = (): void => {};
