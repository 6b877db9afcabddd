import { connectCrowd } from '../crowd.ts';
import { latencies, measureWindow, type Usage } from '../measure.ts';
import type { Client } from '../system.ts';
import type { Trial } from '../workloads.ts';
import { HISTORY_ROOM, HISTORY_USERS } from '../world.ts';

const READERS = 50;

export interface HistoryResult {
  usage: Usage;
  pages: number;
  bytes: number;
  latency: ReturnType<typeof latencies>;
}

/** Clients of one user page through the long history, each with one request at a time. */
export async function history({ system, processes, timing }: Trial): Promise<HistoryResult> {
  const latency = latencies();
  let pages = 0;
  let bytes = 0;
  let measuring = false;
  let running = true;

  const users = new Array<number>(READERS).fill(HISTORY_USERS[0]);
  using crowd = await connectCrowd(system, users, () => HISTORY_ROOM);
  for (const client of crowd.clients) read(client);
  const usage = await measureWindow(processes, timing, (now) => {
    measuring = now;
  });
  running = false;
  crowd.check();
  return { usage, pages, bytes, latency };

  function read(client: Client): void {
    const at = performance.now();
    client.readPage((length) => {
      if (measuring) {
        pages++;
        bytes += length;
        latency.add(performance.now() - at);
      }
      if (running) read(client);
    });
  }
}
