import { sourceOf, type ClaimOf } from '../claims/claim.ts';
import { formatYuan, type Fen } from '../intake/fen.ts';
import { deathStatus, type DeathRule } from '../person/death-status.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import type { DeathStatus } from '../person/person-record.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { coverFor } from './cover.ts';
import type { BenefitDecision, Candidate, Refund } from './decision.ts';
import { identityMatters, targetGroupsOf } from './identities.ts';
import { listingsOf, tiersOn, type Listing, type TierMatch } from './listings.ts';
import { startFor, type PaymentDays, type StartMatch } from './payer-groups.ts';
import { historyOf, type PersonHistory } from './person-history.ts';
import type { PayerGroup, PolicyPack } from './policy-pack.ts';
import { premiumNotices } from './premium-notices.ts';
import { refundOfEarlierYear, refundOnApplication, repriced } from './refund.ts';
import { Trail } from './trail.ts';

/** A day of a plan year, and how much was known: what a decision is asked for. */
export interface DecisionQuestion {
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  /** Whose word confirms a death where the pack does not say. */
  readonly deathRule: DeathRule;
}

/** What the premium comes to on the day that settles its tier. */
interface Quote {
  readonly start: StartMatch;
  readonly tiers: readonly TierMatch[];
  /** The tier that sets the price; `null` for an ordinary price. */
  readonly tier: TierMatch | null;
  readonly subsidy: Fen;
  readonly payable: Fen;
}

/** Whether and when the premium counts as paid. */
interface Settlement {
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly paid: Fen;
  /** The days that the start tables measure; `null` while nothing is paid. */
  readonly days: PaymentDays | null;
  /** Nothing was due, and that counts as paid (QX22-7.4). */
  readonly nothingDue: boolean;
  readonly quote: Quote;
}

/**
 * Says what a pack decides for one person: which identity counts, what is paid and by whom, from when to when they are covered,
 * what is refunded, and why. Pure: the same pack, facts and question give the same decision. Where the text does not decide, the
 * matter is among `review` and any value beside it is only the recommended reading.
 *
 * @param facts the person's claims that stood at `question.knownAt`
 */
export function decide(pack: PolicyPack, facts: PersonFacts, question: DecisionQuestion): BenefitDecision {
  const trail = new Trail();
  const history = historyOf(facts, question.asOf);
  const listings = listingsOf(history, pack.standing);
  const death = deathStatus(history.deaths, pack.deaths ?? question.deathRule);

  const settled = settle(pack, history, listings, trail);
  const priced = price(pack, settled, listings, trail);
  const { quote } = settled;
  const circumstances = {
    pack,
    history,
    death,
    trail,
    start: quote.start,
    payments: settled.payments,
    paid: settled.paid,
    payable: priced.payable,
  };
  const refund = refundOfEarlierYear(circumstances) ?? refundOnApplication(circumstances) ?? priced.refund;

  explainTier(pack, quote, priced.tier, trail);
  identityMatters(pack, history, listings, settled.days?.paid ?? question.asOf, priced.tier, trail);
  const cover = coverFor({ ...circumstances, days: settled.days, relationEnded: endsRelation(refund) });
  premiumNotices({ ...circumstances, days: settled.days, nothingDue: settled.nothingDue, late: isLate(quote) });

  return {
    outcome: trail.review.length > 0 ? 'REVIEW' : 'DECIDED',
    pack: pack.id,
    asOf: question.asOf,
    knownAt: question.knownAt,
    category: priced.subsidy > 0 ? (priced.tier?.row.category ?? null) : null,
    subsidy: priced.subsidy,
    fundedBy: priced.subsidy > 0 ? (priced.tier?.row.fundedBy ?? null) : null,
    payable: priced.payable,
    paid: settled.paid,
    candidates: candidatesOf(pack, listings, history, quote, priced.tier),
    periods: cover.periods,
    waiting: cover.waiting,
    refund,
    assisted: !died(death) && tiersOn(pack, listings, question.asOf).some((match) => match.row.subsidy > 0),
    targetGroups: targetGroupsOf(pack, history, listings),
    review: trail.review,
    notices: trail.notices,
    steps: trail.steps,
  };
}

