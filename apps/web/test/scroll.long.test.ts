import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { fillHistory } from './history.ts';
import { CHROMIUM, logIn, setStage } from './stage.ts';

const SIZE = 100_000;
/** Milliseconds that a frame may take of the page's thread. */
const FRAME_MS = 50;

describe.skipIf(!CHROMIUM)('in Chromium', () => {
  test('a conversation of 100,000 messages scrolls without a frame of over 50 ms', async () => {
    await using stage = await setStage();
    const [alice, bob] = await stage.server.people.all('alice', 'bob');
    const conversationId = await alice.startGroup('Long', bob);
    const senders = [alice.id, bob.id];
    await fillHistory(stage.server.databaseUrl, { conversationId, senders, size: SIZE });
    const context = await stage.device();
    const page = await context.newPage();
    await logIn(page, alice.credentials);
    await page.goto(`/#/c/${conversationId}`);
    await page.locator(`[data-seq="${SIZE}"]`).waitFor();
    const list = (await page.getByRole('log').boundingBox())!;
    await page.mouse.move(list.x + list.width / 2, list.y + list.height / 2);

    const frames = await traced(page, async () => {
      for (let n = 0; n < 300; n += 1) {
        await page.mouse.wheel(0, -800);
        await setTimeout(16);
      }
    });
    const reached = Number(await page.locator('[data-seq]').first().getAttribute('data-seq'));
    console.log(
      `scrolled to ${reached}; the longest tasks: ${frames.slice(0, 8).map(Math.round).join(', ')} ms`,
    );
    expect(reached).toBeLessThan(SIZE - 500);
    expect(frames[0]).toBeLessThan(FRAME_MS);
    // Down again through what is known, and into the middle of what is not.
    const others = await traced(page, async () => {
      for (let n = 0; n < 60; n += 1) {
        await page.mouse.wheel(0, 3_000);
        await setTimeout(16);
      }
      await page.goto(`/#/c/${conversationId}/50000`);
      await page.locator('[data-seq="50000"]').waitFor();
    });
    console.log(`the longest tasks: ${others.slice(0, 8).map(Math.round).join(', ')} ms`);
    expect(others[0]).toBeLessThan(FRAME_MS);
    expect(await page.locator('.message').count()).toBeLessThan(80);
  });
});

/** What the tasks of the page's thread took while something was done: CPU time, which no other process makes longer. */
async function traced(page: Page, work: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, {
    categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'],
  });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const main = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`);
  return traceEvents
    .filter(({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur && main.includes(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1_000)
    .sort((a, b) => b - a);
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the thread's own time. */
  tdur?: number;
  args?: { name?: string };
}
