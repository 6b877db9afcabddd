/**
 * Parley for another load generator, which brings its own socket, database and processes as `kit`: the same seed,
 * environment and session as in this folder's own. Needs the built server.
 */

import { freePort } from '../src/free-port.ts';
import { SERVER_COMMAND, serverEnvironment } from './parley/environment.ts';
import { SEED } from './parley/seed.ts';
import { connectUser } from './parley/session.ts';
import { groupOf, pairOf } from './world.ts';

const DATABASE = 'bench_p';

export default (kit) => {
  const url = `postgresql://postgres@127.0.0.1:${kit.PGPORT}/${DATABASE}`;

  let port;

  async function launch() {
    port = await freePort();
    const env = serverEnvironment(url, port);
    const server = kit.launch(kit.NODE, SERVER_COMMAND, { env, log: `${kit.STATE}/P.log` });
    await kit.waitPort(port);
    return { pids: [server.pid], stop: () => server.stop() };
  }

  return {
    async provision() {
      await kit.recreateDb(DATABASE);
      // The server migrates its database as it starts.
      const server = await launch();
      await server.stop();
      const database = await kit.db(DATABASE);
      await database.query(SEED);
      await database.query('VACUUM ANALYZE');
      await database.end();
    },

    start: launch,

    async session(user, handlers, { group } = {}) {
      const open = (options) => new kit.RawWs(options);
      const room = group ? groupOf(Number(group.slice(1))) : pairOf(user);
      const client = await connectUser(open, port, user, room, { onError() {}, onClose() {}, ...handlers });
      return {
        user,
        sendDirect: (_peer, text, id) => client.send(text, id),
        sendGroup: (_group, text, id) => client.send(text, id),
        history: client.readPage,
        close: client.close,
      };
    },
  };
};
