import type { PlainDate } from '../time/plain-date.ts';
import { checkCell, isBlank, type CellValue } from './column-check.ts';
import { readIdNumber, zerosIn, type DisabilityCertificate, type IdentityDocument } from './id-number.ts';
import type { Column, RawRow, RowFinding } from './list-definition.ts';
import { findingOf } from './row-messages.ts';
import { isUnreadable } from './unreadable-row.ts';
import type { IdType, RowChange } from './words.ts';

/** The cells of a row that can be believed, by column. A rejected row may lack some that its list requires. */
export type Cells = Readonly<Record<string, CellValue | undefined>>;

/** What a list's own checks see of a row besides its cells. */
export interface RowSurroundings {
  /** The document that names the row's subject; `null` where its number cannot be read. */
  readonly subject: IdentityDocument | null;
  /** The disability certificate that stood in the id column in place of a citizen number. */
  readonly certificate: DisabilityCertificate | null;
}

/** What a list asks of its rows: the columns, what a removal must name, and the checks that look at several cells. */
export interface RowRules {
  readonly columns: readonly Column[];
  /** Sets of columns of which a row that removes must fill one, besides the id number. */
  readonly neededToRemove: readonly (readonly string[])[];
  /** Checks across cells; sees only cells that passed their own check. */
  check(cells: Cells, row: RowSurroundings): readonly RowFinding[];
}

/** A row once judged by itself, before it is compared with other rows and with what stands. */
export interface CheckedRow {
  /** Counted from 1 in the order sent. */
  readonly row: number;
  readonly change: RowChange;
  /** Told even of a rejected row, so that a bad cell elsewhere does not make its person unknown. */
  readonly subject: IdentityDocument | null;
  readonly cells: Cells;
  readonly findings: readonly RowFinding[];
  readonly rejected: boolean;
}

/**
 * Judges one row as it was sent, by itself: every cell and the checks across cells, all reasons and not only the first.
 * @param index place in the push, from 0
 * @param today day of receipt
 */
export function checkRow(raw: RawRow, index: number, rules: RowRules, today: PlainDate): CheckedRow {
  if (isUnreadable(raw)) return unreadable(index);
  const cells: Record<string, CellValue | undefined> = {};
  const findings: RowFinding[] = [];

  for (const column of rules.columns) {
    const sent = raw[column.name];
    if (isBlank(sent) || column.name === 'idNumber') continue;
    const cell = checkCell(sent, typed(column, cells), today);
    cells[column.name] = cell.value;
    if (cell.findings.length > 0) findings.push(...cell.findings);
  }
  const change = (cells['change'] ?? 'ADD') as RowChange;
  const document = checkDocument(raw, cells['idType'] as IdType | undefined, today);
  const surroundings = { subject: document.subject, certificate: document.certificate };

  findings.push(
    ...document.findings,
    ...missingColumns(raw, rules, change).map((column) => findingOf('VALUE_MISSING', column)),
    ...unknownColumns(raw, rules),
    ...rules.check(cells, surroundings),
  );
  return {
    row: index + 1,
    change,
    subject: document.subject,
    cells,
    findings,
    rejected: findings.some(({ severity }) => severity === 'REJECT'),
  };
}

/** Nothing else is said of a line that is no row: each column of it would be missing. */
function unreadable(index: number): CheckedRow {
  const findings = [findingOf('ROW_UNREADABLE', null)];
  return { row: index + 1, change: 'ADD', subject: null, cells: {}, findings, rejected: true };
}

/** A column whose type another cell of the row tells, as it is for this row. */
function typed(column: Column, cells: Cells): Column {
  const { holds } = column;
  if (holds.kind !== 'id-number' || holds.typedBy === undefined) return column;
  const idType = cells[holds.typedBy] as IdType | undefined;
  return idType === undefined ? column : { ...column, holds: { ...holds, idType } };
}

function checkDocument(
  raw: RawRow,
  idType: IdType | undefined,
  today: PlainDate,
): RowSurroundings & { readonly findings: readonly RowFinding[] } {
  if (isBlank(raw['idNumber'])) {
    return { subject: null, certificate: null, findings: [findingOf('VALUE_MISSING', 'idNumber')] };
  }
  const reading = readIdNumber(raw['idNumber'], idType ?? null, today);
  if (reading.ok) return { subject: reading.document, certificate: reading.certificate, findings: [] };
  const idNumber = zerosIn(raw['idNumber']);
  // Taken in as a placeholder, and flagged as one once it is known which numbers are: somebody is meant, though nobody's number is.
  if (idNumber !== undefined) {
    return { subject: { idType: idType ?? 'RESIDENT_ID', idNumber }, certificate: null, findings: [] };
  }
  const findings = reading.problems.map((code) =>
    findingOf(code, code === 'ID_TYPE_DISAGREES' ? 'idType' : 'idNumber'),
  );
  return { subject: null, certificate: null, findings };
}

function missingColumns(raw: RawRow, rules: RowRules, change: RowChange): readonly string[] {
  const isMissing = (name: string): boolean => isBlank(raw[name]);
  if (change !== 'REMOVE') {
    return rules.columns
      .filter(({ name, required }) => required && name !== 'idNumber' && isMissing(name))
      .map(({ name }) => name);
  }
  const missing = rules.neededToRemove.map((names) => names.filter(isMissing));
  return missing.some((names) => names.length === 0) ? [] : (missing.at(-1) ?? []);
}

/** An unknown heading is told without its words: it may be a value that slipped into the heading row. */
function unknownColumns(raw: RawRow, { columns }: RowRules): readonly RowFinding[] {
  const isKnown = (heading: string): boolean => columns.some(({ name }) => name === heading);
  return Object.keys(raw).some((heading) => raw[heading] !== undefined && !isKnown(heading))
    ? [findingOf('COLUMN_UNKNOWN', null)]
    : [];
}
