/** The key of a direct conversation: one a pair, whoever begins. */
export const directKey = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`);
