import { Parser } from 'htmlparser2';

/** What a page says of itself: its title, and its `meta` elements by name, in lower case; of each the first. */
export interface Head {
  title: string | null;
  meta: Map<string, string>;
}

/** Elements within each other: a head has three, and the parser's time grows with the square of them. */
const DEEPEST = 32;
/** Elements in which a title is not the page's, and a `meta` is none. */
const ELSEWHERE = new Set(['svg', 'noscript', 'template']);

/** Reads the head of a page: up to its body or its end, or to where it is too deep to be a head. */
export function readHead(html: string): Head {
  const head: Head = { title: null, meta: new Map() };
  let depth = 0;
  let elsewhere = 0;
  let title: string | null = null;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (name === 'body' || depth > DEEPEST) parser.pause();
      if (ELSEWHERE.has(name)) elsewhere += 1;
      if (elsewhere > 0) return;
      if (name === 'title') title = '';
      if (name === 'meta') takeMeta(head, attributes);
    },
    ontext(text) {
      if (title !== null) title += text;
    },
    onclosetag(name) {
      depth -= 1;
      if (ELSEWHERE.has(name)) elsewhere -= 1;
      if (name === 'title' && title !== null) {
        head.title ??= title;
        title = null;
      }
      if (name === 'head') parser.pause();
    },
  });
  parser.end(html);
  return head;
}

function takeMeta({ meta }: Head, attributes: Record<string, string>): void {
  const name = (attributes['property'] ?? attributes['name'])?.trim().toLowerCase();
  const content = attributes['content'];
  if (name !== undefined && content !== undefined && !meta.has(name)) meta.set(name, content);
}
