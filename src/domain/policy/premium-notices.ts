import type { ClaimOf } from '../claims/claim.ts';
import type { Fen } from '../intake/fen.ts';
import type { Refund } from './decision.ts';
import type { DeathStatus } from '../person/person-record.ts';
import { dayOfMonth } from '../time/plain-date.ts';
import type { PaymentDays, StartMatch } from './payer-groups.ts';
import type { PolicyPack } from './policy-pack.ts';
import type { Trail } from './trail.ts';

/** What a clerk may be shown about a premium. */
export interface PremiumCase {
  readonly pack: PolicyPack;
  readonly start: StartMatch;
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly paid: Fen;
  readonly death: DeathStatus;
  readonly days: PaymentDays | null;
  readonly nothingDue: boolean;
  readonly trail: Trail;
}

/**
 * Raises what is odd about a premium: its day, its amount, its order beside a death. Only an underpayment needs a person.
 *
 * @param payable what was due once every clause that could change it was asked
 * @param refund what is given back, or may be
 */
export function premiumNotices(it: PremiumCase, payable: Fen, refund: Refund | null): void {
  const { pack, trail, payments } = it;
  for (let index = 0; index < payments.length; index += 1) paymentDayNotices(it, payments[index]!);
  if (it.start.row.price === 'LATE') trail.show('FISCAL_STANDARD_ASSUMED', it.start.row.rule);
  if (payments.length > 0 && it.paid < payable) trail.leave('UNDERPAID', pack.premium.rule);
  if (payments.length > 0 && it.paid - atStake(refund) > payable) {
    trail.show('PAID_MORE_THAN_DUE', pack.premium.rule);
  }
  if (payments.length === 0 && !it.nothingDue) unpaidNotices(it);
  const registration = it.start.group.measure === 'REGISTERED' || it.start.group.measure === 'REGISTERED_AND_PAID';
  if (registration && (it.days?.registered ?? null) === null) trail.show('REGISTRATION_NOT_SEEN', it.start.row.rule);
}

// What is given back of this year's premium, or may be, needs no second word; a refund of the year before is another premium.
const atStake = (refund: Refund | null): Fen =>
  refund === null || refund.cause === 'NEWBORN_PAID_BOTH_YEARS' ? 0 : refund.amount;

function paymentDayNotices(it: PremiumCase, payment: ClaimOf<'payments'>): void {
  const { pack, trail, death } = it;
  const { paidOn, creditedOn } = payment.attributes;
  const { from, to, openDays, rule } = pack.window;
  if (openDays && (openDays.applies === 'ALWAYS' || (paidOn >= (from ?? paidOn) && paidOn <= to))) {
    const day = dayOfMonth(paidOn);
    if (day < openDays.first || day > openDays.last) trail.show('PAID_OUTSIDE_OPEN_DAYS', openDays.rule);
  }
  if (from !== null && paidOn < from) trail.show('PAID_BEFORE_WINDOW', rule);
  if (creditedOn === undefined && it.start.row.start === 'CREDITED_DAY') {
    trail.show('CREDITED_DAY_ASSUMED', it.start.row.rule);
  }
  if (death.reports.some(({ diedOn }) => diedOn < paidOn)) trail.show('PAID_AFTER_DEATH', pack.deathStops.rule);
}

// Nothing has happened yet that a person would have to settle: what paying now would leave open is only shown.
function unpaidNotices(it: PremiumCase): void {
  const { row } = it.start;
  if (row.review?.includes('LATE_PRICE_NOT_STATED')) it.trail.show('PRICE_AFTER_WINDOW_NOT_STATED', row.rule);
}
