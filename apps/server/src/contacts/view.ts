import type { Contact } from '@parley/contract';
import type pg from 'pg';
import { isoOf } from '../database/iso.ts';
import { PUBLIC_USER_JSON } from '../users/public-user.ts';

/** A contact's row; `c` is the row, and `u` is whom it is about. */
export const CONTACT_JSON = `
  json_build_object('user', ${PUBLIC_USER_JSON}, 'alias', c.alias, 'createdAt', ${isoOf('c.created_at')})`;

/**
 * Somebody's contacts, the newest first. Whoever is deleted is left out. `client` is the pool, or one connection inside
 * a snapshot.
 */
export async function loadContacts(
  client: pg.Pool | pg.ClientBase,
  ownerId: string,
  { userId, mutualOnly = false }: { userId?: string; mutualOnly?: boolean } = {},
): Promise<Contact[]> {
  const { rows } = await client.query<{ contact: Contact }>({
    name: 'contacts',
    text: CONTACTS,
    values: [ownerId, userId ?? null, mutualOnly],
  });
  return rows.map(({ contact }) => contact);
}

const CONTACTS = `
  SELECT ${CONTACT_JSON} AS contact FROM contacts c JOIN users u ON u.id = c.user_id
  WHERE c.owner_id = $1 AND u.deleted_at IS NULL
    AND ($2::uuid IS NULL OR c.user_id = $2)
    AND (NOT $3::boolean OR EXISTS (SELECT FROM contacts o WHERE o.owner_id = c.user_id AND o.user_id = $1))
  ORDER BY c.created_at DESC, c.user_id`;
