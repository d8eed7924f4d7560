import type { Caller } from '../domain/access/caller.ts';
import { decideBenefitRead } from '../domain/access/decide-read.ts';
import { withholdSources } from '../domain/access/withhold-fields.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { decide } from '../domain/policy/decide.ts';
import type { BenefitDecision } from '../domain/policy/decision.ts';
import { dayInShanghai, parsePlainDate, type PlainDate } from '../domain/time/plain-date.ts';
import { factsOf, type PersonView } from './answer-person.ts';
import { packForYear } from './pack-for-year.ts';
import type { Jurisdictions, PolicyPacks } from './ports.ts';

/** What it takes to decide a benefit. */
export interface DecideBenefitPorts {
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
}

/**
 * Says what the jurisdiction's pack of a plan year decides for a person that the caller has read, by what was known of them
 * at the instant for which they were read.
 *
 * @param asOf the day asked about (Asia/Shanghai); `null` for the day of that instant
 * @returns `NOT_FOUND` where the jurisdiction has no pack for the plan year; `FORBIDDEN` without `benefit:read`
 */
export function decideBenefit(
  person: PersonView,
  policyYear: number,
  asOf: PlainDate | null,
  caller: Caller | null,
  ports: DecideBenefitPorts,
): Answer<BenefitDecision> {
  const jurisdiction = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const right = decideBenefitRead(caller, jurisdiction);
  if (!right.ok) return right;
  if (asOf !== null && parsePlainDate(asOf) === undefined) {
    return refused('BAD_USER_INPUT', 'asOf 不是日历上的日期', 'asOf is not a day of the calendar');
  }
  const pack = packForYear(policyYear, right.value.jurisdiction.packs, ports.packs);
  if (!pack) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }

  const { knownAt } = person;
  const day = asOf ?? dayInShanghai(knownAt);
  const { deaths: deathRule } = right.value.jurisdiction;
  const decision = decide(pack, factsOf(person), { asOf: day, knownAt, deathRule });
  return granted(withholdSources(decision, right.value));
}
