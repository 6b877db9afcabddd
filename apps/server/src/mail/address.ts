import { JobFailure } from '../jobs/jobs.ts';

/** One mailbox and nothing more: no list, no name, no line of a header. */
const MAILBOX = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;

/** The address as it is, if it is one mailbox; else a failure for good. It is the last look before it leaves. */
export function mailbox(address: string): string {
  if (!MAILBOX.test(address)) throw new JobFailure('the address is not one mailbox', { isFinal: true });
  return address;
}
