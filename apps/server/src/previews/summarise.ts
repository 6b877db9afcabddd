import { LIMITS, type LinkPreview } from '@parley/contract';
import type { Page } from './fetch-page.ts';
import { readHead } from './read-head.ts';

/** What is shown of a page; null when it does not say what it is called. */
export function summarise(url: string, page: Page): LinkPreview | null {
  const { title, meta } = readHead(textOf(page));
  const first = (limit: number, ...found: (string | null | undefined)[]): string | undefined =>
    found.map((text) => plain(text ?? '', limit)).find((text) => text !== '');
  const called = first(LIMITS.previewTitle, meta.get('og:title'), meta.get('twitter:title'), title);
  if (called === undefined) return null;
  const description = first(
    LIMITS.previewDescription,
    meta.get('og:description'),
    meta.get('twitter:description'),
    meta.get('description'),
  );
  const siteName = first(LIMITS.previewSiteName, meta.get('og:site_name'));
  return {
    url,
    title: called,
    ...(description !== undefined && { description }),
    ...(siteName !== undefined && { siteName }),
  };
}

/** By what the server says it is written in, else by what the page does, else as nearly all are. */
function textOf({ bytes, charset }: Page): string {
  const own = /<meta[^>]{0,200}?charset=["']?([\w-]{1,40})/i.exec(bytes.toString('latin1', 0, 1_024))?.[1];
  for (const label of [charset, own]) {
    if (label && isCharset(label)) return new TextDecoder(label).decode(bytes);
  }
  return new TextDecoder().decode(bytes);
}

function isCharset(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** What has no shape, and what turns the direction of a text, or hides what is in it. */
const HIDING =
  /[\p{Cc}\p{Cs}\p{Co}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/gu;

/** One line of characters that are seen, and no more than so many. */
function plain(text: string, limit: number): string {
  const line = text.toWellFormed().replace(/\s+/g, ' ').replace(HIDING, '').trim();
  const characters = [...line.slice(0, 2 * limit + 2)];
  return characters.length > limit
    ? `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`
    : line;
}
