import type { Claim, ClaimOf } from '../claims/claim.ts';
import type { Fen } from '../intake/fen.ts';
import type { DeathStatus } from '../person/person-record.ts';
import { overlap } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { Refund, ReviewCode } from './decision.ts';
import { samePlace } from './employee-cover.ts';
import type { TierMatch } from './listings.ts';
import type { StartMatch } from './payer-groups.ts';
import type { PersonHistory } from './person-history.ts';
import type { PayerGroup, PolicyPack, RepricingRow } from './policy-pack.ts';
import type { Trail } from './trail.ts';

/** What a refund is judged by: the premium paid, the cover it bought and the causes that lists bear out. */
export interface RefundCase {
  readonly pack: PolicyPack;
  readonly history: PersonHistory;
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly paid: Fen;
  readonly start: StartMatch;
  readonly death: DeathStatus;
  readonly trail: Trail;
}

interface Cause {
  readonly day: PlainDate;
  /** What would be given back. */
  readonly amount: Fen;
  readonly claims: readonly Claim[];
}

/**
 * Judges the newest application for a refund of this pack's year; `null` where none was made, or nothing was paid.
 *
 * @param payable what was due once every clause that could change it was asked
 */
export function refundOnApplication(it: RefundCase, payable: Fen): Refund | null {
  if (it.history.refundApplications.length === 0 || it.paid === 0) return null;
  const application = it.history.refundApplications.findLast(
    (claim) => claim.attributes.policyYear === it.pack.policyYear,
  );
  return application ? judged(it, payable, application) : null;
}

function judged(it: RefundCase, payable: Fen, application: ClaimOf<'refund-applications'>): Refund {
  const { cause, appliedOn } = application.attributes;
  const rule = it.pack.refund?.rule ?? it.pack.silence.refund;
  const settle = (decision: Refund['decision'], amount: Fen, by: string, claims: readonly Claim[]): Refund => {
    it.trail.step(
      by,
      REFUND_CODE[decision],
      { cause, appliedOn, benefitStarts: it.start.day ?? undefined, paid: it.paid, amount },
      [application, ...claims],
    );
    return { decision, amount, cause, rule: by };
  };
  const leave = (code: ReviewCode, amount: Fen, claims: readonly Claim[] = []): Refund => {
    it.trail.leave(code, rule);
    return settle('REVIEW', amount, rule, claims);
  };

  const evidence = evidenceOf(it, payable, cause);
  if (!it.pack.refund) {
    return leave('REFUND_NOT_STATED', 'open' in evidence ? it.paid : evidence.amount, evidence.claims);
  }
  if ('open' in evidence) return leave(evidence.open, it.paid, evidence.claims);
  const begun = (day: PlainDate): boolean =>
    it.start.day !== null && it.start.day <= it.pack.period.to && day >= it.start.day;
  if (begun(evidence.day)) return settle('REFUSED', 0, it.pack.refund.afterStart.rule, evidence.claims);
  if (!it.pack.refund.causes.includes(cause)) {
    return leave(
      cause === 'DEATH' ? 'DEATH_NOT_NAMED_AS_REFUND_CAUSE' : 'REFUND_CAUSE_NOT_NAMED',
      evidence.amount,
      evidence.claims,
    );
  }
  if (it.pack.refund.paidInWindow && !paidInWindow(it)) {
    return leave('REFUND_PAID_OUTSIDE_WINDOW', evidence.amount, evidence.claims);
  }
  if (begun(appliedOn)) return leave('REFUND_APPLIED_AFTER_START', evidence.amount, evidence.claims);
  return settle('ALLOWED', evidence.amount, rule, evidence.claims);
}

const REFUND_CODE = { ALLOWED: 'REFUND_ALLOWED', REFUSED: 'REFUND_REFUSED', REVIEW: 'REFUND_REVIEW' } as const;

function paidInWindow(it: RefundCase): boolean {
  const { from, to } = it.pack.window;
  return it.payments.every(({ attributes: { paidOn } }) => paidOn >= (from ?? paidOn) && paidOn <= to);
}

// A cause counts only where a list other than the application bears it out.
function evidenceOf(
  it: RefundCase,
  payable: Fen,
  cause: NonNullable<Refund['cause']>,
): Cause | { readonly open: ReviewCode; readonly claims: readonly Claim[] } {
  const open = (code: ReviewCode = 'REFUND_CAUSE_NOT_EVIDENCED', claims: readonly Claim[] = []) => ({
    open: code,
    claims,
  });
  const whole = (day: PlainDate | null | undefined, claims: readonly Claim[]) =>
    day === null || day === undefined ? open() : { day, amount: it.paid, claims };
  switch (cause) {
    case 'DEATH':
      if (it.death.status === 'CONFIRMED') return whole(it.death.diedOn, it.history.deaths);
      if (it.death.status === 'CONFLICTING') return open('DEATH_DATE_CONFLICT', it.history.deaths);
      return it.death.status === 'REPORTED' ? open('DEATH_UNCONFIRMED', it.history.deaths) : open();
    case 'MILITARY_SERVICE':
    case 'IMPRISONMENT': {
      const kind = cause === 'IMPRISONMENT' ? 'IMPRISONED' : 'ENLISTED';
      const event = it.history.lifeEvents.findLast((claim) => claim.attributes.kind === kind);
      return whole(event?.attributes.happenedOn, event ? [event] : []);
    }
    case 'EMPLOYEE_INSURANCE':
    case 'OTHER_REGION': {
      const other = otherEnrolment(it, cause);
      return whole(other?.validFrom, other ? [other] : []);
    }
    case 'DUPLICATE_PAYMENT': {
      const second = it.payments[1];
      if (!second || it.paid <= payable) return open();
      return { day: second.attributes.paidOn, amount: it.paid - payable, claims: [second] };
    }
    case 'NEWBORN_PAID_BOTH_YEARS':
      return open();
  }
}

