import type { Column } from './list-definition.ts';
import type { FileColumn } from './submission.ts';

/** Heading of the column that says why a row is sent back. */
export const REASON_HEADING = '退回原因';
/** Heading of the column that says whose file a row is in: who fetched it, and when. */
export const MARK_HEADING = '领取标记';

/** Headings that a file of bad rows has besides the list's own; a file that comes back may still have them. */
const OWN_HEADINGS = [REASON_HEADING, MARK_HEADING] as const;
type OwnHeading = (typeof OWN_HEADINGS)[number];

/** What is wrong with the heading row. Names the list's own columns and places in the file, never what the file says. */
export interface HeadingProblem {
  readonly code: 'HEADING_UNKNOWN' | 'HEADING_DOUBLED' | 'COLUMN_MISSING';
  readonly zh: string;
  readonly en: string;
}

/** The heading row once read, or everything that is wrong with it. */
export type HeadingReading =
  | {
      readonly ok: true;
      /** The columns of the list that the file has, in its order. */
      readonly columns: readonly FileColumn[];
      /** For each place of a row the key under which its cell is kept; `null` for a cell that is not read. */
      readonly keys: readonly (string | null)[];
    }
  | { readonly ok: false; readonly problems: readonly HeadingProblem[] };

/** Key of a cell that stands under no heading, by its place from 0. No column has it, so the row is judged by it. */
export const strayKey = (place: number): string => `?${place + 1}`;

/**
 * Reads the heading row of a file: Chinese or English headings in any order; spaces, width, marks such as `*`, and what
 * stands in brackets at the end do not matter. A required column may be missing from a file that tells by rows what
 * changes, since a row that removes needs few cells; `checkRow` then judges the others.
 */
export function readHeadings(headings: readonly string[], columns: readonly Column[]): HeadingReading {
  const known = namesOf(columns);
  const found = headings.map((heading) => known.get(bare(heading)) ?? known.get(withoutBrackets(bare(heading))));
  const isNothing = (place: number): boolean => bare(headings[place] ?? '') === '';

  const problems = [
    ...found.flatMap((column, place) => (column === undefined && !isNothing(place) ? [unknownAt(place)] : [])),
    ...columns.filter((column) => found.filter((other) => other === column).length > 1).map(doubled),
    ...missing(columns, found).map(absent),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    columns: found.flatMap((column, place) =>
      isColumn(column) ? [{ column: column.name, heading: (headings[place] ?? '').replace(/\uFEFF/g, '').trim() }] : [],
    ),
    keys: found.map((column, place) => {
      if (column === undefined) return strayKey(place);
      return isColumn(column) ? column.name : null;
    }),
  };
}

/** The columns of a list under their Chinese names, for a file of rows that came without headings. */
export function allColumns(columns: readonly Column[]): readonly FileColumn[] {
  return columns.map(({ name, zh }) => ({ column: name, heading: zh }));
}

type Found = Column | OwnHeading | undefined;

const isColumn = (found: Found): found is Column => typeof found === 'object';

function namesOf(columns: readonly Column[]): ReadonlyMap<string, Column | OwnHeading> {
  const names = new Map<string, Column | OwnHeading>(OWN_HEADINGS.map((heading) => [heading, heading]));
  // Full names last: they win where the short name of another column is the same.
  for (const column of columns) names.set(withoutBrackets(bare(column.zh)), column);
  for (const column of columns) names.set(bare(column.zh), column).set(bare(column.name), column);
  return names;
}

/** A heading without what does not matter: width, letter case, spaces, marks of order and `*`. */
const bare = (heading: string): string =>
  heading
    .normalize('NFKC')
    .replace(/[\s\p{Cf}*]/gu, '')
    .toLowerCase();

const withoutBrackets = (bareHeading: string): string => bareHeading.replace(/\([^()]*\)$/, '');

function missing(columns: readonly Column[], found: readonly Found[]): readonly Column[] {
  const tellsChanges = found.some((column) => isColumn(column) && column.name === 'change');
  return columns.filter(
    (column) => column.required && !found.includes(column) && (column.name === 'idNumber' || !tellsChanges),
  );
}

const unknownAt = (place: number): HeadingProblem => ({
  code: 'HEADING_UNKNOWN',
  zh: `第 ${place + 1} 列的列名不属于本名单`,
  en: `the heading of column ${place + 1} is none of this list`,
});

const doubled = ({ name, zh }: Column): HeadingProblem => ({
  code: 'HEADING_DOUBLED',
  zh: `列“${zh}”（${name}）出现多次`,
  en: `the column ${name} (${zh}) stands there more than once`,
});

const absent = ({ name, zh }: Column): HeadingProblem => ({
  code: 'COLUMN_MISSING',
  zh: `缺少必填列“${zh}”（${name}）`,
  en: `the required column ${name} (${zh}) is missing`,
});
