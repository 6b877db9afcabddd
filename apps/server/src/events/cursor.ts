/** What a client keeps of where it is: `<epoch>.<position>`. It names no user: entitlement is decided anew. */
export type Cursor = string;

export const formatCursor = (epoch: string, position: number): Cursor => `${epoch}.${position}`;

/** The parts of a cursor, or null when it is not one. */
export function parseCursor(cursor: string): { epoch: string; position: number } | null {
  const match = /^([0-9a-z]{1,32})\.(0|[1-9][0-9]{0,15})$/.exec(cursor);
  if (!match?.[1] || !match[2]) return null;
  const position = Number(match[2]);
  return Number.isSafeInteger(position) ? { epoch: match[1], position } : null;
}
