import type { Readable } from 'node:stream';

/** What is written: bytes, or a file of this machine. */
export type Content = Uint8Array | { path: string };

/** Bytes from the first to the last, both included. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * Where files are kept, under keys that only this server makes: `place/uuid/name`. Errors of any of it: `UNAVAILABLE`,
 * and the log says why.
 */
export interface Storage {
  /** Writes it whole, or not at all; what was there before is replaced. */
  put(key: string, content: Content): Promise<void>;
  /** Null when there is none. Whoever takes it reads it to its end, or destroys it. */
  get(key: string, range?: ByteRange): Promise<Readable | null>;
  /** Removes it, if it is there. */
  remove(key: string): Promise<void>;
  /** Removes all that is under `place/uuid`; done again it changes nothing. */
  removeAll(folder: string): Promise<void>;
  /** Whether there is room for so many bytes. */
  hasRoom(bytes: number): Promise<boolean>;
  /** Null where clients cannot reach it: then all goes through this server. */
  direct: DirectStorage | null;
}

/** Signed links, by which clients reach it without this server. */
export interface DirectStorage {
  /** To write exactly so many bytes there with `PUT`. */
  putUrl(key: string, options: { size: number; seconds: number }): Promise<string>;
  /** To read it with `GET`; the answer has these headers. */
  getUrl(key: string, options: { seconds: number; type: string; disposition: string }): Promise<string>;
}
