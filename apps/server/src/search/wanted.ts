import { invalidInput } from '../error.ts';

/** What is looked for, besides where and when. */
export interface Wanted {
  query?: string | undefined;
  from?: string | undefined;
  has?: string | undefined;
}

/** Terms of one search that the index is asked for; what it names is read all the same. */
const MOST_TERMS = 16;
/** From here on (CJK, Hangul, emoji) one character says enough to be looked for. */
const ONE_IS_ENOUGH = 0x2600;

/** What the index of a block is asked for, as `search_terms` has it; `folded` is the query as texts are compared. */
export function termsOf(folded: string, { query, from, has }: Wanted): string[] {
  const terms = new Set<string>();
  for (const word of wordsOf(folded)) for (const term of termsOfWord(word)) terms.add(term);
  const ofText = spread([...terms], MOST_TERMS);
  if (from !== undefined) ofText.push(`from:${from}`);
  if (has !== undefined) ofText.push(`has:${has}`);
  if (ofText.length > 0) return ofText;
  throw invalidInput(query === undefined ? '' : 'query', 'Words of two characters or more, or from, or has');
}

/** What a folded text must be like: each word is somewhere in it, to the letter. */
export const patternsOf = (folded: string): string[] =>
  wordsOf(folded).map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);

const wordsOf = (folded: string): string[] => [...new Set(folded.split(/\s+/))].filter((word) => word !== '');

/** Each two characters that follow each other; of a single one itself, where that is enough. */
function termsOfWord(word: string): string[] {
  const characters = [...word];
  if (characters.length === 1) return word.codePointAt(0)! >= ONE_IS_ENOUGH ? [word] : [];
  return characters.slice(1).map((character, index) => characters[index]! + character);
}

/** So many of a list, from all over it. */
const spread = <Item>(list: Item[], most: number): Item[] =>
  list.length <= most
    ? list
    : Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)]!);
