import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { BenchDatabases } from '../databases.ts';
import { messageIn, numberAt } from '../message-text.ts';
import { openWebSocket } from '../raw-websocket.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import type { Client, ClientEvents, System } from '../system.ts';
import {
  groupOf,
  HISTORY_ROOM,
  HISTORY_USERS,
  historyTextSql,
  historyTimeSql,
  placeInHistory,
  type Room,
  WORLD,
} from '../world.ts';

const DATABASE = 'bench_limit';
const SECRET = 'a secret of the limit';
const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

/** The least that a chat server can do: what is measured against it costs more, the question is how much. */
export function limit(databases: BenchDatabases): System {
  return {
    name: 'limit',
    async provision() {
      await using database = await databases.create(DATABASE);
      await database.query(SCHEMA);
      await database.query(PEOPLE_AND_HISTORY);
      await database.query('VACUUM ANALYZE');
    },
    async start() {
      const server = await startServer([SERVER], (port) => ({
        PORT: String(port),
        DATABASE_URL: databases.url(DATABASE),
        SECRET,
      }));
      return { ...server, connect: (user, room, events) => connect(server, user, room, events) };
    },
  };
}

const roomId = (room: Room): number => (room.kind === 'pair' ? room.pair + 1 : 1_000_000 + room.members);

const SCHEMA = `
  CREATE TABLE members (room int, user_id int, PRIMARY KEY (room, user_id));
  CREATE TABLE messages (
    id bigint PRIMARY KEY, room int NOT NULL, sender_id int NOT NULL, text text NOT NULL, sent_at timestamptz NOT NULL
  );
  CREATE INDEX ON messages (room, id);`;

const groupSql = (members: number): string =>
  `INSERT INTO members SELECT ${roomId(groupOf(members))}, n FROM generate_series(0, ${members - 1}) n;`;

const PEOPLE_AND_HISTORY = `
  INSERT INTO members SELECT n / 2 + 1, n FROM generate_series(0, ${WORLD.users - 1}) n;
  ${WORLD.groups.map(groupSql).join('\n  ')}
  INSERT INTO messages
  SELECT n, ${roomId(HISTORY_ROOM)}, ${HISTORY_USERS[0]} + n % 2, ${historyTextSql('n')}, ${historyTimeSql('n')}
  FROM generate_series(1, ${WORLD.history}) n;`;

/** The first letter of a server's frame says what it is: see server.ts. */
const KIND = { hello: 0x68, ack: 0x61, page: 0x70, message: 0x6d } as const;

function connect(server: ServerProcess, user: number, room: Room, events: ClientEvents): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const id = roomId(room);
  const token = createHmac('sha256', SECRET).update(String(user)).digest('hex');
  let onPage: (bytes: number) => void = () => {};
  const socket = openWebSocket({
    port: server.port,
    path: `/?user=${user}&token=${token}`,
    onFrame(bytes, start, end) {
      const kind = bytes[start + 2];
      if (kind === KIND.message) events.onDelivery(messageIn(bytes, start, end), user);
      else if (kind === KIND.ack) events.onAck(numberAt(bytes, start + 5));
      else if (kind === KIND.page) onPage(end - start);
      else if (kind === KIND.hello) resolve(client);
      else events.onError(bytes.toString('latin1', start, end));
    },
    onClose(error) {
      reject(error ?? new Error('the connection was lost'));
      events.onClose(error);
    },
  });
  const client: Client = {
    user,
    send: (text, message) => socket.send(`{"a":${message},"r":${id},"t":"${text}"}`),
    readPage(done) {
      onPage = done;
      socket.send(`{"p":${placeInHistory(50)},"r":${id}}`);
    },
    close: socket.close,
  };
  return promise;
}
