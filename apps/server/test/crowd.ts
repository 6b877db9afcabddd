import { runSql } from './database.ts';

/** Makes so many people of whom nobody has ever heard, and answers their ids. */
export async function addPeople(databaseUrl: string, count: number): Promise<string[]> {
  const rows = await runSql<{ id: string }>(
    databaseUrl,
    `INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
     SELECT gen_random_uuid(), 'extra' || n, 'extra' || n, 'extra' || n, 'extra' || n, '', now()
     FROM generate_series(1, ${count}) AS n RETURNING id`,
  );
  return rows.map(({ id }) => id);
}
