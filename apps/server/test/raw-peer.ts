import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface FrameOptions {
  /** 1 is text, 2 binary, 0 a continuation, 8 close, 9 ping. */
  opcode?: number;
  fin?: boolean;
  /** The three reserved bits. */
  rsv?: number;
  masked?: boolean;
}

/** A WebSocket frame from a client, right or wrong. */
export function clientFrame(payload: string | Buffer, options: FrameOptions = {}): Buffer {
  const { opcode = 1, fin = true, rsv = 0, masked = true } = options;
  const data = Buffer.from(payload);
  const length =
    data.length < 126
      ? Buffer.from([data.length])
      : data.length < 65_536
        ? Buffer.from([126, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([127]), bigEndian(data.length)]);
  length[0]! |= masked ? 0x80 : 0;
  // Zero is a mask like any other, and leaves the data as they are.
  const mask = Buffer.alloc(masked ? 4 : 0);
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), length, mask, data]);
}

function bigEndian(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** A close frame with this code. */
export const closeFrame = (code: number): Buffer =>
  clientFrame(Buffer.from([code >> 8, code & 255]), { opcode: 8 });

/** The lines of an upgrade request. */
export const upgradeRequest = (target = '/trpc', headers: Record<string, string> = {}): string =>
  requestHead('GET', target, {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  });

export const requestHead = (method: string, target: string, headers: Record<string, string>): string =>
  [
    `${method} ${target} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');

/** Somebody who need not keep to any protocol: bytes on a TCP connection, and what comes back. */
export class RawPeer implements Disposable {
  readonly tcp: Socket;
  /** The status of the first answer, 0 while there is none. */
  status = 0;
  /** Its head, in small letters. */
  head = '';
  /** What came after it, while it is no WebSocket. */
  body = '';
  /** The text frames that came. */
  readonly texts: string[] = [];
  /** The code of the server's close frame: 1005 when it names none. */
  closeCode: number | null = null;
  isGone = false;
  #bytes = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(url: string, from = '127.0.0.1') {
    const { hostname, port } = new URL(url);
    this.tcp = connect({ host: hostname, port: Number(port), localAddress: from });
    // A server that throws us out may do it with a reset.
    this.tcp.on('error', () => {});
    this.tcp.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#parse();
      this.#wake();
    });
    this.tcp.on('close', () => {
      this.isGone = true;
      this.#wake();
    });
  }

  write(bytes: string | Buffer): this {
    this.tcp.write(bytes);
    return this;
  }

  /** Sends a request, and resolves with the status of its answer; 0 when there was none. */
  async ask(request: string): Promise<number> {
    this.write(request);
    await this.when(() => this.status > 0 || this.isGone);
    return this.status;
  }

  /** Sends a message of tRPC. */
  send(message: unknown): this {
    return this.write(clientFrame(JSON.stringify(message)));
  }

  /** Says who it is, on a socket that has announced it. */
  authenticate(token: string): this {
    return this.send({ method: 'connectionParams', data: { token } });
  }

  #lastId = 0;

  /** Makes a call, and resolves with its `result` or `error`. */
  async call(path: string, input?: unknown, method = 'mutation'): Promise<Answer> {
    const id = ++this.#lastId;
    this.send({ id, method, params: { path, input: { json: input } } });
    return this.answerTo(id);
  }

  /** Resolves with the first answer to this id; an `id: null` answers whatever was asked. */
  async answerTo(id: number | string | null): Promise<Answer> {
    const find = () =>
      this.messages.find((message) => message.id === id || (message.id === null && message.error));
    await this.when(() => this.isGone || find() !== undefined);
    const { result, error } = find() ?? {};
    return { data: result?.data?.json, error: error?.json };
  }

  readonly #parsed = new Map<string, Message>();

  /** The messages of tRPC that came. Whoever waits for one looks at all of them, often: each is parsed once. */
  get messages(): Message[] {
    return this.texts
      .filter((text) => text !== 'PING' && text !== 'PONG')
      .map((text) => {
        const message = this.#parsed.get(text) ?? (JSON.parse(text) as Message);
        this.#parsed.set(text, message);
        return message;
      });
  }

  /** Resolves with the code of the server's close frame, or null when it hangs up without one. */
  async closed(): Promise<number | null> {
    await this.when(() => this.closeCode !== null || this.isGone);
    return this.closeCode;
  }

  /** Resolves when the connection is gone, with the code of the server's close frame. */
  async gone(): Promise<number | null> {
    await this.when(() => this.isGone);
    return this.closeCode;
  }

  /** Resolves when what was written has left, and when nobody will take it any more. */
  async drained(): Promise<void> {
    const gone = this.when(() => this.isGone);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tcp.write('', (error) => error || resolve());
    await Promise.race([promise, gone]);
  }

  /** Resolves when a condition holds; it is looked at whenever something came. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  [Symbol.dispose](): void {
    this.tcp.destroy();
  }

  #parse(): void {
    if (this.status === 0) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.head = this.#bytes.toString('latin1', 0, end).toLowerCase();
      this.status = Number(this.head.slice(9, 12));
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    if (this.status !== 101) {
      this.body += this.#bytes;
      this.#bytes = Buffer.alloc(0);
      return;
    }
    for (let frame = this.#takeFrame(); frame; frame = this.#takeFrame()) {
      if (frame.opcode === 1) this.texts.push(frame.payload.toString());
      if (frame.opcode === 8) this.closeCode = frame.payload.length ? frame.payload.readUInt16BE() : 1005;
    }
  }

  #takeFrame(): { opcode: number; payload: Buffer } | null {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const short = bytes[1]! & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < header) return null;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < header + length) return null;
    this.#bytes = bytes.subarray(header + length);
    return { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(header, header + length) };
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

interface Message {
  id: number | string | null;
  result?: { type: string; id?: string; data?: { json: unknown } };
  error?: { json: WireErrorShape };
}

interface WireErrorShape {
  message: string;
  data: { code: string; httpStatus: number; [key: string]: unknown };
}

/** What a call gave: one of the two. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: whatever the procedure answers
  data: any;
  error: WireErrorShape | undefined;
}

/** A socket that was let in, with this token or as nobody. */
export async function rawSocket(url: string, token?: string): Promise<RawPeer> {
  const peer = new RawPeer(url);
  const status = await peer.ask(upgradeRequest(token === undefined ? '/trpc' : '/trpc?connectionParams=1'));
  if (status !== 101) throw new Error(`not let in: ${status}`);
  if (token !== undefined) peer.authenticate(token);
  return peer;
}
