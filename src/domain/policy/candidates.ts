import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { CandidateCodes } from './decision-codes.ts';
import { tierOf, tiersOn, type Listing, type TierMatch } from './listings.ts';
import { NONE, withLast } from './none.ts';
import type { PersonHistory } from './person-history.ts';
import type { PolicyPack } from './policy-pack.ts';
import type { Quote } from './premium.ts';
import { idsOf, type Trail } from './trail.ts';

/** Tells which tier was settled, and that of several identities only the highest counts. */
export function explainTier(pack: PolicyPack, quote: Quote, tier: TierMatch | null, trail: Trail): void {
  if (!tier) {
    trail.step(
      pack.premium.rule,
      'ORDINARY_PREMIUM',
      { payable: quote.payable, price: quote.start.row.price ?? 'STANDARD' },
      NONE,
    );
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

/** Every identity that was weighed, the one used first, each with why it was used or not. */
export function candidatesOf(
  pack: PolicyPack,
  listings: readonly Listing[],
  history: PersonHistory,
  quote: Quote,
  winner: TierMatch | null,
  pending: readonly TierMatch[],
): readonly CandidateCodes[] {
  if (listings.length === 0) return NONE;
  const seen = new Map<Listing, TierMatch>();
  for (const match of [
    ...(winner ? [winner] : []),
    ...quote.tiers,
    ...tiersOn(pack, listings, history.asOf),
    ...pending,
  ]) {
    if (!seen.has(match.listing)) seen.set(match.listing, match);
  }
  return [...seen.values()].map((match) => ({
    category: match.row.category,
    subsidy: match.row.subsidy,
    payable: match.row.payable,
    fundedBy: match.row.fundedBy,
    rule: match.row.rule,
    standing: pending.includes(match) ? ('NOT_YET' as const) : standingOf(match, winner),
    claims: idsOf(match.listing.claims),
  }));
}

/** Tiers that are listed, but count only from the month after the list's receipt (GY26-2.5.3e). */
export function notYetInEffect(pack: PolicyPack, listings: readonly Listing[], day: PlainDate): readonly TierMatch[] {
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
  if (!pack.standing) return;
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
