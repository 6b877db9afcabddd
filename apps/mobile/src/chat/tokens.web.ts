import { type TokenStorage, webStorage } from '@parley/client';

/** A browser has no keychain. */
export const tokens: TokenStorage = webStorage(localStorage);
