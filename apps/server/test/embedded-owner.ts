// A process that owns an embedded Postgres until it is killed: what embedded.test.ts kills.
import { startEmbeddedPostgres } from '../src/database/embedded/embedded.ts';

const { url } = await startEmbeddedPostgres(process.argv[2]);
console.log(url);
setInterval(() => {}, 60_000);
