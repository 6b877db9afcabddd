import { type ChatClient, createClient, webStorage } from '@parley/client';

/**
 * The client of the server that this page came from. The session is in a cookie, which no script can read; what was not sent
 * is in the browser's storage, and goes out after a reload.
 */
export const createChat = (): ChatClient =>
  createClient({ url: location.origin, auth: { cookie: true }, storage: webStorage(localStorage) });
