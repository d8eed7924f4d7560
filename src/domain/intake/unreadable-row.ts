import type { RawRow } from './list-definition.ts';

/** The one key of a row that could not be read; no column has it. */
const LINE = '?line';

/** A row for a line that is none: kept with what was sent, so that it counts as sent and is rejected. */
export const unreadableRow = (line: string): RawRow => ({ [LINE]: line });

/** Is this a line that could not be read as a row? */
export const isUnreadable = (row: RawRow): boolean => row[LINE] !== undefined;
