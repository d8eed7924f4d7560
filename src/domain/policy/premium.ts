import type { ClaimOf } from '../claims/claim.ts';
import type { Fen } from '../intake/fen.ts';
import type { DeathStatus } from '../person/person-record.ts';
import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { Refund } from './decision.ts';
import { tierOf, tiersOn, type Listing, type TierMatch } from './listings.ts';
import { NONE, withLast } from './none.ts';
import { startFor, type PaymentDays, type StartMatch } from './payer-groups.ts';
import { bornWithin, type PersonHistory } from './person-history.ts';
import type { PayerGroup, PolicyPack } from './policy-pack.ts';
import { repriced } from './refund.ts';
import type { Trail } from './trail.ts';

/** What a premium comes to. */
export interface Priced {
  /** The tier that sets the price; `null` for an ordinary price. */
  readonly tier: TierMatch | null;
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly refund: Refund | null;
}

/** What the premium comes to on the day that settles its tier. */
export interface Quote extends Priced {
  readonly start: StartMatch;
  readonly tiers: readonly TierMatch[];
  readonly refund: null;
}

/** Whether and when the premium counts as paid, and of whom and by what it is asked: what the other clauses are asked of. */
export interface Settlement {
  readonly pack: PolicyPack;
  readonly history: PersonHistory;
  readonly death: DeathStatus;
  readonly trail: Trail;
  readonly start: StartMatch;
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly paid: Fen;
  /** The days that the start tables measure; `null` while nothing is paid. */
  readonly days: PaymentDays | null;
  /** Nothing was due, and that counts as paid (QX22-7.4). */
  readonly nothingDue: boolean;
  readonly quote: Quote;
}

/** Finds what was paid for the plan year, or from when nothing was due, and what the premium came to on that day. */
export function settle(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  death: DeathStatus,
  trail: Trail,
): Settlement {
  const payments = paymentsFor(pack, history, trail);
  const registered = registeredFor(pack.policyYear, history);
  if (payments.length > 0) {
    const { paidOn, creditedOn } = payments[0]!.attributes;
    const days = { paid: paidOn, credited: creditedOn ?? paidOn, registered };
    const quote = quoteOn(pack, history, listings, days);
    const { start } = quote;
    return { pack, history, death, trail, start, payments, paid: sumOf(payments), days, nothingDue: false, quote };
  }

  const today = { paid: history.asOf, credited: history.asOf, registered };
  const quoted = quoteOn(pack, history, listings, today);
  const free = nothingDueFrom(pack, history, listings, quoted, registered);
  const [days, quote, nothingDue] = free ? [free.days, free.quote, true] : [null, quoted, false];
  return { pack, history, death, trail, start: quote.start, payments, paid: 0, days, nothingDue, quote };
}

function registeredFor(year: number, { registrations }: PersonHistory): PlainDate | null {
  for (let index = 0; index < registrations.length; index += 1) {
    const { policyYear, registeredOn } = registrations[index]!.attributes;
    if (policyYear === year) return registeredOn;
  }
  return null;
}

function sumOf(payments: readonly ClaimOf<'payments'>[]): Fen {
  let sum = 0;
  for (let index = 0; index < payments.length; index += 1) sum += payments[index]!.attributes.amount;
  return sum;
}

// GY26-2.5.4e: a payment made for the year of birth counts for this year where none was made for it.
function paymentsFor(pack: PolicyPack, history: PersonHistory, trail: Trail): readonly ClaimOf<'payments'>[] {
  const own = paidForYear(history, pack.policyYear);
  return own.length > 0 || history.payments.length === 0 ? own : movedPayments(pack, history, trail);
}

function movedPayments(pack: PolicyPack, history: PersonHistory, trail: Trail): readonly ClaimOf<'payments'>[] {
  const group = pack.groups.find((one) => one.movesPaymentFrom && bornInto(one, history));
  if (!group?.movesPaymentFrom) return NONE;
  const moved = paidForYear(history, group.movesPaymentFrom.year);
  if (moved.length === 0) return NONE;
  const { rule, year } = group.movesPaymentFrom;
  trail.show('MOVE_PAYMENT_YEAR', rule);
  trail.step(rule, 'PAYMENT_MOVED', { from: year, to: pack.policyYear }, moved);
  return moved;
}

