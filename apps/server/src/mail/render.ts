import { escapeHtml, oneLine } from '../html.ts';

/** What a mail is made of. All of it is plain text: it is escaped where it needs to be. */
export type Block =
  | { heading: string }
  | { paragraph: string }
  /** To be typed somewhere else. */
  | { code: string }
  | { link: string; label: string }
  | { small: string };

/** Writes blocks as HTML and as text. Styles are inline, and no colour is set that a dark page could not bear. */
export function render(title: string, subject: string, blocks: Block[]): { html: string; text: string } {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:480px;margin:0 auto">
${blocks.map(toHtml).join('\n')}
<p style="font-size:13px;opacity:0.7">${escapeHtml(title)}</p>
</div>
</body>
</html>
`;
  return { html, text: `${[...blocks.map(toText), `-- \n${oneLine(title)}`].join('\n\n')}\n` };
}

function toHtml(block: Block): string {
  if ('heading' in block)
    return `<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(block.heading)}</h1>`;
  if ('code' in block)
    return `<p style="font:600 30px/1 ui-monospace,monospace;letter-spacing:6px;margin:24px 0">${escapeHtml(block.code)}</p>`;
  if ('link' in block)
    return `<p style="margin:24px 0"><a href="${escapeHtml(block.link)}" target="_blank" rel="noreferrer" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5fbf;color:#ffffff;text-decoration:none">${escapeHtml(block.label)}</a></p>`;
  if ('small' in block) return `<p style="font-size:13px;opacity:0.7">${escapeHtml(block.small)}</p>`;
  return `<p>${escapeHtml(block.paragraph)}</p>`;
}

function toText(block: Block): string {
  if ('heading' in block) return oneLine(block.heading);
  if ('code' in block) return `    ${oneLine(block.code)}`;
  if ('link' in block) return `${oneLine(block.label)}:\n${oneLine(block.link)}`;
  return oneLine('small' in block ? block.small : block.paragraph);
}
