import { Prisma } from './generated/client.ts';

/** A JSON column's value: null is SQL's NULL. */
export const jsonOrNull = (value: object | null): Prisma.InputJsonObject | typeof Prisma.DbNull =>
  value === null ? Prisma.DbNull : (value as Prisma.InputJsonObject);
