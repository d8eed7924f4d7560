import type { Claim } from '../claims/claim.ts';
import { contains } from '../time/period.ts';
import { addDays, addMonths, dayInShanghai, endOfMonth, latest, type PlainDate } from '../time/plain-date.ts';
import { coverInYear, endedEmployeeCover, gapLimit, type EndedEmployeeCover } from './employee-cover.ts';
import { tierOf, type Listing } from './listings.ts';
import type { PersonHistory } from './person-history.ts';
import type { GroupCondition, PackDay, PayerGroup, PolicyPack, StartDay, StartRow } from './policy-pack.ts';

/** A premium as it was, or would be, paid: the days that start tables measure. */
export interface PaymentDays {
  readonly paid: PlainDate;
  readonly credited: PlainDate;
  /** Day of registration for the plan year; null where none was reported. */
  readonly registered: PlainDate | null;
}

/** The one line of the one start table that applies. */
export interface StartMatch {
  readonly group: PayerGroup;
  readonly row: StartRow;
  readonly day: PlainDate | null;
  /** The claims that put the person into the group. */
  readonly because: readonly Claim[];
  readonly employee: EndedEmployeeCover | undefined;
}

interface Membership {
  readonly claims: readonly Claim[];
}

/** Asks the pack's groups in order and takes the first whose table grants something for these days; the last takes everybody. */
export function startFor(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  days: PaymentDays,
): StartMatch {
  const employee = endedEmployeeCover(history, days.paid);
  for (const group of pack.groups) {
    const membership = memberOf(pack, group.when, history, listings, days, employee);
    if (!membership) continue;
    const row = group.rows.find((line) => {
      if (line.until === null) return true;
      const until = resolveDay(line.until, history, employee);
      return until !== undefined && measured(group, days) <= until;
    });
    if (!row || row.start === null) continue;
    const day = startDay(pack, row, days, history, employee);
    return { group, row, day, because: membership.claims, employee };
  }
  throw new Error(`pack ${pack.id}: no group takes everybody`);
}

function measured(group: PayerGroup, days: PaymentDays): PlainDate {
  switch (group.measure) {
    case 'PAID':
      return days.paid;
    case 'CREDITED':
      return days.credited;
    case 'REGISTERED':
      return days.registered ?? days.paid;
    case 'REGISTERED_AND_PAID':
      return days.registered === null ? days.paid : latest(days.registered, days.paid);
  }
}

/** The day that a table's bound stands for in this person's history; `undefined` where the history has no such day. */
export function resolveDay(
  day: PackDay,
  history: PersonHistory,
  employee: EndedEmployeeCover | undefined,
): PlainDate | undefined {
  if (typeof day === 'string') return day;
  if ('latestOf' in day) {
    const days = day.latestOf.flatMap((one) => resolveDay(one, history, employee) ?? []);
    return days.length === 0 ? undefined : days.reduce((a, b) => (b > a ? b : a));
  }
  switch (day.from) {
    case 'BIRTH':
      return history.birth ? addDays(history.birth.day, day.days) : undefined;
    case 'EMPLOYEE_BREAK':
      return employee ? addDays(employee.breakDay, day.days) : undefined;
    case 'EMPLOYEE_LAST_MONTH_END':
      return employee ? gapLimit(employee.lastMonthEnd, day.months) : undefined;
  }
}

// Only cover from birth may reach back before the plan year; every other start is held within it.
function startDay(
  pack: PolicyPack,
  row: StartRow,
  days: PaymentDays,
  history: PersonHistory,
  employee: EndedEmployeeCover | undefined,
): PlainDate | null {
  const day = plainStart(row.start, days, history, employee);
  if (day === null) return null;
  if (row.wait) return latest(waitEnd(days.paid, row.wait), pack.period.from);
  if (row.start === 'BIRTH' || row.start === day) return day;
  return latest(day, pack.period.from);
}

/** The first day after a wait counted from `from`: the same day number months later, or so many days later (catalogue C3). */
function waitEnd(from: PlainDate, wait: NonNullable<StartRow['wait']>): PlainDate {
  return wait.unit === 'MONTHS' ? addMonths(from, wait.length) : addDays(from, wait.length);
}

function plainStart(
  start: StartDay | null,
  days: PaymentDays,
  history: PersonHistory,
  employee: EndedEmployeeCover | undefined,
): PlainDate | null {
  switch (start) {
    case null:
    case 'NONE':
      return null;
    case 'PAID_DAY':
      return days.paid;
    case 'DAY_AFTER_PAID':
      return addDays(days.paid, 1);
    case 'CREDITED_DAY':
      return days.credited;
    case 'BIRTH':
      return history.birth?.day ?? null;
    case 'EMPLOYEE_BREAK':
      return employee?.breakDay ?? null;
    case 'ADMISSION':
      return (
        history.lifeEvents.findLast((claim) => claim.attributes.kind === 'ADMITTED_TO_CHILDRENS_HOME')?.attributes
          .happenedOn ?? null
      );
    default:
      return start;
  }
}

