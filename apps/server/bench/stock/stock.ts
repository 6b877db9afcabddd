import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import type { BenchDatabases } from '../databases.ts';
import { messageIn, numberAt } from '../message-text.ts';
import { openWebSocket } from '../raw-websocket.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import type { Client, ClientEvents, System } from '../system.ts';
import {
  groupOf,
  HISTORY_ROOM,
  HISTORY_USERS,
  historyId,
  historyIdSql,
  historyTextSql,
  historyTimeSql,
  placeInHistory,
  type Room,
  roomKey,
  uuidOf,
  uuidSql,
  WORLD,
} from '../world.ts';

const DATABASE = 'bench_stock';
const SECRET = 'the secret of the stock peer, of 32 bytes';
const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

/** The stock peer, see server.ts. */
export function stock(databases: BenchDatabases): System {
  return {
    name: 'stock',
    async provision() {
      await using database = await databases.create(DATABASE);
      await database.query(SCHEMA);
      await database.query(PEOPLE_AND_HISTORY);
      await database.query('VACUUM ANALYZE');
    },
    async start() {
      const server = await startServer([SERVER], (port) => ({
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE_URL: databases.url(DATABASE),
        SECRET,
      }));
      return { ...server, connect: (user, room, events) => connect(server, user, room, events) };
    },
  };
}

/** What `prisma db push` makes of schema.prisma. */
const SCHEMA = `
  CREATE TABLE users (id uuid PRIMARY KEY, name text NOT NULL, created_at timestamptz(3) NOT NULL DEFAULT now());
  CREATE TABLE conversations (id uuid PRIMARY KEY, title text);
  CREATE TABLE members (
    conversation_id uuid NOT NULL REFERENCES conversations, user_id uuid NOT NULL REFERENCES users,
    PRIMARY KEY (conversation_id, user_id)
  );
  CREATE INDEX ON members (user_id);
  CREATE TABLE messages (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL REFERENCES conversations,
    sender_id uuid NOT NULL REFERENCES users, text text NOT NULL, created_at timestamptz(3) NOT NULL DEFAULT now()
  );
  CREATE INDEX ON messages (conversation_id, id);`;

const PEOPLE_AND_HISTORY = `
  INSERT INTO users (id, name) SELECT ${uuidSql(`'u' || n`)}, 'user ' || n FROM generate_series(0, ${WORLD.users - 1}) n;
  INSERT INTO conversations (id) SELECT ${uuidSql(`'c' || n`)} FROM generate_series(0, ${WORLD.pairs - 1}) n;
  INSERT INTO members
  SELECT ${uuidSql(`'c' || n / 2`)}, ${uuidSql(`'u' || n`)} FROM generate_series(0, ${WORLD.users - 1}) n;
  ${WORLD.groups.map(groupSql).join('')}
  INSERT INTO messages
  SELECT ${historyIdSql('n')}, '${uuidOf(roomKey(HISTORY_ROOM))}',
    ${uuidSql(`'u' || ${HISTORY_USERS[0]} + n % 2`)}, ${historyTextSql('n')}, ${historyTimeSql('n')}
  FROM generate_series(1, ${WORLD.history}) n;`;

function groupSql(members: number): string {
  const id = uuidOf(roomKey(groupOf(members)));
  return `
  INSERT INTO conversations VALUES ('${id}', '${members} people');
  INSERT INTO members SELECT '${id}', ${uuidSql(`'u' || n`)} FROM generate_series(0, ${members - 1}) n;`;
}

/** Request ids: the subscription has 1, a page 2, and a send the number of its message. */
const SUBSCRIPTION = 1;
const PAGE = 2;

async function connect(
  server: ServerProcess,
  user: number,
  room: Room,
  events: ClientEvents,
): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const conversationId = uuidOf(roomKey(room));
  const token = await new SignJWT({ sub: uuidOf(`u${user}`) })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(SECRET));
  let onPage: (bytes: number) => void = () => {};

  const request = (id: number, method: string, path: string, input: object): void =>
    socket.send(JSON.stringify({ id, method, params: { path, input: { json: input } } }));

  const socket = openWebSocket({
    port: server.port,
    path: '/?connectionParams=1',
    onOpen() {
      socket.send(JSON.stringify({ method: 'connectionParams', data: { token } }));
      request(SUBSCRIPTION, 'subscription', 'messages.onNew', { conversationId });
    },
    onFrame(bytes, start, end) {
      if (bytes[start] === LETTER_P) return socket.send('PONG');
      // Every other frame begins with {"id":<request id>,"result" or {"id":<request id>,"error"
      const id = numberAt(bytes, start + 6);
      const message = messageIn(bytes, start, end);
      if (id === SUBSCRIPTION && message >= 0) return events.onDelivery(message, user);
      if (!bytes.toString('latin1', start, start + 40).includes('"result"'))
        return fail(bytes.toString('latin1', start, end));
      if (id === SUBSCRIPTION) resolve(client);
      else if (id === PAGE) onPage(end - start);
      else events.onAck(id);
    },
    onClose(error) {
      reject(error ?? new Error('the connection was lost'));
      events.onClose(error);
    },
  });

  function fail(reason: string): void {
    reject(new Error(reason));
    events.onError(reason);
  }

  const client: Client = {
    user,
    send: (text, message) => request(message, 'mutation', 'messages.send', { conversationId, text }),
    readPage(done) {
      onPage = done;
      const before = historyId(placeInHistory(50));
      request(PAGE, 'query', 'messages.list', { conversationId, before, limit: 50 });
    },
    close: socket.close,
  };
  return promise;
}

/** As in PING, which the server sends to see whether somebody is there. */
const LETTER_P = 0x50;
