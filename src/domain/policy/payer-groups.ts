import type { Claim } from '../claims/claim.ts';
import { calendarYear, contains } from '../time/period.ts';
import { addDays, addMonths, dayInShanghai, endOfMonth, latest, type PlainDate } from '../time/plain-date.ts';
import {
  endedEmployeeCover,
  gapLimit,
  insuredInYear,
  paidForYear,
  runsInYear,
  type EndedEmployeeCover,
} from './employee-cover.ts';
import { tierOf, type Listing } from './listings.ts';
import { joined, NONE, oncePer, withLast } from './none.ts';
import { bornWithin, type PersonHistory } from './person-history.ts';
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

/** Does it hold of somebody who pays on the day? Then the claims that it rests on. */
type Condition = (
  history: PersonHistory,
  paid: PlainDate,
  listings: readonly Listing[],
  employee: EndedEmployeeCover | undefined,
) => readonly Claim[] | undefined;

/** Asks the pack's groups in order and takes the first whose table grants something for these days; the last takes everybody. */
export function startFor(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  days: PaymentDays,
): StartMatch {
  const employee = asksAfterEmployment(pack) ? endedEmployeeCover(history, days.paid) : undefined;
  const groups = groupsOf(pack);
  for (let index = 0; index < groups.length; index += 1) {
    const { group, conditions } = groups[index]!;
    const because = membershipOf(conditions, history, days.paid, listings, employee);
    if (!because) continue;
    const row = lineFor(group, days, history, employee);
    if (!row || row.start === null) continue;
    const day = startDay(pack, row, days, history, employee);
    return { group, row, day, because, employee };
  }
  throw new Error(`pack ${pack.id}: no group takes everybody`);
}

function lineFor(
  group: PayerGroup,
  days: PaymentDays,
  history: PersonHistory,
  employee: EndedEmployeeCover | undefined,
): StartRow | undefined {
  const { rows } = group;
  for (let index = 0; index < rows.length; index += 1) {
    const line = rows[index]!;
    if (line.until === null) return line;
    const until = resolveDay(line.until, history, employee);
    if (until !== undefined && measured(group, days) <= until) return line;
  }
  return undefined;
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
  if ('latestOf' in day) return latestOf(day.latestOf, history, employee);
  switch (day.from) {
    case 'BIRTH':
      return history.birth ? addDays(history.birth.day, day.days) : undefined;
    case 'EMPLOYEE_BREAK':
      return employee ? addDays(employee.breakDay, day.days) : undefined;
    case 'EMPLOYEE_LAST_MONTH_END':
      return employee ? gapLimit(employee.lastMonthEnd, day.months) : undefined;
  }
}

