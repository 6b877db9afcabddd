/**
 * The limit: `ws` and `pg`, and nothing else. Sends are stored in batches, each message is made into text once,
 * and each socket is written to once per batch. There is no resume, no idempotency, no event log, no bound on a
 * slow reader, and one process only.
 *
 *   client   {"a":<number>,"r":<room>,"t":<text>}   send     {"p":<before>,"r":<room>}   50 messages
 *   server   {"hello":1}   {"a":<number>,…} stored   {"m":…} a message   {"p":[…]} the page   {"e":…} refused
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import pg from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import { frameText } from '../../src/sockets/frame.ts';

const { PORT, DATABASE_URL, SECRET } = process.env;
const BATCHES_AT_ONCE = 2;
const LARGEST_BATCH = 1_000;
const LONGEST_TEXT = 4_000;

interface Connection {
  user: number;
  socket: Socket;
  /** Frames for the next write. */
  frames: Buffer[];
}

interface Send {
  connection: Connection;
  number: number;
  room: number;
  text: string;
  id: number;
  sentAt: string;
}

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 6 });
const membersOf = new Map<number, Set<number>>();
const roomsOf = new Map<number, number[]>();
const connectionsOf = new Map<number, Set<Connection>>();
let lastId: number;

await readState();
serve();

async function readState(): Promise<void> {
  const members = await pool.query<{ room: number; user: number }>(
    'SELECT room, user_id AS user FROM members',
  );
  for (const { room, user } of members.rows) {
    membersOf.set(room, (membersOf.get(room) ?? new Set()).add(user));
    roomsOf.set(user, [...(roomsOf.get(user) ?? []), room]);
  }
  const last = await pool.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM messages');
  lastId = Number(last.rows[0]!.id);
}

function serve(): void {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, skipUTF8Validation: true });
  sockets.on('connection', (ws, request) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const user = Number(query.get('user'));
    if (!isTokenOf(user, query.get('token') ?? '')) return ws.close(4401);
    const connection: Connection = { user, socket: request.socket, frames: [] };
    for (const room of roomsOf.get(user) ?? [])
      connectionsOf.set(room, (connectionsOf.get(room) ?? new Set()).add(connection));
    ws.on('message', (data) => receive(ws, connection, String(data)));
    ws.on('close', () => {
      for (const room of roomsOf.get(user) ?? []) connectionsOf.get(room)?.delete(connection);
    });
    ws.on('error', () => {});
    connection.socket.write(frameText('{"hello":1}'));
  });
  server.listen(Number(PORT), '127.0.0.1', 4_096);
}

function isTokenOf(user: number, token: string): boolean {
  const expected = createHmac('sha256', SECRET ?? '')
    .update(String(user))
    .digest();
  const given = Buffer.from(token, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function receive(ws: WebSocket, connection: Connection, data: string): void {
  const { a: number, r: room, t: text, p: before } = JSON.parse(data);
  if (!membersOf.get(room)?.has(connection.user)) {
    connection.socket.write(frameText('{"e":"no member"}'));
  } else if (typeof before === 'number') {
    void sendPage(connection, room, before);
  } else if (typeof number === 'number' && isText(text)) {
    queue.push({ connection, number, room, text, id: ++lastId, sentAt: new Date().toISOString() });
    schedule();
  } else {
    ws.close(4400);
  }
}

const isText = (text: unknown): text is string =>
  typeof text === 'string' && text !== '' && text.length <= LONGEST_TEXT;

const PAGE = `
  SELECT coalesce(json_agg(json_build_object('id', id, 's', sender_id, 't', text, 'at', sent_at)), '[]')::text AS page
  FROM (SELECT * FROM messages WHERE room = $1 AND id < $2 ORDER BY id DESC LIMIT 50) m`;

async function sendPage({ socket }: Connection, room: number, before: number): Promise<void> {
  const { rows } = await pool.query<{ page: string }>({ name: 'page', text: PAGE, values: [room, before] });
  socket.write(frameText(`{"p":${rows[0]!.page}}`));
}

const queue: Send[] = [];
let batches = 0;
let scheduled = false;

/** What arrives in one turn of the loop, and while the batches before it are stored, is one batch. */
function schedule(): void {
  if (scheduled || batches === BATCHES_AT_ONCE) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    void storeBatch();
  });
}

const INSERT = `
  INSERT INTO messages (id, room, sender_id, text, sent_at)
  SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::timestamptz[])`;

async function storeBatch(): Promise<void> {
  if (queue.length === 0 || batches === BATCHES_AT_ONCE) return;
  const batch = queue.splice(0, LARGEST_BATCH);
  const values = [
    batch.map(({ id }) => id),
    batch.map(({ room }) => room),
    batch.map(({ connection }) => connection.user),
    batch.map(({ text }) => text),
    batch.map(({ sentAt }) => sentAt),
  ];
  batches++;
  await pool.query({ name: 'insert', text: INSERT, values });
  batches--;
  deliver(batch);
  void storeBatch();
}

/** Writes acknowledgements and messages. Nobody gets back what they sent. */
function deliver(batch: Send[]): void {
  const touched: Connection[] = [];
  const add = (connection: Connection, bytes: Buffer): void => {
    if (connection.frames.length === 0) touched.push(connection);
    connection.frames.push(bytes);
  };
  const byRoom = new Map<number, { send: Send; bytes: Buffer }[]>();
  for (const send of batch) {
    const { connection, number, room, text, id, sentAt } = send;
    add(connection, frameText(`{"a":${number},"id":${id},"at":"${sentAt}"}`));
    const bytes = frameText(
      `{"m":${id},"r":${room},"s":${connection.user},"at":"${sentAt}","t":${JSON.stringify(text)}}`,
    );
    const others = byRoom.get(room);
    if (others) others.push({ send, bytes });
    else byRoom.set(room, [{ send, bytes }]);
  }
  for (const [room, messages] of byRoom) {
    const all = joined(messages.map(({ bytes }) => bytes));
    const senders = new Set(messages.map(({ send }) => send.connection));
    for (const connection of connectionsOf.get(room) ?? []) {
      if (!senders.has(connection)) add(connection, all);
      else for (const { send, bytes } of messages) if (send.connection !== connection) add(connection, bytes);
    }
  }
  for (const connection of touched) {
    connection.socket.write(joined(connection.frames));
    connection.frames = [];
  }
}

const joined = (frames: Buffer[]): Buffer => (frames.length === 1 ? frames[0]! : Buffer.concat(frames));
