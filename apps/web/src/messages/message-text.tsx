import type { ReactNode } from 'react';

const SPECIAL = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])|((?<!\w)@\w+)/gu;

/** A text with its links, and with the names it calls where they are meant. */
export function MessageText({ text, called }: { text: string; called: ReadonlySet<string> }) {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    const [whole, link, name] = match;
    if (!link && !called.has(name!.slice(1).toLowerCase())) continue;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    parts.push(
      link ? (
        <a key={end} href={link} target="_blank" rel="noreferrer">
          {link}
        </a>
      ) : (
        <strong key={end}>{name}</strong>
      ),
    );
  }
  return (
    <p className="text" dir="auto">
      {parts}
      {text.slice(end)}
    </p>
  );
}
