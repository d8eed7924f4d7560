import { HEAD_BYTES } from './sealing/sealed-value.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** What a sealed value begins with where it lies as text. */
const SEALED = 'sealed:';

/** Seals a text for a column of text, or a member of JSON. */
export const sealText = (seal: PlaceSeal, column: string, row: readonly string[], text: string): string =>
  SEALED + seal.seal(column, row, text).toString('base64url');

/** Opens such a text; one that was kept before texts were sealed is given as it is. */
export const openText = (seal: PlaceSeal, column: string, row: readonly string[], kept: string): string =>
  kept.startsWith(SEALED) ? seal.open(column, row, Buffer.from(kept.slice(SEALED.length), 'base64url')) : kept;

/** Seals a value for a column of JSON: it lies there as a text. */
export const sealJson = (seal: PlaceSeal, column: string, row: readonly string[], value: unknown): string =>
  JSON.stringify(sealText(seal, column, row, JSON.stringify(value)));

/** Opens such a value; one that was kept before they were sealed is given as it is. None of these values is a text itself. */
export const openJson = <T extends object>(
  seal: PlaceSeal,
  column: string,
  row: readonly string[],
  kept: T | string,
): T => (typeof kept === 'string' ? (JSON.parse(openText(seal, column, row, kept)) as T) : kept);

/** What sealed texts under the key of a head begin with: six bytes are eight letters. */
export const sealedTextHead = (head: Buffer): string => SEALED + head.subarray(0, HEAD_BYTES).toString('base64url');
