import { sourceOf, type Claim, type ClaimSource } from '../claims/claim.ts';
import type { Agency } from '../intake/words.ts';
import type { Sourced } from './person-record.ts';

/** Orders text by its code units: the same on every machine, whatever its language. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Orders claims from the one told last to the one told first. Claims of one instant are told apart by submission, row and
 * id, so that the order never depends on how they were loaded.
 */
export function newestFirst(a: Claim, b: Claim): number {
  return (
    b.toldAt.getTime() - a.toldAt.getTime() ||
    compareText(b.submission, a.submission) ||
    b.row - a.row ||
    compareText(b.id, a.id)
  );
}

/** Orders claims by whose word goes first: agencies in the order named, then all others; the newest claim first within each. */
export function bestFirst(order: readonly Agency[]): (a: Claim, b: Claim) => number {
  const rank = (claim: Claim): number => {
    const place = order.indexOf(claim.agency);
    return place < 0 ? order.length : place;
  };
  return (a, b) => rank(a) - rank(b) || newestFirst(a, b);
}

/** A value and the claim that says it; null where it is read from an id number. */
export interface Statement<T> {
  readonly value: T;
  readonly claim: Claim | null;
}

/**
 * Lets the first value survive and keeps the others beside it. Statements that give the same value are joined, so each
 * value stands once, with all its sources in the order given. `null` when nobody says anything.
 *
 * @param statements from the best to the worst
 * @param sameAs what makes two values the same; the value itself unless given
 */
export function surviving<T>(
  statements: readonly Statement<T>[],
  sameAs: (value: T) => unknown = (value) => value,
): Sourced<T> | null {
  const values = new Map<unknown, { readonly value: T; readonly sources: ClaimSource[] }>();
  for (const { value, claim } of statements) {
    const known = values.get(sameAs(value)) ?? { value, sources: [] };
    if (claim) known.sources.push(sourceOf(claim));
    values.set(sameAs(value), known);
  }
  const [first, ...others] = values.values();
  return first ? { ...first, others } : null;
}
