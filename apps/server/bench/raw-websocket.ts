import { connect } from 'node:net';

/** The least that a WebSocket client can be, so that the generator leaves the cores to what is measured. */
export interface RawWebSocket {
  send(text: string): void;
  close(): void;
}

export interface RawWebSocketOptions {
  port: number;
  path: string;
  onOpen?(): void;
  /** One text frame, from `start` to `end`. The bytes are only good until this returns. */
  onFrame(bytes: Buffer, start: number, end: number): void;
  /** The connection ended, and not by `close`. */
  onClose(error?: Error): void;
}

/** Every socket reads into this: what a frame needs for longer is copied. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);
const NOTHING = Buffer.alloc(0);
const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export function openWebSocket({ port, path, onOpen, onFrame, onClose }: RawWebSocketOptions): RawWebSocket {
  let unread: Buffer = NOTHING;
  let upgraded = false;
  let closed = false;

  const socket = connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback(length) {
        const fresh = readBuffer.subarray(0, length);
        const bytes = unread.length === 0 ? fresh : Buffer.concat([unread, fresh]);
        const handled = read(bytes);
        unread = handled === bytes.length ? NOTHING : Buffer.from(bytes.subarray(handled));
        return true;
      },
    },
  });
  socket.on('connect', () => socket.write(upgradeRequest(port, path)));
  socket.on('error', end);
  socket.on('close', () => end());
  return { send: (text) => void socket.write(frame(OPCODE.text, text)), close };

  function close(): void {
    closed = true;
    socket.destroy();
  }

  function end(error?: Error): void {
    if (closed) return;
    close();
    onClose(error);
  }

  /** Handles what is complete, and answers how far that is. */
  function read(bytes: Buffer): number {
    let at = 0;
    if (!upgraded) {
      const headEnd = bytes.indexOf('\r\n\r\n');
      if (headEnd < 0) return 0;
      const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
      if (!status.startsWith('HTTP/1.1 101')) end(new Error(`the upgrade was refused: ${status}`));
      else onOpen?.();
      upgraded = true;
      at = headEnd + 4;
    }
    while (!closed && bytes.length - at >= 2) {
      const short = bytes[at + 1]!;
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      if (bytes.length < start) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      if (bytes.length < start + length) break;
      received(bytes, bytes[at]!, start, start + length);
      at = start + length;
    }
    return at;
  }

  function received(bytes: Buffer, head: number, start: number, stop: number): void {
    if (head === (0x80 | OPCODE.text)) onFrame(bytes, start, stop);
    else if (head === (0x80 | OPCODE.ping))
      socket.write(frame(OPCODE.pong, bytes.toString('latin1', start, stop)));
    else if (head === (0x80 | OPCODE.close))
      end(new Error(`the server closed: ${closeReason(bytes, start, stop)}`));
    else end(new Error(`a frame of a kind that no system sends: ${head}`));
  }
}

const closeReason = (bytes: Buffer, start: number, end: number): string =>
  end - start < 2 ? 'no code' : `${bytes.readUInt16BE(start)} ${bytes.toString('latin1', start + 2, end)}`;

const upgradeRequest = (port: number, path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');

/** A client's frame. Its mask is zero, which leaves the payload as it is. */
function frame(opcode: number, payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  if (length > 0xffff) throw new RangeError('the generator sends short texts only');
  const header = length < 126 ? 6 : 8;
  const bytes = Buffer.alloc(header + length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | Math.min(length, 126);
  if (length >= 126) bytes.writeUInt16BE(length, 2);
  bytes.write(payload, header);
  return bytes;
}
