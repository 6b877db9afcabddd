/// <reference path="./fxa-common-password-list.d.ts" />
import leaked from 'fxa-common-password-list';

/**
 * Whether a password, in lower case, is among what guessers try first: the leaked passwords of eight characters
 * and more that were found most often (Mozilla's list for its own accounts, a filter that takes about one in a
 * thousand others for one of them), or the product's name with an ending.
 */
export const isCommonPassword = (spelled: string): boolean =>
  leaked.test(spelled) || /^(parley)+[\d!?._-]*$/.test(spelled);
