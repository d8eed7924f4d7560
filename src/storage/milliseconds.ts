/**
 * SQL for an instant as milliseconds since 1970: as a number within JSON, which costs the hub a fraction of reading an instant's text. By
 * float8, which holds them to the millisecond, in half the time of numeric.
 */
export const MILLISECONDS = (column: string): string => `(date_part('epoch', ${column}) * 1000)::bigint`;
