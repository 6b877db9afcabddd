/** Text with no line of its own: nobody's name can begin a paragraph that looks like ours. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, in one line. */
export const escapeHtml = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

/** A small page of this server's own. `body`, `style` and `head` are HTML and CSS of our own making. */
export const htmlPage = (page: { title: string; style: string; body: string; head?: string }): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
${page.head ?? ''}
<title>${escapeHtml(page.title)}</title>
<style>
${page.style}
</style>
</head>
<body>
${page.body}
</body>
</html>
`;

/** What such a page may do: fetch nothing and run no script. `formAction`: where its form may go. */
export const pagePolicy = (formAction: "'self'" | "'none'"): string =>
  `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`;
