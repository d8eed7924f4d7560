import { SENT_ROWS } from '../sealed-blocks.ts';
import { NAMES } from '../name-columns.ts';
import { PERSON_KEYS } from '../person-keys.ts';
import { CERTIFICATES } from '../sealed-claims.ts';
import { ID_NUMBERS } from '../sealed-numbers.ts';
import { REVIEWED } from '../sealed-reviews.ts';
import type { SealedColumn } from './sealed-column.ts';

/** Every column whose values are sealed. What is not here is not sealed anew when keys change. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  SENT_ROWS,
  ID_NUMBERS,
  ...NAMES,
  CERTIFICATES,
  ...REVIEWED,
  PERSON_KEYS,
];
