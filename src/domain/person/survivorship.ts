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

/**
 * Whose word on a value goes first. `TRUSTED`: agencies in the order named, then all others; the newest telling first within each.
 * `NEWEST`: the newest telling, whoever's it is; agencies in the order named only where several were told at one instant.
 */
export interface SurvivorshipRule {
  readonly prefer: 'TRUSTED' | 'NEWEST';
  readonly order: readonly Agency[];
}

/** The values of a record that lists state. */
export type SourcedAttribute = 'name' | 'birthDate' | 'householdNumber' | 'regionCode' | 'hardship' | 'disability';

/** A rule as a jurisdiction may write it: a bare list of agencies is `TRUSTED` in that order; no rule is `NEWEST`. */
export type WrittenRule = SurvivorshipRule | readonly Agency[] | undefined;

/** A jurisdiction's rule for each value of a record. */
export type SurvivorshipTable = { readonly [Attribute in SourcedAttribute]?: WrittenRule };

/** Reads a rule as it is written. */
export function ruleOf(written: WrittenRule): SurvivorshipRule {
  if (written === undefined) return { prefer: 'NEWEST', order: [] };
  return 'prefer' in written ? written : { prefer: 'TRUSTED', order: written };
}

/** Orders claims by whose word goes first. */
export function bestFirst(written: WrittenRule): (a: Claim, b: Claim) => number {
  const { prefer, order } = ruleOf(written);
  const rank = (claim: Claim): number => {
    const place = order.indexOf(claim.agency);
    return place < 0 ? order.length : place;
  };
  if (prefer === 'TRUSTED') return (a, b) => rank(a) - rank(b) || newestFirst(a, b);
  return (a, b) => b.toldAt.getTime() - a.toldAt.getTime() || rank(a) - rank(b) || newestFirst(a, b);
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
  // Hardly ever more than two, and asked of everybody: a list is looked through sooner than a map is made.
  const [known, values]: [unknown[], { readonly value: T; readonly sources: ClaimSource[] }[]] = [[], []];
  for (const { value, claim } of statements) {
    const same = sameAs(value);
    let at = known.indexOf(same);
    if (at === -1) {
      at = known.push(same) - 1;
      values.push({ value, sources: [] });
    }
    if (claim) values[at]!.sources.push(sourceOf(claim));
  }
  return values.length === 0 ? null : { ...values[0]!, others: values.slice(1) };
}