const died = (death: DeathStatus): boolean => death.status === 'CONFIRMED';

const isLate = (quote: Quote): boolean => quote.start.row.price === 'LATE';

// A refund of the whole premium goes with the end of the relation it paid for; a doubled payment leaves the first one standing.
const endsRelation = (refund: Refund | null): boolean =>
  refund?.decision === 'ALLOWED' &&
  refund.cause !== null &&
  refund.cause !== 'DUPLICATE_PAYMENT' &&
  refund.cause !== 'NEWBORN_PAID_BOTH_YEARS';

function settle(pack: PolicyPack, history: PersonHistory, listings: readonly Listing[], trail: Trail): Settlement {
  const payments = paymentsFor(pack, history, trail);
  const registered =
    history.registrations.find((claim) => claim.attributes.policyYear === pack.policyYear)?.attributes.registeredOn ??
    null;
  const first = payments[0];
  if (first) {
    const { paidOn, creditedOn } = first.attributes;
    const days = { paid: paidOn, credited: creditedOn ?? paidOn, registered };
    const paid = payments.reduce((sum, claim) => sum + claim.attributes.amount, 0);
    return { payments, paid, days, nothingDue: false, quote: quoteOn(pack, history, listings, days) };
  }

  const today = { paid: history.asOf, credited: history.asOf, registered };
  const quote = quoteOn(pack, history, listings, today);
  const free = nothingDueFrom(pack, history, listings, quote, registered);
  return { payments, paid: 0, days: free?.days ?? null, nothingDue: free !== undefined, quote: free?.quote ?? quote };
}

// GY26-2.5.4e: a payment made for the year of birth counts for this year where none was made for it.
function paymentsFor(pack: PolicyPack, history: PersonHistory, trail: Trail): ClaimOf<'payments'>[] {
  const ofYear = (year: number): ClaimOf<'payments'>[] =>
    history.payments.filter((claim) => claim.attributes.policyYear === year);
  const own = ofYear(pack.policyYear);
  if (own.length > 0) return own;
  const group = pack.groups.find((one) => one.movesPaymentFrom && bornInto(one, history));
  if (!group?.movesPaymentFrom) return own;
  const moved = ofYear(group.movesPaymentFrom.year);
  if (moved.length === 0) return own;
  const { rule, year } = group.movesPaymentFrom;
  trail.show('MOVE_PAYMENT_YEAR', rule);
  trail.step(
    rule,
    { zh: `${year}年度缴费改为本年度`, en: `the payment for ${year} is moved to this plan year` },
    { from: year, to: pack.policyYear },
    moved,
  );
  return moved;
}

const bornInto = (group: PayerGroup, history: PersonHistory): boolean =>
  history.birth !== null &&
  history.birth.day >= (group.when.bornFrom ?? '') &&
  history.birth.day <= (group.when.bornTo ?? '9999-12-31');

function quoteOn(pack: PolicyPack, history: PersonHistory, listings: readonly Listing[], days: PaymentDays): Quote {
  const start = startFor(pack, history, listings, days);
  const tiers = tiersOn(pack, listings, days.paid);
  const { standard, fiscal } = pack.premium;
  if (start.row.price === 'FREE') return { start, tiers, tier: null, subsidy: 0, payable: 0 };
  if (start.row.price === 'LATE') return { start, tiers, tier: null, subsidy: 0, payable: standard + fiscal };
  const tier = start.row.tier === 'NONE' ? null : (tiers[0] ?? null);
  return { start, tiers, tier, subsidy: tier?.row.subsidy ?? 0, payable: tier?.row.payable ?? standard };
}

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

interface Priced {
  readonly tier: TierMatch | null;
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly refund: Refund | null;
}

