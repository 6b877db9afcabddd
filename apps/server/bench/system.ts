import type { Room } from './world.ts';

/** A server that is compared with the others. */
export interface System {
  name: string;
  /** Makes its database anew, with the world in it. */
  provision(): Promise<void>;
  start(): Promise<RunningSystem>;
}

/** Its process, and the way in. Disposing it stops it. */
export interface RunningSystem extends AsyncDisposable {
  pid: number;
  /** Answers once the user is authenticated and hears of the room. */
  connect(user: number, room: Room, events: ClientEvents): Promise<Client>;
}

/** What a client reports. Messages are told apart by the number that travels in their text. */
export interface ClientEvents {
  /** The server has confirmed the message as stored. */
  onAck(message: number): void;
  /** The message arrived at this user. Some systems deliver to the sender too. */
  onDelivery(message: number, user: number): void;
  onError(reason: string): void;
  onClose(error?: Error): void;
}

/** One user on one socket, in one room. */
export interface Client {
  user: number;
  send(text: string, message: number): void;
  /** Reads 50 messages before a random place of the history. */
  readPage(done: (bytes: number) => void): void;
  close(): void;
}
