import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Person } from '../../server/test/people.ts';
import { type TestServer, testServer } from '../../server/test/server.ts';
import { openBrowser } from '../../web/test/stage.ts';
import { serve } from './serve.ts';

/** What `expo export` has made. */
const EXPORTED = join(import.meta.dirname, '../dist');
const HERMES = Buffer.from('c61fbc03c103191f', 'hex');

type Browser = Awaited<ReturnType<typeof openBrowser>>;
type BrowserContext = Awaited<ReturnType<Browser['newContext']>>;
type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

let server: TestServer;
let browser: Browser;
let origin: string;
beforeAll(async () => {
  await using made = new AsyncDisposableStack();
  ({ origin } = made.use(await serve(EXPORTED)));
  server = made.use(await testServer({ env: { ALLOWED_ORIGINS: origin } }));
  browser = await openBrowser();
  made.defer(() => browser.close());
  const kept = made.move();
  return () => kept.disposeAsync();
});

const open: BrowserContext[] = [];
const thrown: Error[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
  expect(thrown.splice(0)).toEqual([]);
});

/** A phone with the app. Nothing that the app throws goes unheard. */
async function phone(): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 760 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  context.on('weberror', (error) => thrown.push(error.error()));
  open.push(context);
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

async function logIn(page: Page, { credentials: { username, password } }: Person): Promise<void> {
  await page.getByLabel('Server').fill(server.nodes[0].url);
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}

async function sitDown(person: Person): Promise<Page> {
  const page = await phone();
  await logIn(page, person);
  return page;
}

/** People of a test are called by the first part of their username. */
const row = (page: Page, person: Person) =>
  page.getByRole('button', { name: person.credentials.username.split('_')[0]! });
const bubble = (page: Page, text: string) => page.getByTestId('message').filter({ hasText: text });
const composer = (page: Page) => page.getByRole('textbox', { name: 'Message' });

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

test('for Android it is the bytecode of Hermes', () => {
  const folder = join(EXPORTED, '_expo/static/js/android');
  const bundles = readdirSync(folder).filter((name) => name.endsWith('.hbc'));
  expect(bundles).toHaveLength(1);
  expect(readFileSync(join(folder, bundles[0]!)).subarray(0, HERMES.length)).toEqual(HERMES);
});

test('two people see each other write, and what was read', async () => {
  const [alice, bob] = await server.people.all('alice', 'bob');
  await bob.say(await bob.talkTo(alice), 'Are you there?');
  const [hers, his] = await Promise.all([sitDown(alice), sitDown(bob)]);
  await row(hers, bob).getByLabel('1 unread').waitFor();
  await row(his, alice).click();
  await row(hers, bob).click();
  await bubble(his, 'Are you there?').getByLabel('read').waitFor();

  await composer(his).pressSequentially('I se');
  await hers.getByText('is typing').waitFor();
  await say(hers, 'Yes!');
  await bubble(hers, 'Yes!').getByLabel('read').waitFor();
  await bubble(his, 'Yes!').waitFor();
  await his.getByRole('button', { name: 'Back' }).click();
  await say(hers, 'Still?');
  await bubble(hers, 'Still?').getByLabel('delivered').waitFor();
  await row(his, alice).getByLabel('1 unread').waitFor();
});

test('somebody new signs up, finds somebody and writes to them', async () => {
  const friend = await server.people.join('frida');
  const page = await phone();
  await page.getByLabel('Server').fill(server.nodes[0].url);
  await page.getByRole('button', { name: 'Make an account' }).click();
  const username = `new_${Date.now().toString(36)}`;
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('E-mail').fill(`${username}@example.com`);
  await page.getByLabel('Password').fill(`${username} likes coffee`);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.getByRole('button', { name: 'New conversation' }).click();
  await page.getByLabel('Whom?').fill(friend.credentials.username);
  await row(page, friend).click();
  await say(page, 'We have not met');
  await bubble(page, 'We have not met').getByLabel('sent', { exact: true }).waitFor();
  const { conversations } = await friend.api.conversations.list.query({ limit: 10 });
  expect(conversations.map(({ lastMessage }) => lastMessage?.text)).toEqual(['We have not met']);
});

test('what is written offline waits, and outlives the app', async () => {
  const [alice, bob] = await server.people.all('anna', 'ben');
  const conversationId = await alice.talkTo(bob);
  const page = await sitDown(alice);
  await row(page, bob).click();
  await page.context().setOffline(true);
  await page.getByText('You are offline').waitFor();
  await say(page, 'From the tunnel');
  await bubble(page, 'From the tunnel').getByLabel('waiting to be sent').waitFor();
  await page.close();

  await page.context().setOffline(false);
  const again = await page.context().newPage();
  await again.goto(origin);
  await row(again, bob).click();
  await bubble(again, 'From the tunnel')
    .getByLabel(/^(sent|delivered)$/)
    .waitFor();
  expect(await again.getByText('You are offline').count()).toBe(0);
  const { messages } = await bob.api.messages.list.query({ conversationId });
  expect(messages.map(({ text }) => text)).toEqual(['From the tunnel']);
});

test('older messages come as one scrolls up to them', async () => {
  const [alice, bob] = await server.people.all('ada', 'bert');
  const conversationId = await bob.talkTo(alice);
  for (let number = 1; number <= 150; number += 1) await bob.say(conversationId, `Number ${number}.`);
  const page = await sitDown(alice);
  await row(page, bob).click();
  await bubble(page, 'Number 150.').waitFor();
  await page.getByTestId('history').hover();
  await expect
    .poll(
      async () => {
        await page.mouse.wheel(0, -2_000);
        return bubble(page, 'Number 1.').isVisible();
      },
      { timeout: 60_000 },
    )
    .toBe(true);
});

test('signed out, nothing of somebody is left on the phone but where the server is', async () => {
  const [alice, bob] = await server.people.all('amy', 'bill');
  await bob.say(await bob.talkTo(alice), 'Between us');
  const page = await sitDown(alice);
  await row(page, bob).getByText('Between us').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  expect(await page.getByLabel('Server').inputValue()).toBe(server.nodes[0].url);
  expect(await page.evaluate('Object.keys(localStorage)')).toEqual(['parley.server']);
});

test('an address without a server is said to be one', async () => {
  const page = await phone();
  await page.getByLabel('Server').fill('http://127.0.0.1:1');
  await page.getByLabel('Username or e-mail').fill('alice');
  await page.getByLabel('Password').fill('let us parley');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('The server cannot be reached').waitFor();
});