// Once paid, the tier that held on the payment day stays unless a clause re-prices it.
function price(pack: PolicyPack, settled: Settlement, listings: readonly Listing[], trail: Trail): Priced {
  const { quote, payments, paid } = settled;
  const asQuoted: Priced = { tier: quote.tier, subsidy: quote.subsidy, payable: quote.payable, refund: null };
  const first = payments[0];
  if (!first) return asQuoted;
  const paidOn = first.attributes.paidOn;
  const later = listings
    .filter((listing) => listing.effective.from > paidOn)
    .flatMap((listing) => tiersOn(pack, [listing], listing.effective.from))
    .filter((match) => match.row.subsidy > quote.subsidy);
  const held = quote.tier && quote.tier.row.subsidy > 0 && paid > quote.payable ? [quote.tier] : [];
  const change = repriced(pack, [...held, ...later], paid, paidOn, trail);
  if (!change) return asQuoted;
  if (!change.tier) return { ...(chargedLine(pack, quote.tier, paid) ?? asQuoted), refund: change.refund };
  return {
    tier: change.tier,
    subsidy: change.tier.row.subsidy,
    payable: change.tier.row.payable,
    refund: change.refund,
  };
}

// A correction that comes too late for this premium leaves the line that was charged: another line of the same identity.
function chargedLine(pack: PolicyPack, held: TierMatch | null, paid: Fen): Omit<Priced, 'refund'> | undefined {
  const row = pack.tiers.find((line) => line.category === held?.row.category && line.payable === paid);
  if (!held || !row || row === held.row) return undefined;
  return { tier: { ...held, row, open: [] }, subsidy: row.subsidy, payable: row.payable };
}

function explainTier(pack: PolicyPack, quote: Quote, tier: TierMatch | null, trail: Trail): void {
  if (!tier) {
    trail.step(
      pack.premium.rule,
      { zh: '按普通居民标准缴费', en: 'the ordinary premium applies' },
      { payable: formatYuan(quote.payable), price: quote.start.row.price ?? 'STANDARD' },
      [],
    );
    return;
  }
  const { row, listing } = tier;
  trail.step(
    row.rule,
    { zh: '确定资助档次', en: 'the tier is settled' },
    {
      category: row.category,
      recognisedOn: listing.listed.from,
      listReceivedOn: listing.toldOn,
      subsidy: formatYuan(row.subsidy),
      payable: formatYuan(row.payable),
    },
    listing.claims,
  );
  if (quote.tiers.length > 1) {
    trail.step(
      pack.highestOnce.rule,
      { zh: '多重身份只享受一次，就高不就低', en: 'of several identities the highest tier counts, once' },
      { identities: quote.tiers.map((match) => match.row.category).join(', ') },
      quote.tiers.flatMap((match) => match.listing.claims),
    );
  }
}

function candidatesOf(
  pack: PolicyPack,
  listings: readonly Listing[],
  history: PersonHistory,
  quote: Quote,
  winner: TierMatch | null,
): Candidate[] {
  const seen = new Map<Listing, TierMatch>();
  for (const match of [...(winner ? [winner] : []), ...quote.tiers, ...tiersOn(pack, listings, history.asOf)]) {
    if (!seen.has(match.listing)) seen.set(match.listing, match);
  }
  return [...seen.values()].map((match) => ({
    category: match.row.category,
    subsidy: match.row.subsidy,
    payable: match.row.payable,
    fundedBy: match.row.fundedBy,
    rule: match.row.rule,
    standing: standingOf(match, winner),
    claims: match.listing.claims.map(sourceOf),
  }));
}

function standingOf(match: TierMatch, winner: TierMatch | null): Candidate['standing'] {
  if (winner && match.listing === winner.listing) return 'WON';
  if (!winner || match.row.subsidy > winner.row.subsidy) return 'TOO_LATE';
  return match.row.subsidy === winner.row.subsidy ? 'LOST_TO_EQUAL' : 'LOST_TO_HIGHER';
}
