import type { Contact } from '@parley/contract';
import type { Database } from '../database/database.ts';
import type { Hydrator } from '../events/hydrate.ts';
import { CONTACT_JSON } from './view.ts';

/** The topic is the owner. What they call a contact is in its row alone, and never in the log. */
type Rows = { topic: string; refs: { userId: string } }[];

const added: Hydrator<'contact.added'> = async (database, rows: Rows) =>
  (await loadEach(database, rows)).map((contact) => contact && { type: 'contact.added', contact });

const updated: Hydrator<'contact.updated'> = async (database, rows: Rows) =>
  (await loadEach(database, rows)).map((contact) => contact && { type: 'contact.updated', contact });

/** Each of these contacts as it is when it is read; null for one that is none any more, and for who is deleted. */
async function loadEach(database: Database, rows: Rows): Promise<(Contact | null)[]> {
  const found = await database.pool.query<{ contact: Contact | null }>({
    name: 'contacts_of_events',
    text: EACH,
    values: [rows.map(({ topic }) => topic), rows.map(({ refs }) => refs.userId)],
  });
  return found.rows.map(({ contact }) => contact);
}

const EACH = `
  SELECT CASE WHEN u.id IS NOT NULL THEN ${CONTACT_JSON} END AS contact
  FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS told (owner_id, user_id, n)
  LEFT JOIN contacts c USING (owner_id, user_id)
  LEFT JOIN users u ON u.id = c.user_id AND u.deleted_at IS NULL
  ORDER BY n`;

const removed: Hydrator<'contact.removed'> = async (_, rows: Rows) =>
  rows.map(({ refs }) => ({ type: 'contact.removed', ...refs }));

export const contactEvents = {
  'contact.added': added,
  'contact.updated': updated,
  'contact.removed': removed,
};
