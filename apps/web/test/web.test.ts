import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import axe, { type AxeResults } from 'axe-core';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../server/src/free-port.ts';
import { runSql, testDatabase } from '../../server/test/database.ts';
import { befriend } from '../../server/test/friendships.ts';
import { mailTo } from '../../server/test/inbox.ts';
import { People, type Person } from '../../server/test/people.ts';
import { serverProcess } from '../../server/test/process.ts';
import { pdf, wav } from '../../server/test/samples.ts';
import { testServer } from '../../server/test/server.ts';
import { fillHistory } from './history.ts';
import { CHROMIUM, logIn, type Stage, setStage } from './stage.ts';

describe.skipIf(!CHROMIUM)('the web app in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
    return () => stage[Symbol.asyncDispose]();
  });
  const open: BrowserContext[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
  });

  /** Somebody at a browser of their own. */
  async function sitDown(person: Person, options?: Parameters<Stage['device']>[0]): Promise<Page> {
    const context = await stage.device(options);
    open.push(context);
    const page = await context.newPage();
    await logIn(page, person.credentials);
    return page;
  }

  const nameOf = (person: Person): string => person.credentials.username;
  const chatWith = (page: Page, person: Person) =>
    page.getByRole('link', { name: shownName(person) }).first();
  /** People of a test are called by the first part of their username. */
  const shownName = (person: Person): RegExp => new RegExp(nameOf(person).split('_')[0]!);
  const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  const bubble = (page: Page, text: string) => page.locator('.message', { hasText: text });

  async function say(page: Page, text: string): Promise<void> {
    await composer(page).fill(text);
    await composer(page).press('Enter');
  }

  /** What the page looks like to those who do not see it: nothing serious is wrong. */
  async function expectAccessible(page: Page, view: string): Promise<void> {
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${view}: ${id} at ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
    expect(serious).toEqual([]);
  }

  test('two people side by side see each other write, and what was read', async () => {
    const [alice, bob] = await stage.server.people.all('alice', 'bob');
    await bob.say(await bob.talkTo(alice), 'Are you there?');
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await chatWith(her, bob).getByText('1 unread').waitFor();
    await chatWith(his, alice).click();
    await chatWith(her, bob).click();
    await bubble(his, 'Are you there?').locator('.ticks.read').waitFor();

    await composer(his).pressSequentially('I se');
    await her.locator('.bar').getByText('is typing').waitFor();
    await say(her, 'Yes!');
    await bubble(his, 'Yes!').waitFor();
    await bubble(her, 'Yes!').locator('.ticks.read').waitFor();
    await his.getByRole('link', { name: 'People', exact: true }).click();
    await say(her, 'Still?');
    await bubble(her, 'Still?').locator('.ticks.delivered').waitFor();
    await chatWith(his, alice).getByText('1 unread').waitFor();
  });

  test('what is written offline waits, and has its tick when the connection is back', async () => {
    const [alice, bob] = await stage.server.people.all('anna', 'ben');
    await alice.talkTo(bob);
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await chatWith(her, bob).click();
    await her.context().setOffline(true);
    await her.getByText('You are offline').waitFor();
    await say(her, 'From the tunnel');
    await bubble(her, 'From the tunnel').locator('.ticks.queued').waitFor();
    await her.context().setOffline(false);
    await bubble(her, 'From the tunnel').locator('.ticks:is(.sent, .delivered)').waitFor();
    await chatWith(his, alice).getByText('From the tunnel').waitFor();
    await her.getByText('You are offline').waitFor({ state: 'detached' });
  });

  test('what waited when the page was closed goes out when it is opened again, once', async () => {
    const [alice, bob] = await stage.server.people.all('amy', 'bill');
    const conversationId = await alice.talkTo(bob);
    const page = await sitDown(alice);
    await chatWith(page, bob).click();
    await page.context().setOffline(true);
    await say(page, 'Kept');
    await bubble(page, 'Kept').locator('.ticks.queued').waitFor();
    await page.close();

    await page.context().setOffline(false);
    const again = await page.context().newPage();
    await again.goto('/');
    await chatWith(again, bob).click();
    await bubble(again, 'Kept').locator('.ticks.sent').waitFor();
    const { messages } = await bob.api.messages.list.query({ conversationId });
    expect(messages.map(({ text }) => text)).toEqual(['Kept']);
  });

  test('two tabs of one person show the same', async () => {
    const [alice, bob] = await stage.server.people.all('aida', 'bodo');
    const conversationId = await bob.talkTo(alice);
    await bob.say(conversationId, 'Good morning');
    const first = await sitDown(alice);
    const second = await first.context().newPage();
    await second.goto('/');
    await chatWith(second, bob).getByText('1 unread').waitFor();
    await chatWith(first, bob).click();
    await chatWith(second, bob).getByText('1 unread').waitFor({ state: 'detached' });
    await say(first, 'From this tab');
    await chatWith(second, bob).getByText('From this tab').waitFor();
    await first.goto('/#/settings');
    await first.getByRole('button', { name: 'Log out' }).click();
    await second.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('a server killed with -9 in the middle of a conversation is missed for a moment, and nothing is lost', async () => {
    await using database = await testDatabase();
    const port = await freePort();
    const url = `http://localhost:${port}`;
    await using server = await serverProcess(database.url, {
      NODE_ENV: 'development',
      MAIL: 'inbox',
      PORT: `${port}`,
      PUBLIC_URL: url,
      ALLOWED_ORIGINS: url,
      WEB_APP: stage.folder,
    });
    const people = new People([{ url }]);
    const [alice, bob] = await people.all('aron', 'bea');
    await alice.talkTo(bob);
    const [his, hers] = await Promise.all([sitDown(alice, { baseURL: url }), sitDown(bob, { baseURL: url })]);
    await chatWith(his, bob).click();
    await chatWith(hers, alice).click();
    await say(his, 'Before');
    await bubble(hers, 'Before').waitFor();
    await server.kill();
    await say(his, 'Meanwhile');
    await bubble(his, 'Meanwhile').locator('.ticks:is(.queued, .sending)').waitFor();
    await server.restart();
    await bubble(hers, 'Meanwhile').waitFor();
    await say(hers, 'After');
    await bubble(his, 'After').waitFor();
    expect(await his.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'After']);
    expect(await hers.locator('.message .text').allTextContents()).toEqual(['Before', 'Meanwhile', 'After']);
  });

  test('a session that is ended from another device is over at once', async () => {
    const alice = await stage.server.people.join('alma');
    const [here, there] = await Promise.all([sitDown(alice), sitDown(alice)]);
    await here.getByRole('link', { name: 'Your profile and settings' }).click();
    await here.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await there.getByText('Your session is over').waitFor();
    await there.reload();
    await there.getByRole('heading', { name: 'Log in' }).waitFor();
    await here.getByText('this one').waitFor();
  });

  test('a group: made, written in, answered, reacted to, changed, pinned and deleted', async () => {
    const [alice, bob, carol] = await stage.server.people.all('ada', 'bert', 'cleo');
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await her.getByRole('button', { name: 'New conversation' }).click();
    for (const person of [bob, carol]) {
      await her.getByLabel('Whom?').fill(nameOf(person));
      await her.getByRole('button', { name: `@${nameOf(person)}` }).click();
    }
    await her.getByLabel('Title').fill('Tea');
    await her.getByRole('button', { name: 'Make the group' }).click();
    await composer(her).pressSequentially(`Cup, @${nameOf(bob).slice(0, 6)}`);
    await her.getByRole('button', { name: `@${nameOf(bob)}` }).click();
    await composer(her).press('Enter');
    await his.getByRole('link', { name: 'Tea' }).getByText('you are mentioned').waitFor();
    await his.getByRole('link', { name: 'Tea' }).click();

    const cup = bubble(his, 'Cup,').first();
    await cup.hover();
    await cup.getByRole('button', { name: 'React' }).click();
    await his.getByRole('menuitem', { name: '👍' }).click();
    await her.getByRole('button', { name: '👍 1' }).waitFor();
    await cup.getByRole('button', { name: 'Reply' }).click();
    await say(his, 'With milk');
    const answer = bubble(her, 'With milk');
    await answer.getByRole('button', { name: /Cup,/ }).waitFor();

    await act(her, 'With milk', 'Open thread');
    await her.getByRole('heading', { name: 'Thread' }).waitFor();
    const subject = her.getByRole('main').getByRole('link', { name: 'With milk' });
    await say(her, 'Or lemon?');
    await expectAccessible(her, 'thread');
    await subject.click();
    await bubble(her, 'With milk').getByText('1 in the thread').waitFor();

    await act(her, 'With milk', 'Pin');
    await answer.getByText('pinned').waitFor();
    await act(his, 'With milk', 'Edit');
    await his.getByRole('textbox', { name: 'Edit the message' }).fill('With lemon');
    await his.keyboard.press('Enter');
    await bubble(her, 'With lemon').getByText('edited').waitFor();
    await act(his, 'With lemon', 'Delete for everyone');
    await bubble(her, 'This message was deleted').waitFor();

    await her.getByRole('link', { name: 'About Tea' }).click();
    await expectAccessible(her, 'group');
    await her.getByRole('button', { name: `About ${nameOf(carol)}` }).click();
    await her.getByRole('menuitem', { name: 'Remove' }).click();
    await her.getByRole('heading', { name: '2 members' }).waitFor();
  });

  async function act(page: Page, text: string, entry: string): Promise<void> {
    const message = bubble(page, text).last();
    await message.hover();
    await message.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: entry, exact: true }).click();
  }

  test('a picture is sent and seen, small and whole, a recording is heard, and a file is taken home', async () => {
    const [alice, bob] = await stage.server.people.all('agnes', 'boris');
    await alice.talkTo(bob);
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await Promise.all([chatWith(her, bob).click(), chatWith(his, alice).click()]);
    const send = async (name: string, mimeType: string, buffer: Buffer, text: string) => {
      await her.getByLabel('Files', { exact: true }).setInputFiles({ name, mimeType, buffer });
      await her.locator('.pending-file').getByText('ready').waitFor();
      await say(her, text);
    };
    const numberOf = (element: Locator, property: string) =>
      element.evaluate((node, name) => (node as unknown as Record<string, number>)[name], property);

    await send('lake.png', 'image/png', await her.screenshot(), 'The lake');
    const picture = bubble(his, 'The lake').getByRole('button', { name: 'Show lake.png' });
    await expect.poll(() => numberOf(picture.locator('img'), 'naturalWidth')).toBeGreaterThan(1);
    await picture.click();
    const whole = his.getByRole('dialog', { name: 'lake.png' });
    await expect.poll(() => numberOf(whole.getByRole('img'), 'naturalWidth')).toBe(her.viewportSize()!.width);
    await expectAccessible(his, 'picture');
    await his.keyboard.press('Escape');
    await whole.waitFor({ state: 'detached' });

    await send('waves.wav', 'audio/wav', wav(), 'The waves');
    await expect.poll(() => numberOf(bubble(his, 'The waves').locator('audio'), 'duration')).toBe(1);

    await send('list.pdf', 'application/pdf', pdf(), 'The list');
    const downloads = his.waitForEvent('download');
    await bubble(his, 'The list')
      .getByRole('button', { name: /list.pdf/ })
      .click();
    const download = await downloads;
    expect(download.suggestedFilename()).toBe('list.pdf');
    expect(readFileSync(await download.path())).toEqual(pdf());
  });

  test('by keyboard alone: the menu of a message, and a report of it', async () => {
    const [alice, bob] = await stage.server.people.all('agda', 'bengt');
    const { id } = await bob.say(await bob.talkTo(alice), 'Buy now');
    const page = await sitDown(alice);
    const focused = () => page.locator(':focus');
    await chatWith(page, bob).press('Enter');
    const more = bubble(page, 'Buy now').getByRole('button', { name: 'More' });
    await more.press('Enter');
    await expect.poll(() => focused().textContent()).toBe('Copy');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => focused().textContent()).toBe('Delete for me');
    await page.keyboard.press('Escape');
    await expect.poll(() => focused().getAttribute('aria-label')).toBe('More');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused().textContent()).toBe('Copy');
    // Closed and opened again before any event of the page comes between, as on a busy machine.
    await page.evaluate(`
      document.querySelector('[role=menu]').hidePopover();
      Promise.resolve().then(() => document.activeElement.click());
    `);
    await expect.poll(() => focused().textContent()).toBe('Copy');
    await more.click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await more.press('Enter');
    await page.getByRole('menuitem', { name: 'Report' }).press('Enter');
    await page.getByRole('dialog', { name: 'Report' }).waitFor();
    await expectAccessible(page, 'report');
    await page.getByLabel('Why').press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Every day');
    await page.keyboard.press('Enter');
    await page.getByText('The moderators will look at it.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const reports = await runSql(
      stage.server.databaseUrl,
      `SELECT reason, comment, text FROM reports WHERE message_id = '${id}'`,
    );
    expect(reports).toEqual([{ reason: 'harassment', comment: 'Every day', text: 'Buy now' }]);
  });

  test('a long history: searched, jumped into, scrolled, and back at its end', async () => {
    const [alice, bob] = await stage.server.people.all('alba', 'bela');
    const conversationId = await alice.talkTo(bob);
    const senders = [alice.id, bob.id];
    await fillHistory(stage.server.databaseUrl, { conversationId, senders, size: 240 });
    const page = await sitDown(bob);
    await chatWith(page, alice).click();
    await bubble(page, 'Line 240').waitFor();
    await expect.poll(() => page.locator('.message').count()).toBeLessThan(60);
    await page.getByRole('link', { name: 'Search in this conversation' }).click();
    await page.getByLabel('Words').fill('Line 40 and');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Line 40/ }).click();
    await page.locator('[data-seq="40"]').waitFor();
    await page.getByRole('log').focus();
    await expect
      .poll(async () => {
        await page.keyboard.press('PageUp');
        return page.locator('[data-seq="1"]').isVisible();
      })
      .toBe(true);
    await page.getByRole('button', { name: 'Newest' }).click();
    await bubble(page, 'Line 240').waitFor();
    await alice.say(conversationId, 'And one more');
    await bubble(page, 'And one more').waitFor();
  });

  test('friends, and a story that one shows the other', async () => {
    const [alice, bob, another] = await stage.server.people.all('astrid', 'birk', 'bodil');
    await befriend(alice, another);
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await her.getByRole('link', { name: 'People', exact: true }).click();
    await her.getByLabel('Find somebody').fill(nameOf(bob));
    await her.getByRole('link', { name: `@${nameOf(bob)}` }).click();
    await her.getByRole('button', { name: 'Ask to be friends' }).click();
    await his.getByRole('link', { name: 'People', exact: true }).click();
    await his.getByRole('button', { name: 'Accept' }).click();
    await her.getByRole('button', { name: 'End the friendship' }).waitFor();

    await her.getByRole('button', { name: 'Add', exact: true }).click();
    const [file] = [{ name: 'sea.png', mimeType: 'image/png', buffer: await her.screenshot() }];
    await her.getByLabel('Choose a picture or a film').last().setInputFiles(file);
    await her.getByLabel('Caption').fill('At the sea');
    await her.getByRole('button', { name: 'Show it' }).click();
    await his.getByRole('link', { name: /astrid.*new/ }).click();
    await his.getByRole('img', { name: 'At the sea' }).waitFor();
    await his.getByLabel('Answer').fill('How was it?');
    await his.getByRole('button', { name: 'Send' }).click();
    await chatWith(her, bob).getByText('How was it?').waitFor();
    await her.getByRole('link', { name: 'Yours' }).click();
    await her.getByRole('button', { name: 'Seen by 1' }).click();
    await her.getByRole('dialog', { name: 'Seen by' }).getByText(shownName(bob)).waitFor();
    await expectAccessible(her, 'viewers');
    await her.getByRole('button', { name: 'Close' }).click();
    await expectAccessible(her, 'story');

    await her.goto('/#/');
    await her.getByRole('button', { name: 'Add', exact: true }).click();
    await her.getByLabel('Choose a picture or a film').last().setInputFiles(file);
    await her.getByLabel('Caption').fill('For your eyes');
    await her.getByLabel('Only for some of them').click();
    await her
      .getByLabel('People', { exact: true })
      .getByRole('button', { name: nameOf(bob) })
      .click();
    await expectAccessible(her, 'new story');
    await her.getByRole('button', { name: 'Show it' }).click();
    await his.goto('/#/');
    await his.getByRole('link', { name: /astrid.*new/ }).click();
    await his.getByRole('img', { name: 'For your eyes' }).waitFor();
    const { authors } = await another.api.stories.feed.query({});
    expect(authors.flatMap(({ stories }) => stories.map(({ caption }) => caption))).toEqual(['At the sea']);

    await his.goto(`/#/people/${alice.id}`);
    await his.getByRole('button', { name: 'Block' }).click();
    await his.getByRole('button', { name: 'Unblock' }).waitFor();
  });

  test('a profile, its picture, what others may see, and the colours', async () => {
    const [alice, bob] = await stage.server.people.all('ariel', 'bryn');
    await alice.talkTo(bob);
    const [her, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
    await her.getByRole('link', { name: 'Your profile and settings' }).click();
    await her.getByLabel('Name', { exact: true }).fill('Ariel of the Lake');
    await her.getByLabel('Status').fill('Rowing');
    await her.getByRole('button', { name: 'Save' }).click();
    await his.getByRole('link', { name: 'Ariel of the Lake' }).waitFor();
    const buffer = await her.screenshot({ clip: { x: 0, y: 0, width: 200, height: 200 } });
    const picture = { name: 'me.png', mimeType: 'image/png', buffer };
    await her.getByLabel('Change the picture').last().setInputFiles(picture);
    await his.getByRole('link', { name: 'Ariel of the Lake' }).locator('img').waitFor();
    await her.getByLabel('Others see what you have read').click();
    await her.getByLabel('Who may put you into groups').selectOption('Friends');
    await her.getByLabel('Colours').selectOption('Dark');
    await expect
      .poll(() => alice.api.settings.get.query())
      .toMatchObject({ groupAddsBy: 'friends', readReceipts: false });
    await her.reload();
    await her.getByLabel('Colours').waitFor();
    const colour = () => her.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(await colour()).toBe('rgb(20, 24, 26)');
    await her.getByLabel('Colours').selectOption('Light');
    expect(await colour()).toBe('rgb(244, 245, 243)');
    expect(await her.getByLabel('Others see what you have read').isChecked()).toBe(false);
    expect(await her.getByLabel('Status').inputValue()).toBe('Rowing');
  });

  test('on a phone it is the list or the chat', async () => {
    const [alice, bob] = await stage.server.people.all('ava', 'bruno');
    await bob.say(await bob.talkTo(alice), 'On the go');
    const page = await sitDown(alice, {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    await expect.poll(() => page.getByRole('main').isVisible()).toBe(false);
    await chatWith(page, bob).click();
    await bubble(page, 'On the go').waitFor();
    expect(await page.getByRole('navigation', { name: 'Conversations' }).isVisible()).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious in the main views, %s',
    async (colorScheme) => {
      const [alice, bob] = await stage.server.people.all('alina', 'balto');
      const conversationId = await bob.talkTo(alice);
      await alice.say(conversationId, 'Hello https://example.org');
      await bob.say(conversationId, 'Good evening');
      const context = await stage.device({ colorScheme });
      open.push(context);
      const page = await context.newPage();
      await page.goto('/#/sign-up');
      await page.getByRole('heading', { name: 'Make an account' }).waitFor();
      await expectAccessible(page, 'sign-up');
      await page.goto('/#/');
      await logIn(page, alice.credentials);
      await chatWith(page, bob).click();
      await bubble(page, 'Good evening').waitFor();
      await expectAccessible(page, 'chat');
      for (const [place, heading] of [
        ['people', 'People'],
        ['settings', 'You and your settings'],
        ['search', 'Search in all conversations'],
      ] as const) {
        await page.goto(`/#/${place}`);
        await page.getByRole('heading', { name: heading }).waitFor();
        await expectAccessible(page, place);
      }
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page, 'dialog');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  );

  test('somebody new signs up, takes the code from the mail, and logs in', async () => {
    const port = await freePort();
    const env = {
      PUBLIC_URL: `http://localhost:${port}`,
      PORT: `${port}`,
      WEB_APP: stage.folder,
      REQUIRE_EMAIL_VERIFICATION: 'true',
    };
    await using server = await testServer({ env });
    const context = await stage.device({ baseURL: env.PUBLIC_URL });
    open.push(context);
    const page = await context.newPage();
    await page.goto('/#/sign-up');
    await page.getByLabel('Username').fill('newcomer');
    await page.getByLabel('E-mail').fill('newcomer@example.org');
    await page.getByLabel('Password').fill('a fresh beginning');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('link', { name: 'The inbox of development' }).waitFor();
    await page.getByLabel('Six digits').fill((await mailTo(server, 'newcomer@example.org')).code);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Your address is verified.').waitFor();
    await logIn(page, { username: 'newcomer', password: 'a fresh beginning' });
  });

  test('the first load is under 200 kB, zipped', () => {
    const assets = join(stage.folder, 'assets');
    const bytes = readdirSync(assets)
      .map((name) => gzipSync(readFileSync(join(assets, name))).length)
      .reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(200_000);
  });
});
