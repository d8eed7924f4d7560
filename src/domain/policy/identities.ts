import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { ReviewCode, TargetGroup } from './decision.ts';
import type { Listing, TierFact, TierMatch } from './listings.ts';
import type { PersonHistory } from './person-history.ts';
import type { PolicyPack } from './policy-pack.ts';
import type { Trail } from './trail.ts';

const OPEN_FACT: Readonly<Record<TierFact, ReviewCode>> = {
  liftedHousehold: 'HOUSEHOLD_TYPE_MISSING',
  ruralHukou: 'RURAL_HUKOU_MISSING',
  riskEliminated: 'HOUSEHOLD_TYPE_MISSING',
};

/** Raises what the identities leave open: facts that lists leave out, identities that the policy does not place, foreigners. */
export function identityMatters(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  day: PlainDate,
  tier: TierMatch | null,
  trail: Trail,
): void {
  for (const fact of tier?.open ?? []) trail.leave(OPEN_FACT[fact], tier?.row.rule ?? pack.premium.rule);
  if (tier && tier.assumed.length > 0) trail.show('RISK_STATUS_ASSUMED', tier.row.rule);
  if (tier && tier.row.subsidy > 0 && tier.row.fundedBy === null) trail.show('FUND_NOT_STATED', tier.row.rule);
  if (history.foreigner) foreignerRoute(pack, trail);
  unplacedIdentities(pack, history, listings, day, (tier?.row.subsidy ?? 0) > 0, trail);
}

function foreignerRoute({ foreigners }: PolicyPack, trail: Trail): void {
  const inScope = foreigners.route === 'IN_SCOPE';
  if (!inScope) trail.leave('FOREIGNER_ROUTE_NOT_STATED', foreigners.rule);
  trail.step(foreigners.rule, inScope ? 'FOREIGNERS_MAY_JOIN' : 'FOREIGNERS_NOT_STATED', {}, []);
}

// Beside a tier an unplaced identity is only worth a look; alone it leaves open what the person pays.
function unplacedIdentities(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  day: PlainDate,
  tiered: boolean,
  trail: Trail,
): void {
  const held = listings.filter((one) => contains(one.listed, day) || contains(one.listed, history.asOf));
  for (const listing of held) {
    const line = pack.untiered.find((row) => row.category === listing.category);
    if (!line) continue;
    const open = line.because === 'NOT_NAMED' || line.because === 'RATE_MISSING';
    if (open && tiered) trail.show('IDENTITY_NOT_IN_POLICY', line.rule);
    if (open && !tiered)
      trail.leave(line.because === 'RATE_MISSING' ? 'RATE_MISSING' : 'CATEGORY_NOT_IN_POLICY', line.rule);
    trail.step(line.rule, 'NO_TIER', { category: listing.category, because: line.because }, listing.claims);
  }
}

/** The target groups in which the person is counted on the day asked about. */
export function targetGroupsOf(pack: PolicyPack, history: PersonHistory, listings: readonly Listing[]): TargetGroup[] {
  const belongs = (group: TargetGroup['group']): boolean => {
    switch (group) {
      case 'NEWBORN':
        return history.birth !== null && history.birth.day.startsWith(history.asOf.slice(0, 4));
      case 'STUDENT':
        return history.students.some((claim) =>
          contains({ from: claim.validFrom ?? history.asOf, to: claim.validTo }, history.asOf),
        );
      case 'VETERAN':
        return history.lifeEvents.some((claim) => claim.attributes.kind === 'DISCHARGED');
      default:
        return listings.some((listing) => listing.category === group && contains(listing.listed, history.asOf));
    }
  };
  return pack.targets.flatMap((target) =>
    target.groups.filter(belongs).map((group) => ({ group, ratePercent: target.ratePercent, rule: target.rule })),
  );
}
