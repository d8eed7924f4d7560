import type { Fen } from '../intake/fen.ts';
import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { CandidateCodes, StepCodes } from './decision-codes.ts';
import { tierOf, type Listing, type TierMatch } from './listings.ts';
import { NONE, oncePer, withLast } from './none.ts';
import type { PolicyPack, StartRow } from './policy-pack.ts';
import type { Quote } from './premium.ts';
import { idsOf, type Trail } from './trail.ts';

// Most persons pay one of three ordinary premiums; each is told in one step that they share.
const ordinaryPremium = oncePer(({ premium: { standard, fiscal, rule } }: PolicyPack) => {
  const told = (price: NonNullable<StartRow['price']>, payable: Fen): readonly [StepCodes] => [
    { rule, code: 'ORDINARY_PREMIUM', values: { payable, price }, claims: NONE },
  ];
  return { STANDARD: told('STANDARD', standard), LATE: told('LATE', standard + fiscal), FREE: told('FREE', 0) };
});

/** Tells which tier was settled, and that of several identities only the highest counts. */
export function explainTier(pack: PolicyPack, quote: Quote, tier: TierMatch | null, trail: Trail): void {
  if (!tier) {
    trail.constantStep(ordinaryPremium(pack)[quote.start.row.price ?? 'STANDARD']);
    return;
  }
  const { row, listing } = tier;
  trail.step(
    row.rule,
    'TIER_SETTLED',
    {
      category: row.category,
      recognisedOn: listing.listed.from,
      listReceivedOn: listing.toldOn,
      subsidy: row.subsidy,
      payable: row.payable,
    },
    listing.claims,
  );
  if (quote.tiers.length > 1) {
    trail.step(
      pack.highestOnce.rule,
      'HIGHEST_COUNTS_ONCE',
      { identities: quote.tiers.map((match) => match.row.category).join(', ') },
      quote.tiers.flatMap((match) => match.listing.claims),
    );
  }
}

/**
 * Every identity that was weighed, the one used first, each with why it was used or not.
 *
 * @param today tiers in effect on the day asked about
 * @param pending tiers that are listed and count only from a later day
 */
export function candidatesOf(
  quote: Quote,
  winner: TierMatch | null,
  today: readonly TierMatch[],
  pending: readonly TierMatch[],
): readonly CandidateCodes[] {
  if (!winner && quote.tiers.length === 0 && today.length === 0 && pending.length === 0) return NONE;
  let weighed: readonly TierMatch[] = winner ? [winner] : NONE;
  for (const match of quote.tiers) weighed = withIdentity(weighed, match);
  for (const match of today) weighed = withIdentity(weighed, match);
  const inEffect = weighed.length;
  for (const match of pending) weighed = withIdentity(weighed, match);
  return weighedCandidates(weighed, inEffect, winner);
}

const weighedCandidates = (
  weighed: readonly TierMatch[],
  inEffect: number,
  winner: TierMatch | null,
): readonly CandidateCodes[] =>
  weighed.map((match, place) => candidateOf(match, place < inEffect ? standingOf(match, winner) : 'NOT_YET'));

/** An identity is weighed once, by the tier it was first met with. */
function withIdentity(weighed: readonly TierMatch[], match: TierMatch): readonly TierMatch[] {
  for (const { listing } of weighed) if (listing === match.listing) return weighed;
  return withLast(weighed, match);
}

const candidateOf = ({ row, listing }: TierMatch, standing: CandidateCodes['standing']): CandidateCodes => ({
  category: row.category,
  subsidy: row.subsidy,
  payable: row.payable,
  fundedBy: row.fundedBy,
  rule: row.rule,
  standing,
  claims: idsOf(listing.claims),
});

/** Tiers that are listed, but count only from the month after the list's receipt (GY26-2.5.3e). */
export function notYetInEffect(pack: PolicyPack, listings: readonly Listing[], day: PlainDate): readonly TierMatch[] {
  if (listings.length === 0) return NONE;
  let found: readonly TierMatch[] = NONE;
  for (const listing of listings) {
    if (listing.effective.from <= day || !contains(listing.listed, day)) continue;
    const match = tierOf(pack, listing, day);
    if (match) found = withLast(found, match);
  }
  return found;
}

/** Tells of identities that are listed but count only from a later day. */
export function explainPending(pack: PolicyPack, pending: readonly TierMatch[], trail: Trail): void {
  if (!pack.standing || pending.length === 0) return;
  for (const { listing, row } of pending) {
    trail.step(
      pack.standing.rule,
      'COUNTS_LATER',
      {
        category: row.category,
        recognisedOn: listing.listed.from,
        listReceivedOn: listing.toldOn,
        day: listing.effective.from,
      },
      listing.claims,
    );
  }
}

function standingOf(match: TierMatch, winner: TierMatch | null): CandidateCodes['standing'] {
  if (winner && match.listing === winner.listing) return 'WON';
  if (!winner || match.row.subsidy > winner.row.subsidy) return 'TOO_LATE';
  return match.row.subsidy === winner.row.subsidy ? 'LOST_TO_EQUAL' : 'LOST_TO_HIGHER';
}
