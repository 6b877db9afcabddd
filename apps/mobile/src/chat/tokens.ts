import type { TokenStorage } from '@parley/client';
import * as SecureStore from 'expo-secure-store';

/** In the phone's keychain. They are read at once, so that nobody who is signed in sees the log-in screen first. */
export const tokens: TokenStorage = {
  get: (key) => SecureStore.getItem(key),
  set: (key, value) => SecureStore.setItemAsync(key, value),
  remove: (key) => SecureStore.deleteItemAsync(key),
};
