import { isParleyError } from '@parley/client';

/** What went wrong, in words for whoever tried. */
export function describeError(error: unknown): string {
  if (!isParleyError(error)) return 'The server cannot be reached at the moment. Try again.';
  switch (error.data.code) {
    case 'INVALID_INPUT':
      return error.data.issues.map(({ message }) => message).join('; ') || 'That does not fit.';
    case 'INVALID_CREDENTIALS':
      return 'Name or password is wrong.';
    case 'EMAIL_TAKEN':
      return 'There is an account with this e-mail address.';
    case 'USERNAME_TAKEN':
      return 'This username is taken.';
    case 'INVALID_CODE':
      return 'The code is wrong, or too old.';
    case 'PERSON_BLOCKED':
      return 'You have blocked this person.';
    case 'REFUSED_BY_SETTINGS':
      return 'This person does not want that from you.';
    case 'RATE_LIMITED':
    case 'BUSY':
      return `Too much at once. Try again in ${error.data.retryAfter} s.`;
    default:
      return `That did not work (${error.data.code}).`;
  }
}
