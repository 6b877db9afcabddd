import type { Contact } from '@parley/contract';
import type { SignedIn } from '../context.ts';
import { ParleyError } from '../error.ts';
import { loadContacts } from './view.ts';

/** One of the caller's contacts. Whoever is none, or has deleted their account: `NOT_FOUND`. */
export async function getContact(
  { app, session }: SignedIn,
  { userId }: { userId: string },
): Promise<Contact> {
  const [contact] = await loadContacts(app.database.pool, session.userId, { userId });
  if (!contact) throw new ParleyError('NOT_FOUND', { what: 'contact' });
  return contact;
}
