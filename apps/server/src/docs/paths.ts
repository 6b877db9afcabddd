/** Where the running server describes itself. */
export const DOCS_PATH = '/docs';
export const OPENAPI_PATH = `${DOCS_PATH}/openapi.json`;
export const CONSOLE_PATH = `${DOCS_PATH}/console`;
