import type { Claim, ClaimAttributes, ClaimOf } from '../domain/claims/claim.ts';
import type { ListDefinition } from '../domain/claims/list-reading.ts';
import type { RowSurroundings } from '../domain/intake/check-row.ts';
import type { IdentityDocument } from '../domain/intake/id-number.ts';
import type { Column, ColumnKind, RowFinding } from '../domain/intake/list-definition.ts';
import type { Category, ListName } from '../domain/intake/words.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { commonColumns } from './common-columns.ts';

/** What a cell of the kind holds once read. */
type CellOf<K extends ColumnKind> = K extends { readonly kind: 'word'; readonly words: infer W }
  ? keyof W
  : K extends { readonly kind: 'money' | 'whole-number' }
    ? number
    : K extends { readonly kind: 'yes-no' }
      ? boolean
      : string;

/** Cells of a row that says something: required ones are there. */
export type CellsOf<C extends readonly Column[]> = {
  readonly [X in C[number] as X['name']]: X['required'] extends true
    ? CellOf<X['holds']>
    : CellOf<X['holds']> | undefined;
};

/** A list written as data; the cells' types follow from its columns. */
interface ListSource<L extends ListName, C extends readonly Column[]> {
  readonly name: L;
  readonly shape: ListDefinition['shape'];
  /** The list's own columns; those common to all lists are added, unless one here has the same name. */
  readonly columns: C;
  readonly neededToRemove: readonly (readonly C[number]['name'][])[];
  keyOf(cells: CellsOf<C>): string;
  /** Absent where every claim of the list about the subject is of one matter. */
  means?(cells: Partial<CellsOf<C>>, claim: ClaimOf<L>): boolean;
  attributes(cells: CellsOf<C>): Omit<ClaimAttributes[L], 'name' | 'regionCode'>;
  from(cells: CellsOf<C>): PlainDate;
  to(cells: CellsOf<C>): PlainDate | null;
  check?(cells: Partial<CellsOf<C>>, row: RowSurroundings): readonly RowFinding[];
  categoryOf?(cells: Partial<CellsOf<C>>): Category | null;
  otherDocuments?(cells: Partial<CellsOf<C>>, subject: IdentityDocument): readonly IdentityDocument[];
}

/** Completes a list's definition with what all lists have in common: their first and last columns, name and place. */
export function defineList<const L extends ListName, const C extends readonly Column[]>(
  source: ListSource<L, C>,
): ListDefinition {
  // The one place where cells lose their types: rows come by list name, and the checks have made each cell what its column says.
  const typed = source as unknown as ListSource<ListName, readonly Column[]>;
  return {
    name: source.name,
    shape: source.shape,
    columns: commonColumns(source.columns),
    neededToRemove: source.neededToRemove,
    keyOf: (cells) => typed.keyOf(cells as never),
    means: (cells, claim: Claim) => typed.means?.(cells as never, claim as never) ?? true,
    read: (cells) => ({
      attributes: withoutAbsent({
        name: cells['name'],
        regionCode: cells['regionCode'],
        heldApart: cells['heldApart'],
        ...typed.attributes(cells as never),
      }) as unknown as ClaimAttributes[ListName],
      from: typed.from(cells as never),
      to: typed.to(cells as never),
    }),
    check: (cells, row) => typed.check?.(cells as never, row) ?? [],
    categoryOf: (cells) => typed.categoryOf?.(cells as never) ?? null,
    otherDocuments: (cells, subject) => typed.otherDocuments?.(cells as never, subject) ?? [],
  };
}

function withoutAbsent(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const name in attributes) if (attributes[name] !== undefined) said[name] = attributes[name];
  return said;
}
