import type { Category } from '../intake/words.ts';
import { contains } from '../time/period.ts';
import { yearOf, type PlainDate } from '../time/plain-date.ts';
import type { ReviewCode, TargetGroup } from './decision.ts';
import type { Listing, TierFact, TierMatch } from './listings.ts';
import { NONE, oncePer, withLast } from './none.ts';
import type { PersonHistory } from './person-history.ts';
import type { PolicyPack, UntieredRow } from './policy-pack.ts';
import type { Trail } from './trail.ts';

const OPEN_FACT: Readonly<Record<TierFact, ReviewCode>> = {
  liftedHousehold: 'HOUSEHOLD_TYPE_MISSING',
  ruralHukou: 'RURAL_HUKOU_MISSING',
  riskEliminated: 'HOUSEHOLD_TYPE_MISSING',
};

/** Raises what the identities leave open: facts that lists leave out, identities that the policy does not place, foreigners. */
export function weighIdentities(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  day: PlainDate,
  tier: TierMatch | null,
  trail: Trail,
): void {
  if (tier) tierMatters(tier, trail);
  if (history.foreigner) foreignerRoute(pack, trail);
  unplacedIdentities(pack, history, listings, day, (tier?.row.subsidy ?? 0) > 0, trail);
}

function tierMatters({ row, open, assumed }: TierMatch, trail: Trail): void {
  for (const fact of open) trail.leave(OPEN_FACT[fact], row.rule);
  if (assumed.length > 0) trail.show('RISK_STATUS_ASSUMED', row.rule);
  if (row.subsidy > 0 && row.fundedBy === null) trail.show('FUND_NOT_STATED', row.rule);
}

function foreignerRoute({ foreigners }: PolicyPack, trail: Trail): void {
  const inScope = foreigners.route === 'IN_SCOPE';
  if (!inScope) trail.leave('FOREIGNER_ROUTE_NOT_STATED', foreigners.rule);
  trail.step(foreigners.rule, inScope ? 'FOREIGNERS_MAY_JOIN' : 'FOREIGNERS_NOT_STATED', {}, []);
}

const untieredOf = oncePer(
  ({ untiered }: PolicyPack): ReadonlyMap<Category, UntieredRow> => new Map(untiered.map((row) => [row.category, row])),
);

// Beside a tier an unplaced identity is only worth a look; alone it leaves open what the person pays.
function unplacedIdentities(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
  day: PlainDate,
  tiered: boolean,
  trail: Trail,
): void {
  if (listings.length === 0) return;
  for (const listing of listings) {
    const line = untieredOf(pack).get(listing.category);
    if (!line || !(contains(listing.listed, day) || contains(listing.listed, history.asOf))) continue;
    const open = line.because === 'NOT_NAMED' || line.because === 'RATE_MISSING';
    if (open && tiered) trail.show('IDENTITY_NOT_IN_POLICY', line.rule);
    if (open && !tiered)
      trail.leave(line.because === 'RATE_MISSING' ? 'RATE_MISSING' : 'CATEGORY_NOT_IN_POLICY', line.rule);
    trail.step(line.rule, 'NO_TIER', { category: listing.category, because: line.because }, listing.claims);
  }
}

// One object a group and pack: of a population most persons are counted in the same few. Without a listing, only by their station.
const targetsOf = oncePer((pack: PolicyPack) => {
  const all = pack.targets.flatMap(({ groups, ratePercent, rule }) =>
    groups.map((group): TargetGroup => ({ group, ratePercent, rule })),
  );
  return { all, byStation: all.filter(({ group }) => STATIONS.has(group)) };
});
const STATIONS: ReadonlySet<TargetGroup['group']> = new Set(['NEWBORN', 'STUDENT', 'VETERAN'] as const);

/** The target groups in which the person is counted on the day asked about. */
export function targetGroupsOf(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
): readonly TargetGroup[] {
  if (listings.length === 0 && !hasStation(history)) return NONE;
  let found: readonly TargetGroup[] = NONE;
  const { all, byStation } = targetsOf(pack);
  for (const target of listings.length === 0 ? byStation : all) {
    if (belongs(target.group, history, listings)) found = withLast(found, target);
  }
  return found;
}

const isNewborn = ({ asOf, birth }: PersonHistory): boolean => birth !== null && yearOf(birth.day) === yearOf(asOf);

/** Is there anything that could count somebody among newborns, students or veterans? Of most persons there is not. */
const hasStation = (history: PersonHistory): boolean =>
  history.students.length > 0 || history.lifeEvents.length > 0 || history.bornSince(yearOf(history.asOf));

function belongs(group: TargetGroup['group'], history: PersonHistory, listings: readonly Listing[]): boolean {
  const { asOf, students, lifeEvents } = history;
  switch (group) {
    case 'NEWBORN':
      return isNewborn(history);
    case 'STUDENT':
      for (const { validFrom, validTo } of students) {
        if (contains({ from: validFrom ?? asOf, to: validTo }, asOf)) return true;
      }
      return false;
    case 'VETERAN':
      for (const { attributes } of lifeEvents) if (attributes.kind === 'DISCHARGED') return true;
      return false;
    default:
      for (const listing of listings) if (listing.category === group && contains(listing.listed, asOf)) return true;
      return false;
  }
}
