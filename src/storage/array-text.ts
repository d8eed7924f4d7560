/**
 * Writes values as PostgreSQL's text of an array, several times as quick as the client does it, for arrays of thousands. The values
 * hold nothing that an array takes for its own: ids, days, numbers, truth.
 */
export const plainArray = (values: readonly (string | number | boolean | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`;

/** The same of any text. */
export const textArray = (values: readonly (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`;

const SPECIAL = /["\\]/;

const quoted = (text: string): string => `"${SPECIAL.test(text) ? text.replace(/["\\]/g, String.raw`\$&`) : text}"`;
