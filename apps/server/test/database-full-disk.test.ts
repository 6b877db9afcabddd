import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LIMITS } from '@parley/contract';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { urlOf } from '../src/database/embedded/running.ts';
import { runSql } from './database.ts';
import { People } from './people.ts';
import { postmasterOf } from './postmaster.ts';
import { serverProcess } from './process.ts';
import { Ballast, canMount, onSmallDisk } from './small-disk.ts';

/** Megabytes. A new Postgres takes fifty, and wants sixteen more, at once, whenever it has written as many. */
const DISK = 200;

/** Makes a Postgres begin another file of its log, until it has no room for one. */
async function exhaust(url: string): Promise<void> {
  const begun = () => runSql(url, "SELECT pg_logical_emit_message(true, 'test', 'another'), pg_switch_wal()");
  for (let isUp = true; isUp; ) isUp = await begun().then(Boolean, () => false);
}

test.skipIf(!canMount)(
  'F15 a disk that gets full under the database loses nothing of what it had',
  async () => {
    const folder = join(tmpdir(), `parley-small-disk-${v7()}`);
    const development = {
      NODE_ENV: 'development',
      DATABASE_URL: '',
      DATA_FOLDER: folder,
      LOG_LEVEL: 'silent',
    };
    await using server = await serverProcess('', development, onSmallDisk(folder, DISK));
    await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
    const people = new People([server]);
    using __ = { [Symbol.dispose]: () => people.close() };
    const [alice, bob] = await people.all('alice', 'bob');
    const conversationId = await alice.talkTo(bob);
    const streams = await Promise.all(
      (['ws', 'sse'] as const).map((transport) => bob.subscribe({ transport })),
    );

    const seqs: number[] = [];
    let refused = 0;
    /** Sends until it is answered, with the same key, as an outbox does. */
    const insist = async () => {
      const clientMessageId = v7();
      const ciphertext = randomBytes(LIMITS.ciphertext).toString('base64');
      for (;;) {
        try {
          const { seq } = await alice.api.messages.send.mutate({
            conversationId,
            clientMessageId,
            ciphertext,
          });
          return seqs.push(seq);
        } catch (error) {
          expect((error as { data?: unknown }).data).toMatchObject({ code: 'UNAVAILABLE' });
          refused++;
          await delay(100);
        }
      }
    };
    let isOver = false;
    const talk = async () => {
      while (!isOver) await insist();
    };
    const refusals = async (more: number) => {
      for (const before = refused; refused < before + more; ) await delay(20);
    };
    const ballast = new Ballast(server.pid, folder);
    await ballast.leave(1_000_000);
    const talking = Promise.all(Array.from({ length: 20 }, talk));
    await refusals(40);
    // For want of room for its own log Postgres gives up, and cannot start.
    const postgres = join(ballast.disk, 'postgres');
    await exhaust(urlOf(postgres, postmasterOf(postgres).port));
    await refusals(40);
    await ballast.remove();
    isOver = true;
    await talking;

    const all = Array.from({ length: seqs.length }, (_, n) => n + 1);
    expect(seqs.sort((a, b) => a - b)).toEqual(all);
    for (const stream of streams) {
      await stream.when(() => stream.events.length >= all.length);
      expect(stream.events.map((event) => event.type === 'message.created' && event.message.seq)).toEqual(
        all,
      );
    }
  },
);
