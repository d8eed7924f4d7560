import type { Category } from '../intake/words.ts';
import { calendarYear, contains } from '../time/period.ts';
import { yearOf, type PlainDate } from '../time/plain-date.ts';
import type { ReviewCode, TargetGroup } from './decision.ts';
import type { Listing, TierFact, TierMatch } from './listings.ts';
import { NONE, oncePer, withLast } from './none.ts';
import { bornWithin, type PersonHistory } from './person-history.ts';
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

// One object a group and pack, and one list for those counted in one group alone: of a population most are counted in the same few.
const targetsOf = oncePer((pack: PolicyPack) => {
  const all = pack.targets.flatMap(({ groups, ratePercent, rule }) =>
    groups.map((group): TargetGroup => ({ group, ratePercent, rule })),
  );
  return { all, byGroup: Map.groupBy(all, ({ group }) => group) };
});

/** The target groups in which the person is counted on the day asked about. */
export function targetGroupsOf(
  pack: PolicyPack,
  history: PersonHistory,
  listings: readonly Listing[],
): readonly TargetGroup[] {
  const own = ownGroups(history, listings);
  if (own.length === 0) return NONE;
  const { all, byGroup } = targetsOf(pack);
  return own.length === 1 ? (byGroup.get(own[0]!) ?? NONE) : all.filter(({ group }) => own.includes(group));
}

/** What a person is on the day, whether a pack counts it or not: newborn, student, veteran, and what they are listed as. */
function ownGroups(history: PersonHistory, listings: readonly Listing[]): readonly TargetGroup['group'][] {
  const { asOf } = history;
  let own: readonly TargetGroup['group'][] = NONE;
  if (isNewborn(history)) own = withLast(own, 'NEWBORN');
  if (isStudent(history)) own = withLast(own, 'STUDENT');
  if (isVeteran(history)) own = withLast(own, 'VETERAN');
  for (const { category, listed } of listings) if (contains(listed, asOf)) own = withLast(own, category);
  return own;
}

function isNewborn(history: PersonHistory): boolean {
  const { from, to } = calendarYear(yearOf(history.asOf));
  return bornWithin(history, from, to);
}

function isStudent({ asOf, students }: PersonHistory): boolean {
  for (const { validFrom, validTo } of students) {
    if (contains({ from: validFrom ?? asOf, to: validTo }, asOf)) return true;
  }
  return false;
}

function isVeteran({ lifeEvents }: PersonHistory): boolean {
  for (const { attributes } of lifeEvents) if (attributes.kind === 'DISCHARGED') return true;
  return false;
}
