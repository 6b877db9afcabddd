import pg from 'pg';
import { vi } from 'vitest';

/** From now on the nodes of this process believe that they have told the others, and have not: the poll is all there is. */
export function loseNotifications(): void {
  const { query } = pg.Client.prototype;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    const [statement] = given as [{ name?: string } | string];
    if (typeof statement === 'object' && statement?.name === 'bus_notify')
      return Promise.resolve({ rows: [] });
    return Reflect.apply(query, this, given);
  } as never);
}
