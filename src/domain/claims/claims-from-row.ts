import type { CheckedRow } from '../intake/check-row.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { Claim, ClaimAttributes } from './claim.ts';
import type { ListName } from '../intake/words.ts';
import type { ListDefinition } from './list-reading.ts';

/** What a claim says, apart from who said it and when. */
export interface ClaimContent {
  readonly attributes: ClaimAttributes[ListName];
  readonly validFrom: PlainDate | null;
  readonly validTo: PlainDate | null;
}

/** A row read as a claim: what it is about (`key`, see {@link ListDefinition.keyOf}) and what it says. */
export interface RowStatement extends ClaimContent {
  readonly key: string;
}

/** Reads a row that was not rejected and does not only remove as the claim it makes. */
export function claimFromRow({ cells }: CheckedRow, list: ListDefinition): RowStatement {
  const { attributes, from, to } = list.read(cells);
  return { key: list.keyOf(cells), attributes, validFrom: from, validTo: to };
}

/**
 * Writes what a claim says in one way only: keys in order, absent ones left out. Two claims say the same exactly when these
 * texts are equal, whatever a store did to the order of keys.
 */
export function canonicalContent({ attributes, validFrom, validTo }: ClaimContent | Claim): string {
  return JSON.stringify([validFrom, validTo, inOrder({ ...attributes })]);
}

/** Attributes are flat, so one level of keys is all there is to order. */
const inOrder = (attributes: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
