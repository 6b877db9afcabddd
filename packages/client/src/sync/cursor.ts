/** A place in the server's log. Positions of different epochs cannot be compared. */
export interface Cursor {
  readonly epoch: string;
  readonly position: number;
}

/** The parts of a cursor on the wire, `<epoch>.<position>`; null when it is not one. */
export function parseCursor(text: string): Cursor | null {
  const dot = text.lastIndexOf('.');
  const digits = text.slice(dot + 1);
  if (dot < 1 || !/^(0|[1-9][0-9]{0,15})$/.test(digits)) return null;
  const position = Number(digits);
  return Number.isSafeInteger(position) ? { epoch: text.slice(0, dot), position } : null;
}

export const formatCursor = ({ epoch, position }: Cursor): string => `${epoch}.${position}`;

/** The further of the two: a cursor is never lowered. */
export const advance = (cursor: Cursor, to: Cursor): Cursor => (to.position > cursor.position ? to : cursor);
