import type { App } from '../context.ts';
import { urlUnder } from '../url-under.ts';
import { incoming } from './keys.ts';
import { sign } from './signature.ts';

/** How long an upload waits to become complete, and its link takes bytes. Milliseconds. */
export const WAITS_FOR = 24 * 3_600_000;
/** What has begun before the end of a link goes on for a while. */
const GOES_ON = 3_600_000;

/** Where the bytes of an upload go: past this server, where clients reach the storage itself. */
export async function uploadLink(
  { env, storage }: App,
  { id, size, expiresAt }: { id: string; size: number; expiresAt: Date },
): Promise<string> {
  if (storage.direct)
    return storage.direct.putUrl(`${incoming(id)}/whole`, { size, seconds: WAITS_FOR / 1_000 });
  const expires = expiresAt.getTime();
  const signature = sign(env, { use: 'upload', id, expires });
  return urlUnder(env.PUBLIC_URL, `/uploads/${id}?expires=${expires}&signature=${signature}`);
}

/**
 * Until when the link of an upload may bring bytes, whatever has become of the upload; null where this server sees what
 * comes, and takes nothing that nobody waits for.
 */
export const bringsUntil = ({ storage }: App, createdAt: Date): Date | null =>
  storage.direct && new Date(createdAt.getTime() + WAITS_FOR + GOES_ON);
