/** Beyond these many rounds nobody decodes an address; what is encoded still is let be. */
const MOST_ROUNDS = 5;

/** An id of the hub's own; without its hyphens it could hold as many digits as a person's number. */
const OWN_ID = /(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi;

/** What is written between the characters of a number: blanks, marks without width, hyphens, dots and their like. */
const BETWEEN = /[\s\p{Z}\p{Cf}\p{Pd}._·•'’+*]+/gu;

/** A resident's number with its birthday, or a disability certificate's that begins with one, wherever it stands. */
const WITH_BIRTHDAY =
  /(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?:\d(?:[1-7][1-4](?:B\d)?)?|X(?:[1-7][1-4](?:B\d)?)?)(?!\d)/i;

/** Whatever else has the shape of a document's number and stands by itself: of 15 or 17 digits and more, permits, certificates, passports. */
const BY_ITSELF =
  /(?<![0-9A-Z])(?:\d{15}|\d{17}[\dX]|\d{20,22}|\d{17}X\d{2}(?:B\d)?|[HM]\d{8}(?:\d{2})?|[A-Z]{3}\d{12}|[A-Z]\d{8,9}|[A-Z]{2}\d{7})(?![0-9A-Z])/i;

/**
 * Does an address, path or query, hold something like the number of a person's document? Percent-encoded however often, in wide digits or
 * those of other scripts, with blanks or hyphens between. Addresses stay in logs, histories and proxies that are not the hub's.
 *
 * @param address as the request line has it, each byte one character
 */
export function holdsNumber(address: string): boolean {
  // Nearly every address is `/graphql`.
  if (!/[%\d\u0080-\u00ff]/.test(address)) return false;
  return [...readingsOf(address)].some((reading) => {
    const text = inPlainDigits(reading).replaceAll(OWN_ID, '/');
    return [text.replaceAll(JOINED, ''), text.replaceAll(BETWEEN, ''), text].some(
      (one) => WITH_BIRTHDAY.test(one) || BY_ITSELF.test(one),
    );
  });
}

/** The same between digits alone, so that a word before a number does not hide where it begins. */
const JOINED = new RegExp(`(?<=[\\dX])${BETWEEN.source}(?=[\\dX])`, 'giu');

/** An address as it stands, and as it reads once decoded, and decoded again. */
function* readingsOf(address: string): Generator<string> {
  let text = utf8(address);
  for (let round = 0; round <= MOST_ROUNDS; round += 1) {
    yield text;
    const decoded = percentDecoded(text);
    if (decoded === text) return;
    text = decoded;
  }
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** Runs of `%XX` as UTF-8, and `%uXXXX` as some write it; what is neither stays. */
const percentDecoded = (text: string): string =>
  text
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    .replace(/%u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** Digits of every script as those of ASCII. */
function inPlainDigits(text: string): string {
  return text.normalize('NFKC').replace(/[^\P{Nd}0-9]/gu, (digit) => String(valueOf(digit.codePointAt(0)!)));
}

/** Unicode keeps the ten digits of a script together, in order: how many of them come before this one. */
function valueOf(code: number): number {
  let before = 0;
  while (before < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before;
}
