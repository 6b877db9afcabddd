import { createHash, createHmac, randomBytes } from 'node:crypto';
import { messageIn, numberAt } from '../message-text.ts';
import type { RawWebSocket, RawWebSocketOptions } from '../raw-websocket.ts';
import type { Client, ClientEvents } from '../system.ts';
import { placeInHistory, type Room, roomKey, uuidOf } from '../world.ts';
import { JWT_SECRET } from './environment.ts';
import { sessionId, userId } from './seed.ts';

/** Request ids: the stream has 1, a page 2, and a send the number of its message. */
const STREAM = 1;
const PAGE = 2;

/**
 * A user on a socket, subscribed to their events, as tRPC's own client would be. `open` opens the socket: the load
 * generator has one of its own, and so has whoever else measures with this.
 */
export function connectUser(
  open: (options: RawWebSocketOptions) => RawWebSocket,
  port: number,
  user: number,
  room: Room,
  events: ClientEvents,
): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const conversationId = uuidOf(roomKey(room));
  let onPage: (bytes: number) => void = () => {};

  const request = (id: number, method: string, path: string, input: string): void =>
    socket.send(`{"id":${id},"method":"${method}","params":{"path":"${path}","input":{"json":${input}}}}`);

  const socket = open({
    port,
    path: '/trpc?connectionParams=1',
    onOpen() {
      socket.send(`{"method":"connectionParams","data":{"token":"${accessToken(user)}"}}`);
      request(STREAM, 'subscription', 'events.stream', '{}');
    },
    onFrame(bytes, start, end) {
      if (bytes[start] === LETTER_P) return socket.send('PONG');
      // Every other frame begins with {"id":<request id>,"result" or {"id":<request id>,"error"
      const id = numberAt(bytes, start + 6);
      if (id === STREAM) return onStream(bytes, start, end);
      if (!bytes.toString('latin1', start, start + 40).includes('"result"'))
        return fail(bytes.toString('latin1', start, end));
      if (id === PAGE) onPage(end - start);
      else events.onAck(id);
    },
    onClose(error) {
      reject(error ?? new Error('the connection was lost'));
      events.onClose(error);
    },
  });

  function onStream(bytes: Buffer, start: number, end: number): void {
    const message = messageIn(bytes, start, end);
    if (message >= 0) events.onDelivery(message, user);
    else onNotice(bytes.toString('latin1', start, end));
  }

  function onNotice(text: string): void {
    if (text.includes('"stream.caught-up"')) resolve(client);
    // Others come and go meanwhile; nothing else happens in these workloads.
    else if (!text.includes('"started"') && !text.includes('"presence.changed"')) fail(text);
  }

  function fail(reason: string): void {
    reject(new Error(reason));
    events.onError(reason);
  }

  const client: Client = {
    user,
    send(text, message) {
      const input = `{"conversationId":"${conversationId}","text":"${text}","clientMessageId":"${clientMessageId(message)}"}`;
      request(message, 'mutation', 'messages.send', input);
    },
    readPage(done) {
      onPage = done;
      const input = `{"conversationId":"${conversationId}","before":${placeInHistory(50)},"limit":50}`;
      request(PAGE, 'query', 'messages.list', input);
    },
    close: () => socket.close(),
  };
  return promise;
}

/** As in PING, which a server may send to see whether somebody is there. */
const LETTER_P = 0x50;

/** UUIDs of version 7 that cost a template each: the time and the chance of the run, and the message's number. */
const RUN_TIME = Date.now().toString(16).padStart(12, '0');
const RUN_CHANCE = randomBytes(3).toString('hex');
const PREFIX = `${RUN_TIME.slice(0, 8)}-${RUN_TIME.slice(8)}-7${RUN_CHANCE.slice(0, 3)}-8${RUN_CHANCE.slice(3)}-`;
const clientMessageId = (message: number): string => `${PREFIX}${String(message).padStart(12, '0')}`;

/** An access token as src/auth/access-token.ts signs it, without its library. */
function accessToken(user: number): string {
  const kid = createHash('sha256').update(JWT_SECRET).digest('hex').slice(0, 12);
  const issuedAt = Math.floor(Date.now() / 1000);
  const header = base64url({ alg: 'HS256', typ: 'at+jwt', kid });
  const claims = base64url({
    sid: sessionId(user),
    sub: userId(user),
    iat: issuedAt,
    exp: issuedAt + ACCESS_TOKEN_SECONDS,
    iss: 'parley',
    aud: 'parley',
  });
  const signature = createHmac('sha256', JWT_SECRET).update(`${header}.${claims}`).digest('base64url');
  return `${header}.${claims}.${signature}`;
}

/** What the server gives by default, and the most that it takes. */
const ACCESS_TOKEN_SECONDS = 15 * 60;

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
