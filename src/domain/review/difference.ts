import type { PersonFacts } from '../person/person-facts.ts';
import { decideCodes, type DecisionQuestion } from '../policy/decide.ts';
import { termsOf } from '../policy/compare-decisions.ts';
import type { KeptTerms } from '../policy/decision-adjustment.ts';
import type { PolicyPack } from '../policy/policy-pack.ts';
import type { SettledDifference } from './settlement.ts';

/** What the packs in force decide of some persons, as of a day. */
export interface DecidedPersons {
  /** Person id → what each pack decides, by pack id. A person of whom nothing stands is decided nothing. */
  readonly terms: ReadonlyMap<string, ReadonlyMap<string, KeptTerms>>;
  /** Subject key → whom it names. */
  readonly personOf: ReadonlyMap<string, string>;
}

/** Decides persons by every pack. */
export function decideAll(
  persons: readonly PersonFacts[],
  packs: readonly PolicyPack[],
  question: DecisionQuestion,
): DecidedPersons {
  const decided = persons.filter(({ claims }) => claims.length > 0);
  return {
    terms: new Map(
      decided.map((facts) => [
        facts.id,
        new Map(packs.map((pack) => [pack.id, keptTerms(pack, facts, question)] as const)),
      ]),
    ),
    personOf: new Map(persons.flatMap(({ id, subjects }) => subjects.map(({ key }) => [key, id] as const))),
  };
}

function keptTerms(pack: PolicyPack, facts: PersonFacts, question: DecisionQuestion): KeptTerms {
  const codes = decideCodes(pack, facts, question);
  return { ...termsOf(codes), outcome: codes.outcome, paid: codes.paid };
}

/** What changes for whom between two states, in order of person and pack; whose terms stay the same is left out. */
export function differenceBetween(before: DecidedPersons, after: DecidedPersons): readonly SettledDifference[] {
  const persons = [...new Set([...before.terms.keys(), ...after.terms.keys()])].sort();
  return persons.flatMap((person) => {
    const [from, to] = [before.terms.get(person), after.terms.get(person)];
    const packs = [...new Set([...(from?.keys() ?? []), ...(to?.keys() ?? [])])].sort();
    return packs
      .map((pack) => ({ person, pack, before: from?.get(pack) ?? null, after: to?.get(pack) ?? null }))
      .filter((one) => !isAlike(one.before, one.after));
  });
}

/**
 * Does it move money: is something else payable, borne, paid, given back or covered for whoever a document names? And does anybody
 * cease to be, or begin to be, a person of their own for whom anything was paid, borne or given back? Two records of one person of
 * whom nothing was ever paid cost nobody anything when they become one.
 */
export function movesMoney(
  difference: readonly SettledDifference[],
  before: DecidedPersons,
  after: DecidedPersons,
): boolean {
  const packs = new Set(difference.map(({ pack }) => pack));
  const isMoved = [...before.personOf].some(([subject, person]) =>
    [...packs].some((pack) => {
      const from = before.terms.get(person)?.get(pack);
      const to = after.terms.get(after.personOf.get(subject) ?? '')?.get(pack);
      return from !== undefined && to !== undefined && !isSameMoney(from, to);
    }),
  );
  return isMoved || difference.some((one) => (!one.before || !one.after) && holdsMoney((one.before ?? one.after)!));
}

/** Are two differences the same, for the same persons? */
export const isSameDifference = (a: readonly SettledDifference[], b: readonly SettledDifference[]): boolean =>
  a.length === b.length &&
  a.every((one, index) => {
    const other = b[index]!;
    return (
      one.person === other.person &&
      one.pack === other.pack &&
      isAlike(one.before, other.before) &&
      isAlike(one.after, other.after)
    );
  });

// Both are made by `keptTerms` or read back from JSON, so that their keys stand in one order.
const isAlike = (a: KeptTerms | null, b: KeptTerms | null): boolean => JSON.stringify(a) === JSON.stringify(b);

const moneyOf = ({ payable, subsidy, fundedBy, paid, refund, periods }: KeptTerms): string =>
  JSON.stringify({ payable, subsidy, fundedBy, paid, refund, periods });

const isSameMoney = (a: KeptTerms, b: KeptTerms): boolean => moneyOf(a) === moneyOf(b);

const holdsMoney = ({ subsidy, paid, refund, periods }: KeptTerms): boolean =>
  subsidy > 0 || paid > 0 || refund !== null || periods.length > 0;
