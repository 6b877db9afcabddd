import type { SignedIn } from '../context.ts';
import { signedLink } from '../files/signed-link.ts';
import { findReadableExport } from './find-readable.ts';

/** How to download an archive, and until when: for the caller's session alone, and as long as that goes on. */
export async function linkExport(
  { app, session }: SignedIn,
  { id }: { id: string },
): Promise<{ url: string; expiresAt: string }> {
  await findReadableExport(app, session.sessionId, id);
  return signedLink(app, 'export', id, session.sessionId);
}
