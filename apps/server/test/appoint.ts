import type { Role } from '@parley/contract';
import { runSql } from './database.ts';
import type { Person } from './people.ts';
import type { TestServer } from './server.ts';

/** Gives somebody a role of the installation, as no procedure lets anybody do it who has none. */
export async function appoint({ databaseUrl }: TestServer, person: Person, role: Role): Promise<Person> {
  await runSql(databaseUrl, `UPDATE users SET role = '${role}' WHERE id = '${person.id}'`);
  return person;
}
