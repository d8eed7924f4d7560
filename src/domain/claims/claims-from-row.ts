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

/** A checked row with the keys of the other documents that it names as its subject's, in order. */
type ReadableRow = CheckedRow & { readonly sameAs?: readonly string[] };

/** Reads a row that was not rejected and does not only remove as the claim it makes. */
export function claimFromRow({ cells, sameAs }: ReadableRow, list: ListDefinition): RowStatement {
  const { attributes, from, to } = list.read(cells);
  const said = sameAs && sameAs.length > 0 ? { ...attributes, sameAs } : attributes;
  return { key: list.keyOf(cells), attributes: said, validFrom: from, validTo: to };
}

/**
 * Writes what a claim says in one way only: keys in order, absent ones left out. Two claims say the same exactly when these
 * texts are equal, whatever a store did to the order of keys.
 */
export function canonicalContent({ attributes, validFrom, validTo }: ClaimContent | Claim): string {
  const said = keysInOrder(attributes)
    .map((key) => `["${key}",${JSON.stringify((attributes as object as Said)[key])}]`)
    .join(',');
  return `[${dayText(validFrom)},${dayText(validTo)},[${said}]]`;
}

/** The attributes as JSON, written in one way only. */
export function canonicalAttributes(attributes: ClaimContent['attributes']): string {
  let json = '{';
  for (const key of keysInOrder(attributes)) {
    if (json !== '{') json += ',';
    json += `"${key}":${JSON.stringify((attributes as object as Said)[key])}`;
  }
  return `${json}}`;
}

const dayText = (day: PlainDate | null): string => (day === null ? 'null' : `"${day}"`);

type Said = Readonly<Record<string, unknown>>;

/** Attributes are flat but for lists in an order of their own, so one level of keys is all there is to order. Keys are names of the hub's own. */
function keysInOrder(attributes: object): readonly string[] {
  const keys: string[] = [];
  for (const key of Object.keys(attributes)) if ((attributes as Said)[key] !== undefined) keys.push(key);
  return keys.sort();
}