function latestOf(
  days: readonly PackDay[],
  history: PersonHistory,
  employee: EndedEmployeeCover | undefined,
): PlainDate | undefined {
  let last: PlainDate | undefined;
  for (const day of days) {
    const resolved = resolveDay(day, history, employee);
    if (resolved !== undefined && (last === undefined || resolved > last)) last = resolved;
  }
  return last;
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
function membershipOf(
  conditions: readonly Condition[],
  history: PersonHistory,
  paid: PlainDate,
  listings: readonly Listing[],
  employee: EndedEmployeeCover | undefined,
): readonly Claim[] | undefined {
  let found: readonly Claim[] = NONE;
  for (let index = 0; index < conditions.length; index += 1) {
    const claims = conditions[index]!(history, paid, listings, employee);
    if (!claims) return undefined;
    found = joined(found, claims);
  }
  return found;
}

/** Most packs have no rule for those who leave employment, and what would answer it takes a walk through all enrolments. */
const asksAfterEmployment = oncePer(({ groups }: PolicyPack) =>
  groups.some(
    ({ when, rows, birthYear }) =>
      when.leftEmployeeInsurance !== undefined ||
      isCountedFromEmployment(birthYear?.within) ||
      rows.some(({ start, until }) => start === 'EMPLOYEE_BREAK' || isCountedFromEmployment(until)),
  ),
);

function isCountedFromEmployment(day: PackDay | null | undefined): boolean {
  if (day === null || day === undefined || typeof day === 'string') return false;
  return 'latestOf' in day ? day.latestOf.some(isCountedFromEmployment) : day.from !== 'BIRTH';
}

const groupsOf = oncePer((pack: PolicyPack) =>
  pack.groups.map((group) => ({ group, conditions: conditionsOf(group.when, pack) })),
);

function conditionsOf(when: GroupCondition, pack: PolicyPack): readonly Condition[] {
  const { newStudentOf, lifeEvent, leftEmployeeInsurance, newlyListedAfter, listedBy, uninsuredInYear } = when;
  const stated: (Condition | false | undefined)[] = [
    (when.bornFrom !== undefined || when.bornTo !== undefined) && ((history) => birth(history, when)),
    newStudentOf && ((history) => newStudent(newStudentOf, history)),
    lifeEvent && ((history, paid) => lifeEventOf(lifeEvent, history, paid)),
    leftEmployeeInsurance && ((_history, _paid, _listings, employee) => leftEmployee(leftEmployeeInsurance, employee)),
    when.migrantWorker && migrant,
    newlyListedAfter && ((_, paid, listings) => newlyListed(pack, newlyListedAfter, listings, paid)),
    listedBy !== undefined && ((_, paid, listings) => listedOn(pack, listedBy, listings, paid)),
    uninsuredInYear !== undefined && ((history) => (insuredInYear(history, uninsuredInYear) ? undefined : NONE)),
  ];
  return stated.filter((condition) => typeof condition === 'function');
}

const birth = (history: PersonHistory, { bornFrom, bornTo }: GroupCondition): readonly Claim[] | undefined =>
  bornWithin(history, bornFrom, bornTo) ? history.birth?.claims : undefined;

function newStudent(
  when: NonNullable<GroupCondition['newStudentOf']>,
  history: PersonHistory,
): readonly Claim[] | undefined {
  if (history.students.length === 0) return undefined;
  const entered = history.students.filter(
    (claim) =>
      when.stages.includes(claim.attributes.stage) &&
      claim.validFrom !== null &&
      contains({ from: when.from, to: when.to }, claim.validFrom) &&
      claim.attributes.newStudent !== false,
  );
  return entered.length > 0 ? entered : undefined;
}

function lifeEventOf(
  when: NonNullable<GroupCondition['lifeEvent']>,
  history: PersonHistory,
  paid: PlainDate,
): readonly Claim[] | undefined {
  if (history.lifeEvents.length === 0) return undefined;
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
  if (history.migrantWork.length === 0) return undefined;
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
  if (listings.length === 0) return undefined;
  let found: readonly Claim[] = NONE;
  for (const listing of tieredOn(pack, listings, paid)) {
    if (listing.listed.from <= when.day || when.categories?.includes(listing.category) === false) continue;
    found = joined(found, listing.claims);
  }
  return found.length > 0 ? found : undefined;
}

function listedOn(
  pack: PolicyPack,
  day: PlainDate,
  listings: readonly Listing[],
  paid: PlainDate,
): readonly Claim[] | undefined {
  if (listings.length === 0) return undefined;
  let found: readonly Claim[] = NONE;
  for (const listing of tieredOn(pack, listings, paid)) {
    if (listing.listed.from <= day) found = joined(found, listing.claims);
  }
  return found.length > 0 ? found : undefined;
}

function tieredOn(pack: PolicyPack, listings: readonly Listing[], day: PlainDate): readonly Listing[] {
  let found: readonly Listing[] = NONE;
  for (const listing of listings) {
    if (!contains(listing.effective, day)) continue;
    if ((tierOf(pack, listing, day)?.row.subsidy ?? 0) > 0) found = withLast(found, listing);
  }
  return found;
}

/** Did employee cover, the only cover of the year before, end more than `months` before the payment? */
export function employeeGapPassed(history: PersonHistory, year: number, months: number, paid: PlainDate): boolean {
  const { enrolments } = history;
  let last: PlainDate | undefined;
  for (let index = 0; index < enrolments.length; index += 1) {
    const claim = enrolments[index]!;
    if (!runsInYear(claim, year)) continue;
    if (claim.attributes.scheme === 'RESIDENT' || claim.validTo === null) return false;
    if (last === undefined || claim.validTo > last) last = claim.validTo;
  }
  if (last === undefined || last >= calendarYear(year).to || paidForYear(history, year)) return false;
  return paid > endOfMonth(addMonths(last, months));
}
