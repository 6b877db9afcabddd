import { hkdfSync } from 'node:crypto';

/** What a key is for: no two uses share one. */
export type KeyPurpose = 'refresh-token' | 'mail-code' | 'mail-link' | 'sealed-job' | 'file-link';

/** A key of 32 bytes for one purpose, made of the installation's one secret: RFC 5869. */
export const deriveKey = (secret: string, purpose: KeyPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `parley ${purpose}`, 32));