function paidForYear({ payments }: PersonHistory, year: number): readonly ClaimOf<'payments'>[] {
  let found: readonly ClaimOf<'payments'>[] = NONE;
  for (let index = 0; index < payments.length; index += 1) {
    const claim = payments[index]!;
    if (claim.attributes.policyYear === year) found = withLast(found, claim);
  }
  return found;
}

const bornInto = ({ when }: PayerGroup, history: PersonHistory): boolean =>
  bornWithin(history, when.bornFrom, when.bornTo);

function quoteOn(pack: PolicyPack, history: PersonHistory, listings: readonly Listing[], days: PaymentDays): Quote {
  const start = startFor(pack, history, listings, days);
  const tiers = tiersOn(pack, listings, days.paid);
  const { standard, fiscal } = pack.premium;
  if (start.row.price === 'FREE') return quoteWithoutTier(0, start, tiers);
  if (start.row.price === 'LATE') return quoteWithoutTier(standard + fiscal, start, tiers);
  if (tiers.length === 0 || start.row.tier === 'NONE') return quoteWithoutTier(standard, start, tiers);
  const tier = tiers[0]!;
  return { tier, subsidy: tier.row.subsidy, payable: tier.row.payable, refund: null, start, tiers };
}

const quoteWithoutTier = (payable: Fen, start: StartMatch, tiers: readonly TierMatch[]): Quote => ({
  tier: null,
  subsidy: 0,
  payable,
  refund: null,
  start,
  tiers,
});

// Where a full subsidy leaves nothing to pay, the person counts as having paid from the day the identity took effect.
function nothingDueFrom(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  today: Quote,
  registered: PlainDate | null,
): { readonly days: PaymentDays; readonly quote: Quote } | undefined {
  if (today.start.row.price === 'FREE') {
    if (registered === null) return undefined;
    return { days: { paid: registered, credited: registered, registered }, quote: today };
  }
  if (listings.length === 0) return undefined;
  for (const match of tiersOn(pack, listings, history.asOf)) {
    if (match.row.payable > 0) continue;
    const effective = match.listing.effective.from;
    const day = pack.window.from !== null && effective < pack.window.from ? pack.window.from : effective;
    if (day > history.asOf) continue;
    const days = { paid: day, credited: day, registered };
    const quote = quoteOn(pack, history, listings, days);
    if (quote.payable === 0) return { days, quote };
  }
  return undefined;
}

/** Prices the premium: once paid, the tier that held on the payment day stays unless a clause re-prices it. */
export function price(pack: PolicyPack, settled: Settlement, listings: readonly Listing[], trail: Trail): Priced {
  const { quote, payments, paid } = settled;
  if (payments.length === 0 || listings.length === 0) return quote;
  const { paidOn } = payments[0]!.attributes;
  const change = repriced(pack, cheaperThan(quote, pack, listings, paid, paidOn), paid, paidOn, trail);
  if (!change) return quote;
  if (!change.tier) return { ...(chargedLine(pack, quote.tier, paid) ?? quote), refund: change.refund };
  return {
    tier: change.tier,
    subsidy: change.tier.row.subsidy,
    payable: change.tier.row.payable,
    refund: change.refund,
  };
}

/** The tiers that make the premium cheaper than what was paid: the one that held, and better ones that took effect later. */
function cheaperThan(
  quote: Quote,
  pack: PolicyPack,
  listings: readonly Listing[],
  paid: Fen,
  paidOn: PlainDate,
): readonly TierMatch[] {
  let found: readonly TierMatch[] = NONE;
  if (quote.tier && quote.tier.row.subsidy > 0 && paid > quote.payable) found = withLast(found, quote.tier);
  for (const listing of listings) {
    const { from } = listing.effective;
    if (from <= paidOn || !contains(listing.effective, from)) continue;
    const match = tierOf(pack, listing, from);
    if (match && match.row.subsidy > quote.subsidy) found = withLast(found, match);
  }
  return found;
}

// A correction that comes too late for this premium leaves the line that was charged: another line of the same identity.
function chargedLine(pack: PolicyPack, held: TierMatch | null, paid: Fen): Omit<Priced, 'refund'> | undefined {
  const row = pack.tiers.find((line) => line.category === held?.row.category && line.payable === paid);
  if (!held || !row || row === held.row) return undefined;
  return { tier: { ...held, row, open: [] }, subsidy: row.subsidy, payable: row.payable };
}
