/** What a spreadsheet takes for the beginning of a formula, also in full width, and the apostrophes that guard against it. */
const LOOKS_LIKE_FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** Text as it may stand in a spreadsheet: an apostrophe goes before what would be taken for a formula (CWE-1236). */
export const guardText = (text: string): string => (LOOKS_LIKE_FORMULA.test(text) ? `'${text}` : text);

/** Undoes {@link guardText}, so that a file that comes back says what it said. */
export const restoreText = (text: string): string =>
  text.charCodeAt(0) === 0x27 && LOOKS_LIKE_FORMULA.test(text) ? text.slice(1) : text;
