import { SENT_ROWS } from '../sealed-blocks.ts';
import type { SealedColumn } from './sealed-column.ts';

/** Every column whose values are sealed. What is not here is not sealed anew when keys change. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [SENT_ROWS];
