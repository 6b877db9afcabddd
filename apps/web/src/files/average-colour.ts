const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

/** The average colour of a picture, which its blurhash has in the third to sixth of its digits of base 83. */
export function averageColour(blurhash: string | undefined): string {
  const value = [...(blurhash?.slice(2, 6) ?? '')].reduce(
    (sum, digit) => sum * 83 + DIGITS.indexOf(digit),
    0,
  );
  return `#${(value % 0x1000000).toString(16).padStart(6, '0')}`;
}