// Every condition that the group states must hold; each names the claims it rests on.
function memberOf(
  pack: PolicyPack,
  when: GroupCondition,
  history: PersonHistory,
  listings: readonly Listing[],
  days: PaymentDays,
  employee: EndedEmployeeCover | undefined,
): Membership | undefined {
  const found: Claim[] = [];
  const holds = (claims: readonly Claim[] | undefined): boolean => {
    if (claims) found.push(...claims);
    return claims !== undefined;
  };
  if ((when.bornFrom !== undefined || when.bornTo !== undefined) && !holds(bornWithin(when, history))) return undefined;
  if (when.newStudentOf && !holds(newStudent(when.newStudentOf, history))) return undefined;
  if (when.lifeEvent && !holds(lifeEvent(when.lifeEvent, history, days.paid))) return undefined;
  if (when.leftEmployeeInsurance && !holds(leftEmployee(when.leftEmployeeInsurance, employee))) return undefined;
  if (when.migrantWorker && !holds(migrant(history, days.paid))) return undefined;
  if (when.newlyListedAfter && !holds(newlyListed(pack, when.newlyListedAfter, listings, days.paid))) return undefined;
  if (when.listedBy !== undefined && !holds(listedBy(pack, when.listedBy, listings, days.paid))) return undefined;
  if (when.uninsuredInYear !== undefined && !uninsured(history, when.uninsuredInYear)) return undefined;
  return { claims: found };
}

function bornWithin(when: GroupCondition, history: PersonHistory): readonly Claim[] | undefined {
  if (!history.birth) return undefined;
  const { day, claims } = history.birth;
  return day >= (when.bornFrom ?? day) && day <= (when.bornTo ?? day) ? claims : undefined;
}

function newStudent(
  when: NonNullable<GroupCondition['newStudentOf']>,
  history: PersonHistory,
): readonly Claim[] | undefined {
  const entered = history.students.filter(
    (claim) =>
      when.stages.includes(claim.attributes.stage) &&
      claim.validFrom !== null &&
      contains({ from: when.from, to: when.to }, claim.validFrom) &&
      claim.attributes.newStudent !== false,
  );
  return entered.length > 0 ? entered : undefined;
}

function lifeEvent(
  when: NonNullable<GroupCondition['lifeEvent']>,
  history: PersonHistory,
  paid: PlainDate,
): readonly Claim[] | undefined {
  const events = history.lifeEvents.filter(
    ({ attributes: { kind, happenedOn } }) =>
      when.kinds.includes(kind) &&
      happenedOn >= (when.from ?? happenedOn) &&
      happenedOn <= (when.to ?? happenedOn) &&
      happenedOn <= paid,
  );
  return events.length > 0 ? events : undefined;
}

function leftEmployee(
  when: NonNullable<GroupCondition['leftEmployeeInsurance']>,
  employee: EndedEmployeeCover | undefined,
): readonly Claim[] | undefined {
  if (!employee) return undefined;
  if (when.because && !when.because.includes(employee.because)) return undefined;
  return employee.months >= (when.minMonths ?? 0) ? employee.claims : undefined;
}

function migrant(history: PersonHistory, paid: PlainDate): readonly Claim[] | undefined {
  const spells = history.migrantWork.filter((claim) => claim.validFrom !== null && claim.validFrom <= paid);
  return spells.length > 0 ? spells : undefined;
}

/** Was every listing as a migrant worker told on or after the day of payment (QX22-5.3: the list must exist before it)? */
export const migrantToldTooLate = (history: PersonHistory, paid: PlainDate): boolean =>
  history.migrantWork.every((claim) => dayInShanghai(claim.firstToldAt) >= paid);

function newlyListed(
  pack: PolicyPack,
  when: NonNullable<GroupCondition['newlyListedAfter']>,
  listings: readonly Listing[],
  paid: PlainDate,
): readonly Claim[] | undefined {
  const listed = tieredOn(pack, listings, paid).filter(
    (listing) => listing.listed.from > when.day && (when.categories?.includes(listing.category) ?? true),
  );
  return listed.length > 0 ? listed.flatMap((listing) => listing.claims) : undefined;
}

function listedBy(
  pack: PolicyPack,
  day: PlainDate,
  listings: readonly Listing[],
  paid: PlainDate,
): readonly Claim[] | undefined {
  const listed = tieredOn(pack, listings, paid).filter((listing) => listing.listed.from <= day);
  return listed.length > 0 ? listed.flatMap((listing) => listing.claims) : undefined;
}

const tieredOn = (pack: PolicyPack, listings: readonly Listing[], day: PlainDate): Listing[] =>
  listings.filter((listing) => contains(listing.effective, day) && (tierOf(pack, listing, day)?.row.subsidy ?? 0) > 0);

function uninsured(history: PersonHistory, year: number): boolean {
  const { enrolments, payments } = coverInYear(history, year);
  return enrolments.length === 0 && payments.length === 0;
}

/** Did employee cover, the only cover of the year before, end more than `months` before the payment? */
export function employeeGapPassed(history: PersonHistory, year: number, months: number, paid: PlainDate): boolean {
  const { enrolments, payments } = coverInYear(history, year);
  if (payments.length > 0 || enrolments.length === 0) return false;
  if (enrolments.some((claim) => claim.attributes.scheme === 'RESIDENT' || claim.validTo === null)) return false;
  const last = enrolments.map((claim) => claim.validTo ?? '').reduce((a, b) => (b > a ? b : a));
  return last < `${year}-12-31` && paid > endOfMonth(addMonths(last, months));
}
