import type { Cells, RowRules } from '../intake/check-row.ts';
import type { IdentityDocument } from '../intake/id-number.ts';
import type { Category, ListName } from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { Claim, ClaimAttributes } from './claim.ts';

/**
 * A list: its columns and checks, and how a checked row of it reads as a claim. Everything that is true of one list only stands
 * in its definition; whoever takes rows in (graph, file, stream) needs nothing else.
 */
export interface ListDefinition extends RowRules {
  readonly name: ListName;
  /**
   * `PERIOD`: what a row says holds from a day to a day, and who is left out of the list stays on record until then.
   * `EVENT`: a row says what happened; who is left out is said not to have been meant.
   */
  readonly shape: 'PERIOD' | 'EVENT';
  /** What the row is about within its list: of one subject and agency only one claim stands a key. */
  keyOf(cells: Cells): string;
  /** Is the claim of the matter that a row to remove or correct means, its days aside? */
  means(cells: Cells, claim: Claim): boolean;
  /** Reads the cells of a row that says something. */
  read(cells: Cells): {
    readonly attributes: ClaimAttributes[ListName];
    readonly from: PlainDate | null;
    readonly to: PlainDate | null;
  };
  /** The identity that the row is about, by which agencies are allowed to push; `null` where the list has none or it cannot be read. */
  categoryOf(cells: Cells): Category | null;
  /** Further documents that the row says are the same person's. */
  otherDocuments(cells: Cells, subject: IdentityDocument): readonly IdentityDocument[];
}
