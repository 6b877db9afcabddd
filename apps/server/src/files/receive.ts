import type { App } from '../context.ts';
import type { File } from '../database/generated/client.ts';
import { ParleyError } from '../error.ts';
import { newId } from '../ids.ts';
import { incoming } from './keys.ts';

/** Bytes that are stored at a time: what came of them is lost when this process dies. */
const PART = 512 * 1024;
/** Parts of one upload: more than any takes whose connection breaks now and then. */
const MAX_PARTS = 200;
/** Uploads that a person, and all people, may send to one node at the same time. */
const AT_ONCE = 4;
const ALL_AT_ONCE = 64;

/**
 * Takes the bytes of an upload, from where it stands on, and returns where it stands then. What came is kept when the
 * connection breaks. Of two who send at the same moment one is refused with `UPLOAD_INCOMPLETE`, and nothing of theirs
 * is mixed.
 *
 * Errors: `FILE_TOO_LARGE` when more comes than was announced, `UPLOAD_INCOMPLETE`, `BUSY`, `TOO_MANY` (uploads).
 */
export async function receive(
  app: App,
  upload: Pick<File, 'id' | 'ownerId' | 'size' | 'received' | 'parts'>,
  body: AsyncIterable<Buffer>,
): Promise<number> {
  const leave = enter(app, upload.ownerId);
  try {
    return await store(app, upload, body);
  } finally {
    leave();
  }
}

async function store(
  app: App,
  { id, size, received, parts }: Parameters<typeof receive>[1],
  body: AsyncIterable<Buffer>,
): Promise<number> {
  let stored = received;
  let count = parts.length;
  let waiting: Buffer[] = [];
  let length = 0;

  async function flush(): Promise<void> {
    if (length === 0) return;
    if (++count > MAX_PARTS) throw new ParleyError('TOO_MANY', { what: 'uploads', limit: MAX_PARTS });
    const part = Buffer.concat(waiting);
    waiting = [];
    length = 0;
    await append(app, { id, size, stored }, part);
    stored += part.length;
  }

  try {
    for await (const chunk of body) {
      if (stored + length + chunk.length > size) throw new ParleyError('FILE_TOO_LARGE', { limit: size });
      waiting.push(chunk);
      length += chunk.length;
      if (length >= PART) await flush();
    }
  } catch (error) {
    if (!(error instanceof ParleyError)) await flush();
    throw error;
  }
  await flush();
  return stored;
}

/** Stores a part under a name of its own, and only then says that it belongs to the upload: if nobody was faster. */
async function append(
  app: App,
  { id, size, stored }: { id: string; size: number; stored: number },
  part: Buffer,
): Promise<void> {
  const name = newId();
  const key = `${incoming(id)}/${name}`;
  await app.storage.put(key, part);
  const { rowCount } = await app.database.pool.query({
    ...APPEND,
    values: [id, stored, part.length, name],
  });
  if (rowCount === 1) return;
  await app.storage.remove(key);
  const now = await app.database.prisma.file.findUnique({ where: { id } });
  if (now?.status !== 'pending') throw new ParleyError('NOT_FOUND', { what: 'upload' });
  throw new ParleyError('UPLOAD_INCOMPLETE', { received: now.received, size });
}

const APPEND = {
  name: 'append_to_upload',
  text: `UPDATE files SET received = received + $3, parts = array_append(parts, $4)
    WHERE id = $1 AND received = $2 AND status = 'pending'`,
};

/** Who sends to this node now, and how often each. */
const senders = new WeakMap<App, Map<string, number>>();

function enter(app: App, person: string): () => void {
  const now = senders.get(app) ?? new Map<string, number>();
  senders.set(app, now);
  const all = [...now.values()].reduce((sum, count) => sum + count, 0);
  const mine = now.get(person) ?? 0;
  if (mine >= AT_ONCE || all >= ALL_AT_ONCE) throw new ParleyError('BUSY', { retryAfter: 1 });
  now.set(person, mine + 1);
  return () => {
    const left = now.get(person)! - 1;
    if (left > 0) now.set(person, left);
    else now.delete(person);
  };
}
