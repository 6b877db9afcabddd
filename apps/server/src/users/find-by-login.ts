import type { Database } from '../database/database.ts';
import type { User } from '../database/generated/client.ts';
import { nameKey } from './names.ts';

/** The account that a person means when they log in: by e-mail address, or by username, which holds no `@`. */
export function findByLogin(database: Database, login: string): Promise<User | null> {
  const key = nameKey(login);
  return database.prisma.user.findUnique({
    where: { ...(key.includes('@') ? { emailKey: key } : { usernameKey: key }), deletedAt: null },
  });
}
