import { isParleyError, type WireError } from '@parley/client';

/** What went wrong, in words for whoever tried. */
export function describeError(error: unknown): string {
  if (!isParleyError(error)) return 'The server cannot be reached at the moment. Try again.';
  return wordsFor(error.data);
}

function wordsFor(data: WireError): string {
  switch (data.code) {
    case 'INVALID_INPUT':
      return data.issues.map(({ path, message }) => `${path}: ${message}`).join('; ') || 'That does not fit.';
    case 'INVALID_CREDENTIALS':
      return 'Name or password is wrong.';
    case 'EMAIL_NOT_VERIFIED':
      return 'Your e-mail address is not verified yet.';
    case 'EMAIL_TAKEN':
      return 'There is an account with this e-mail address.';
    case 'USERNAME_TAKEN':
      return 'This username is taken.';
    case 'INVALID_CODE':
      return 'The code is wrong, or too old.';
    case 'WRONG_PASSWORD':
      return 'The password is wrong.';
    case 'BANNED':
      return data.until
        ? `This account is banned until ${new Date(data.until).toLocaleString()}.`
        : 'This account is banned.';
    case 'REFUSED_BY_SETTINGS':
      return 'This person does not want that from you.';
    case 'PERSON_BLOCKED':
      return 'You have blocked this person.';
    case 'OWNER_MUST_TRANSFER':
      return 'Hand the group over to somebody first.';
    case 'FORBIDDEN':
      return 'You may not do that here.';
    case 'NOT_FOUND':
      return `There is no such ${data.what} any more.`;
    case 'TOO_MANY':
      return `There are ${data.limit} ${data.what} already, which is the most there can be.`;
    case 'EDITING_OVER':
      return 'It is too late to change this message.';
    case 'FILE_TOO_LARGE':
      return `A file may have ${Math.round(data.limit / 1_000_000)} MB at most.`;
    case 'FILE_TYPE_REFUSED':
      return 'Files of this type are not taken.';
    case 'RATE_LIMITED':
    case 'BUSY':
      return `Too much at once. Try again in ${data.retryAfter} s.`;
    case 'ALREADY_FRIENDS':
      return 'You are friends already.';
    case 'ALREADY_A_CONTACT':
      return 'This person is among your contacts already.';
    default:
      return `That did not work (${data.code}).`;
  }
}
