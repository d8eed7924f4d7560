import type { Claim, ClaimOf } from '../claims/claim.ts';
import type { DeathStatus } from '../person/person-record.ts';
import { overlaps, type Period } from '../time/period.ts';
import { addDays, yearOf, type PlainDate } from '../time/plain-date.ts';
import type { BenefitPeriod, WaitingPeriod } from './decision.ts';
import {
  employeeGapPassed,
  migrantToldTooLate,
  resolveDay,
  type PaymentDays,
  type StartMatch,
} from './payer-groups.ts';
import { enrolmentsBeside } from './employee-cover.ts';
import { joined, NONE, oncePer } from './none.ts';
import type { PersonHistory } from './person-history.ts';
import type { PayerGroup, PolicyPack, StartRow } from './policy-pack.ts';
import type { Trail } from './trail.ts';

/** What a person's cover follows from. */
export interface CoverCase {
  readonly pack: PolicyPack;
  readonly history: PersonHistory;
  readonly start: StartMatch;
  readonly days: PaymentDays | null;
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly death: DeathStatus;
  readonly trail: Trail;
}

/**
 * Works out the days of cover, in order, and the matters that stand in the way.
 *
 * @param relationEnded a refund ended the relation before it began
 */
export function coverFor(it: CoverCase, relationEnded: boolean): readonly BenefitPeriod[] {
  const main = mainPeriod(it);
  const birthYear = birthYearPeriod(it);
  const granted = inOrder(joined(joined(birthYear, main), schoolYearPeriods(it, main[0])));
  const periods = endedByDeath(it, relationEnded ? NONE : granted);
  duplicateEnrolments(it, periods);
  return periods;
}

const inOrder = (periods: readonly BenefitPeriod[]): readonly BenefitPeriod[] =>
  periods.length < 2 ? periods : [...periods].sort((a, b) => (a.from < b.from ? -1 : 1));

function mainPeriod(it: CoverCase): readonly BenefitPeriod[] {
  if (!it.days) return NONE;
  const { row, group, day, because } = it.start;
  if (row.review) for (const code of row.review) it.trail.leave(code, row.rule);
  if (row.notices) for (const code of row.notices) it.trail.show(code, row.rule);
  circumstantialMatters(it, it.days);
  const granted = day !== null && day <= it.pack.period.to;
  it.trail.step(
    row.rule,
    granted ? 'COVERED_FROM' : 'NOT_COVERED',
    {
      payerGroup: group.id,
      paidOn: it.days.paid,
      creditedOn: it.days.credited,
      registeredOn: it.days.registered ?? undefined,
      bornOn: row.start === 'BIRTH' ? it.history.birth?.day : undefined,
      wait: row.wait && waitInWords(row.wait),
      day: granted ? day : undefined,
    },
    joined<Claim>(it.payments, because),
  );
  return granted ? [{ from: day, to: it.pack.period.to, rule: row.rule }] : NONE;
}

const waitInWords = oncePer(({ length, unit }: NonNullable<StartRow['wait']>) => `${length} ${unit}`);

// Matters that turn on the person's history beside the line of the start table.
function circumstantialMatters(it: CoverCase, days: PaymentDays): void {
  const { row, group } = it.start;
  const { normalCover, unheldExemption } = it.pack;
  if (group.when.migrantWorker && migrantToldTooLate(it.history, days.paid)) {
    it.trail.leave('MIGRANT_LISTED_AFTER_PAYMENT', row.rule);
  }
  if (
    normalCover &&
    group.id === 'ORDINARY' &&
    employeeGapPassed(it.history, normalCover.year, normalCover.gapMonths, days.paid)
  ) {
    it.trail.leave('EMPLOYEE_GAP_OVER_THREE_MONTHS', normalCover.rule);
  }
  if (row.wait && unheldExemption && exemptedRecently(unheldExemption, it.history, days.paid)) {
    it.trail.leave('WAIT_EXEMPTION_NOT_HELD', unheldExemption.rule);
  }
}

function exemptedRecently(
  clause: NonNullable<PolicyPack['unheldExemption']>,
  { lifeEvents }: PersonHistory,
  paid: PlainDate,
): boolean {
  for (const { attributes } of lifeEvents) {
    const { kind, happenedOn } = attributes;
    if (clause.kinds.includes(kind) && happenedOn <= paid && happenedOn >= addDays(paid, -clause.days)) return true;
  }
  return false;
}

function birthYearPeriod(it: CoverCase): readonly BenefitPeriod[] {
  const clause = it.start.group.birthYear;
  return clause && it.history.birth ? periodFromBirth(it, clause, it.history.birth) : NONE;
}

