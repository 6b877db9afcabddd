const LINK = /https?:\/\/[^\s<>"`\\^{|}]+/i;
/** Characters of a link at most. */
const LONGEST = 2_048;
/** What ends a sentence, and not the link in it. */
const AFTER = new Set([...".,;:!?'*_~…»”’"]);

/** The first link of a text to a page that anybody might read, as `URL` writes it; null when there is none. */
export function firstLink(text: string): string | null {
  if (!text.includes('://')) return null;
  const found = LINK.exec(text)?.[0];
  if (found === undefined || found.length > LONGEST) return null;
  const url = URL.parse(withoutEnd(found));
  return url?.hostname.includes('.') || url?.hostname.startsWith('[') ? url.href : null;
}

/** A bracket belongs to the link when it was opened in it. */
function withoutEnd(link: string): string {
  let end = link.length;
  for (; end > 0; end--) {
    const last = link[end - 1]!;
    const opens = last === ')' ? '(' : last === ']' ? '[' : undefined;
    if (opens === undefined ? !AFTER.has(last) : link.slice(0, end).includes(opens)) break;
  }
  return link.slice(0, end);
}