function otherEnrolment(
  it: RefundCase,
  cause: 'EMPLOYEE_INSURANCE' | 'OTHER_REGION',
): ClaimOf<'enrolments'> | undefined {
  return it.history.enrolments.findLast(({ attributes, validFrom, validTo }) => {
    const fits =
      cause === 'EMPLOYEE_INSURANCE'
        ? attributes.scheme === 'EMPLOYEE'
        : attributes.scheme === 'RESIDENT' && !samePlace(attributes.region, it.pack.place.regionCode);
    return fits && overlap({ from: validFrom ?? '0001-01-01', to: validTo }, it.pack.period) !== undefined;
  });
}

/** A premium of the year before, paid as well for a newborn whom this year's covers from birth (GY26-2.5.4f). */
export function refundOfEarlierYear(it: RefundCase): Refund | null {
  const clause = it.start.group.refundsEarlierYear;
  return clause ? earlierYear(it, clause) : null;
}

function earlierYear(it: RefundCase, clause: NonNullable<PayerGroup['refundsEarlierYear']>): Refund | null {
  const earlier = it.history.payments.filter((claim) => claim.attributes.policyYear === clause.year);
  if (earlier.length === 0 || it.payments.length === 0 || earlier.some((claim) => it.payments.includes(claim)))
    return null;
  const application = it.history.refundApplications.find((claim) => claim.attributes.cause === clause.cause);
  if (!application) {
    it.trail.show('REFUND_ON_APPLICATION', clause.rule);
    return null;
  }
  const amount = earlier.reduce((sum, claim) => sum + claim.attributes.amount, 0);
  it.trail.step(
    clause.rule,
    'EARLIER_YEAR_REFUNDED',
    { year: clause.year, amount, appliedOn: application.attributes.appliedOn },
    [application, ...earlier],
  );
  return { decision: 'ALLOWED', amount, cause: clause.cause, rule: clause.rule };
}

/** What a tier found beside or after a payment does to its price. */
export interface Repricing {
  /** `null` where the tier changes the price, but nothing was paid beyond it. */
  readonly refund: Refund | null;
  /** The tier that now sets the price; `null` where the price stays. */
  readonly tier: TierMatch | null;
}

// A correction told after the day is a change of identity after it, whenever the listing itself was recognised (GY26-2.3c).
function heldAgainst({ listing, settledOn }: TierMatch, { basis }: RepricingRow): PlainDate {
  if (basis === 'LIST_RECEIVED' || settledOn > listing.toldOn) return settledOn;
  return listing.listed.from;
}

/** A tier with the line of the repricing table that it falls on. */
interface JudgedTier {
  readonly tier: TierMatch;
  readonly line: RepricingRow;
}

function repricingLine({ repricing }: PolicyPack, tier: TierMatch): RepricingRow | undefined {
  for (const row of repricing) if (row.until === null || heldAgainst(tier, row) <= row.until) return row;
  return undefined;
}

const BEST_DECISION = { ALLOWED: 0, REVIEW: 1, REFUSED: 2 } as const;

function isBetter(tier: TierMatch, line: RepricingRow, than: JudgedTier): boolean {
  const order = BEST_DECISION[line.decision] - BEST_DECISION[than.line.decision];
  return order < 0 || (order === 0 && tier.row.subsidy > than.tier.row.subsidy);
}

/** Judges the tiers that would have made the premium cheaper than what was paid; `null` where there is none. */
export function repriced(
  pack: PolicyPack,
  cheaper: readonly TierMatch[],
  paid: Fen,
  paidOn: PlainDate,
  trail: Trail,
): Repricing | null {
  let best: JudgedTier | undefined;
  for (const tier of cheaper) {
    const line = repricingLine(pack, tier);
    if (line && (!best || isBetter(tier, line, best))) best = { tier, line };
  }
  if (!best) return null;

  const { tier, line } = best;
  const difference = Math.max(0, paid - tier.row.payable);
  const amount = line.decision === 'REFUSED' ? 0 : difference;
  if (line.decision !== 'REFUSED' && difference === 0) return { refund: null, tier };
  if (line.decision === 'REVIEW') trail.leave('REFUND_NOT_STATED', line.rule);
  if (line.decision === 'ALLOWED' && line.toldAfter && line.until !== null && tier.listing.toldOn > line.until) {
    trail.leave(line.toldAfter, line.rule);
  }
  trail.step(
    line.rule,
    REFUND_CODE[line.decision],
    {
      category: tier.row.category,
      recognisedOn: tier.listing.listed.from,
      listReceivedOn: tier.listing.toldOn,
      paidOn,
      paid,
      payable: tier.row.payable,
      amount,
    },
    tier.listing.claims,
  );
  return {
    refund: { decision: line.decision, amount, cause: null, rule: line.rule },
    tier: line.decision === 'ALLOWED' ? tier : null,
  };
}
