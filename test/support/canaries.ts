import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { residentId } from './id-numbers.ts';

/** Somebody who is nowhere but where a test has put them. */
export interface Canary {
  readonly idNumber: string;
  /** Three characters that stand side by side in nobody else's name. */
  readonly name: string;
}

/** A hundred of them, born on a hundred days, so that nobody is taken for another. */
export const CANARIES: readonly Canary[] = Array.from({ length: 100 }, (_, index) => ({
  idNumber: residentId(700 + index, new Date(Date.UTC(1961, 0, 1 + 37 * index)).toISOString().slice(0, 10)),
  name: `禤${String.fromCodePoint(0x9e00 + index)}鼂`,
}));

/** The ways in which a text can lie somewhere and still be read, each as bytes written as latin1. */
function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  const escaped = text.replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    bytes.toString('latin1'),
    Buffer.from(text, 'utf16le').toString('latin1'),
    escaped,
    encodeURIComponent(text),
    encodeURIComponent(text).toLowerCase(),
    ...[0, 1, 2].map((offset) => inBase64(bytes, offset)),
  ];
}

/** The signs of a base64 text that bytes come to wherever they lie in it. */
function inBase64(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
  return whole.slice(Math.ceil((offset * 4) / 3), (offset + bytes.length) % 3 === 0 ? undefined : -1);
}

/** Of each canary what must not be found: the number, in small letters and in the form of before 1999, and the name. */
const NEEDLES = CANARIES.flatMap(({ idNumber, name }, index) => [
  ...new Set(
    [idNumber, idNumber.toLowerCase(), idNumber.slice(0, 6) + idNumber.slice(8, 17)].flatMap((number) =>
      spellings(number).map((spelling) => ({ spelling, found: `number ${index}` })),
    ),
  ),
  ...spellings(name).map((spelling) => ({ spelling, found: `name ${index}` })),
]);

/** Which canaries are in a text or bytes, as `number 7` and `name 7`. */
export function canariesIn(text: string | Uint8Array): string[] {
  const bytes = Buffer.from(text as Uint8Array).toString('latin1');
  return [...new Set(NEEDLES.filter(({ spelling }) => bytes.includes(spelling)).map(({ found }) => found))];
}

/** The files of a folder and of those in it. What is not a file, such as a socket, holds nothing. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

/** The canaries that lie in files of a folder, with the file. */
export const canariesInFiles = (folder: string): string[] =>
  filesIn(folder).flatMap((file) => canariesIn(readFileSync(file)).map((one) => `${one} in ${file}`));
