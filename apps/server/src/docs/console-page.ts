import { createHash } from 'node:crypto';
import { htmlPage } from '../html.ts';
import { OPENAPI_PATH } from './paths.ts';

/** Swagger UI knows no dark. */
const STYLE = ':root { color-scheme: light; background: #fff } body { margin: 0 }';

/** Its files, and `start.js`, which begins it: nothing runs that stands in the page itself. */
export const consolePage = (): string =>
  htmlPage({
    title: 'Parley: console',
    style: STYLE,
    head: `<link rel="stylesheet" href="console/swagger-ui.css">
<script src="console/swagger-ui-bundle.js" defer></script>
<script src="console/start.js" defer></script>`,
    body: '<div id="console"><noscript>The console needs scripts. The reference does not.</noscript></div>',
  });

export const START_SCRIPT = `SwaggerUIBundle({
  url: '${OPENAPI_PATH}',
  dom_id: '#console',
  docExpansion: 'none',
  filter: true,
  persistAuthorization: false,
  // It would ask a service elsewhere.
  validatorUrl: null,
});
`;

/** The page's own style, as a policy names it. */
const HASH = createHash('sha256').update(`\n${STYLE}\n`).digest('base64');

/** Scripts, styles and requests of this server alone. Swagger UI has its icons in its style sheet. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' 'sha256-${HASH}'`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