function periodFromBirth(
  it: CoverCase,
  clause: NonNullable<PayerGroup['birthYear']>,
  birth: NonNullable<PersonHistory['birth']>,
): readonly BenefitPeriod[] {
  const period = { from: birth.day, to: `${clause.year}-12-31`, rule: clause.rule };
  if (clause.requires === 'REGISTRATION_FOR_BIRTH_YEAR') {
    const registered = it.history.registrations.filter(
      ({ attributes }) => attributes.policyYear === clause.year && attributes.registeredOn <= period.to,
    );
    if (registered.length === 0) return [];
    it.trail.step(clause.rule, 'BIRTH_YEAR_REGISTERED', { bornOn: birth.day }, [...birth.claims, ...registered]);
    return [period];
  }
  if (!it.days || !it.start.row.birthYear) return [];
  const limit = clause.within ? resolveDay(clause.within, it.history, it.start.employee) : undefined;
  const payments = it.history.payments.filter(
    ({ attributes }) => attributes.policyYear === clause.year && attributes.paidOn <= (limit ?? attributes.paidOn),
  );
  if (payments.length === 0) {
    if (clause.missing) it.trail.leave(clause.missing, clause.rule);
    return [];
  }
  it.trail.step(clause.rule, 'BIRTH_YEAR_PAID', { bornOn: birth.day }, [...birth.claims, ...payments]);
  return [period];
}

// School-year payers are covered on to the end of the calendar year in which their payment ran out (YY25-2.6c).
function schoolYearPeriods(it: CoverCase, main: Period | undefined): readonly BenefitPeriod[] {
  const clause = it.pack.schoolYearExtension;
  return clause && it.history.students.length > 0 ? extensions(it, clause, main) : NONE;
}

function extensions(
  it: CoverCase,
  clause: NonNullable<PolicyPack['schoolYearExtension']>,
  main: Period | undefined,
): readonly BenefitPeriod[] {
  return it.history.students.flatMap((claim) => {
    const until = claim.attributes.paidSchoolYearUntil;
    if (until === undefined || !clause.stages.includes(claim.attributes.stage)) return [];
    if (yearOf(until) !== it.pack.policyYear && yearOf(until) !== it.pack.policyYear - 1) return [];
    const period = { from: addDays(until, 1), to: `${yearOf(until)}-12-31`, rule: clause.rule };
    if (period.from > period.to || (main && overlaps(main, period))) return [];
    it.trail.step(clause.rule, 'SCHOOL_YEAR_EXTENDED', { paidSchoolYearUntil: until }, [claim]);
    return [period];
  });
}

function endedByDeath(it: CoverCase, periods: readonly BenefitPeriod[]): readonly BenefitPeriod[] {
  const { status, diedOn, conflicting } = it.death;
  const rule = it.pack.deathStops.rule;
  if (status === 'REPORTED') it.trail.leave('DEATH_UNCONFIRMED', rule);
  if (status === 'CONFLICTING' || conflicting) it.trail.leave('DEATH_DATE_CONFLICT', rule);
  if (status === 'NOT_REPORTED') return periods;
  it.trail.step(
    rule,
    diedOn === null ? 'DEATH_OPEN' : 'DEATH_CONFIRMED',
    { status, diedOn: diedOn ?? undefined },
    it.history.deaths,
  );
  return diedOn === null ? periods : cutAt(diedOn, periods);
}

const cutAt = (diedOn: PlainDate, periods: readonly BenefitPeriod[]): readonly BenefitPeriod[] =>
  periods.flatMap((period) =>
    period.from > diedOn ? [] : [{ ...period, to: period.to < diedOn ? period.to : diedOn }],
  );

function duplicateEnrolments(it: CoverCase, periods: readonly BenefitPeriod[]): void {
  // Only days of the plan year: what a newborn or new student is granted before it beside other cover is no duplicate (YY25-2.2d).
  const others = enrolmentsBeside(it.history, it.pack, periods);
  if (others.length === 0) return;
  const { rule } = it.pack.duplicates;
  it.trail.leave('DUPLICATE_ENROLMENT', rule);
  it.trail.step(rule, 'ENROLLED_ELSEWHERE', {}, others);
}

/** The wait before the days of cover; `null` where there is none. */
export function waitingOf(it: CoverCase): WaitingPeriod | null {
  const { row, day } = it.start;
  if (!it.days || !row.wait || day === null || day <= it.days.paid) return null;
  return { from: it.days.paid, to: addDays(day, -1), length: row.wait.length, unit: row.wait.unit, rule: row.rule };
}
