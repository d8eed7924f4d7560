import type { Agency, ResidentRegistration } from '../intake/words.ts';
import { continuesInto, type Period } from '../time/period.ts';
import { addDays, type PlainDate } from '../time/plain-date.ts';
import { compareText } from './survivorship.ts';

/** A registration in a household as it was told of a subject, and what was known of it at the instant asked about. */
export interface ToldResidence {
  readonly claim: string;
  readonly subjectKey: string;
  readonly agency: Agency;
  readonly name: string;
  readonly householdNumber: string;
  readonly registration: ResidentRegistration;
  readonly validFrom: PlainDate | null;
  readonly validTo: PlainDate | null;
  readonly toldAt: Date;
  readonly submission: string;
  readonly stands: boolean;
  /** The push that ended it, where it stands no more. */
  readonly endedBy: string | null;
}

/** A span of days in which somebody is registered in a household, both days inclusive. */
export interface HouseholdStay {
  /** `null` where no first day is known. */
  readonly from: PlainDate | null;
  /** `null` while it goes on. */
  readonly to: PlainDate | null;
  readonly registration: ResidentRegistration;
}

/**
 * When one person was in a household. A registration holds for the days it names. One that a later push replaced by another that
 * begins after it ended on the day before: that is how an office tells of a move. Replaced by one that begins no later it was
 * corrected, and taken back with its push it was never true. Death ends every stay.
 *
 * @param told every registration told of the person's subjects by the instant, in any household
 * @param diedOn the day of a confirmed death
 */
export function staysIn(
  householdNumber: string,
  told: readonly ToldResidence[],
  diedOn: PlainDate | null,
): HouseholdStay[] {
  const stays = told
    .filter((one) => one.householdNumber === householdNumber)
    .flatMap((one) => heldAs(one, told))
    .flatMap((stay) => endedByDeath(stay, diedOn));
  return joined(stays);
}

/** The days for which a registration counts; none where it was corrected or taken back. */
function heldAs(one: ToldResidence, told: readonly ToldResidence[]): HouseholdStay[] {
  const { validFrom: from, validTo: to, registration } = one;
  if (one.stands) return [{ from, to, registration }];
  const next = told.find((other) => hasReplaced(other, one));
  const movedOn = next && heldAs(next, told)[0]?.from;
  if (!movedOn || (from !== null && movedOn <= from)) return [];
  const lastDay = addDays(movedOn, -1);
  return [{ from, to: to !== null && to < lastDay ? to : lastDay, registration }];
}

const hasReplaced = (next: ToldResidence, one: ToldResidence): boolean =>
  next.submission === one.endedBy &&
  next.claim !== one.claim &&
  next.subjectKey === one.subjectKey &&
  next.agency === one.agency &&
  next.toldAt > one.toldAt;

function endedByDeath(stay: HouseholdStay, diedOn: PlainDate | null): HouseholdStay[] {
  if (diedOn === null || (stay.to !== null && stay.to <= diedOn)) return [stay];
  return stay.from !== null && stay.from > diedOn ? [] : [{ ...stay, to: diedOn }];
}

/** Stays of one kind that touch or overlap are one, whoever tells of each. */
function joined(stays: readonly HouseholdStay[]): HouseholdStay[] {
  const whole: HouseholdStay[] = [];
  for (const stay of [...stays].sort(inOrder)) {
    const before = whole.at(-1);
    if (before && before.registration === stay.registration && continuesInto(daysOf(before), daysOf(stay))) {
      whole[whole.length - 1] = { ...before, to: later(before.to, stay.to) };
    } else whole.push(stay);
  }
  return whole;
}

const EVER = '0001-01-01';
const daysOf = ({ from, to }: HouseholdStay): Period => ({ from: from ?? EVER, to });

const later = (a: PlainDate | null, b: PlainDate | null): PlainDate | null =>
  a === null || b === null ? null : a > b ? a : b;

const inOrder = (a: HouseholdStay, b: HouseholdStay): number =>
  compareText(a.registration, b.registration) || compareText(a.from ?? EVER, b.from ?? EVER);

/** Does a stay include the day? */
export const isThere = ({ from, to }: HouseholdStay, day: PlainDate): boolean =>
  (from === null || from <= day) && (to === null || day <= to);
