import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../src/env.ts';
import type { BenchDatabases } from '../databases.ts';
import { openWebSocket } from '../raw-websocket.ts';
import { startServer } from '../server-process.ts';
import type { System } from '../system.ts';
import { SERVER, SERVER_COMMAND, serverEnvironment } from './environment.ts';
import { SEED } from './seed.ts';
import { connectUser } from './session.ts';

const DATABASE = 'bench_parley';

/** Parley, as it is shipped: the bundle, in production, by its public interface. */
export function parley(databases: BenchDatabases): System {
  const start = () => startServer(SERVER_COMMAND, (port) => serverEnvironment(databases.url(DATABASE), port));
  return {
    name: 'parley',
    async provision() {
      if (!existsSync(SERVER))
        throw new ConfigurationError('the server is not built: npm run bench builds it first');
      await using database = await databases.create(DATABASE);
      // The server migrates its database as it starts.
      const server = await start();
      await server[Symbol.asyncDispose]();
      await database.query(SEED);
      await database.query('VACUUM ANALYZE');
    },
    async start() {
      const server = await start();
      return {
        ...server,
        connect: (user, room, events) => connectUser(openWebSocket, server.port, user, room, events),
      };
    },
  };
}
