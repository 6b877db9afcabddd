/** SQL: a timestamp as the contract writes it, ISO 8601 in UTC with milliseconds; null stays null. */
export const isoOf = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
