// Takes the pictures of docs/screenshots, of a server as `npm start` brings it up: node apps/web/screenshots.ts [address]
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const [address = 'http://localhost:4000'] = process.argv.slice(2);
const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

async function asAlice(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...options });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByLabel('Username or e-mail').fill('alice');
  await page.getByLabel('Password').fill('let us parley');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: /Saturday hike/ }).waitFor();
  return page;
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${folder}/${name}.png` });
}

async function openHike(page: Page): Promise<void> {
  await page.getByRole('link', { name: /Saturday hike/ }).click();
  await page.getByText('Late to this').last().waitFor();
}

const desk = { viewport: { width: 1180, height: 740 } };
const light = await asAlice({ ...desk, colorScheme: 'light' });
await openHike(light);
const stove = light.locator('.message', { hasText: 'I bring the stove' });
await stove.hover();
await stove.getByRole('button', { name: 'React' }).click();
await light.getByRole('menuitem', { name: '🎉' }).click();
await stove.getByText('🎉').waitFor();
await stove.getByRole('button', { name: 'Reply' }).click();
await light.getByRole('textbox', { name: 'Message' }).fill('Then I bring the cake');
await light.keyboard.press('Enter');
await light.locator('.message', { hasText: 'cake' }).locator('.ticks.sent').waitFor();
await light.mouse.move(0, 0);
await take(light, 'chat');
await light.goto(`${address}/#/settings`);
await light.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
await take(light, 'settings');

const dark = await asAlice({ ...desk, colorScheme: 'dark' });
await openHike(dark);
await dark.getByRole('link', { name: 'About Saturday hike' }).click();
await dark.getByRole('heading', { name: '5 members' }).waitFor();
await take(dark, 'group-dark');

const phone = await asAlice({
  viewport: { width: 390, height: 740 },
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
});
await take(phone, 'phone-list');
await openHike(phone);
await take(phone, 'phone-chat');

await browser.close();
