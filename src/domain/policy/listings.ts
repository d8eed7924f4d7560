import type { Claim, ClaimOf } from '../claims/claim.ts';
import { disabilityCategory, type Category } from '../intake/words.ts';
import { contains, continuesInto, type Period } from '../time/period.ts';
import { dayInShanghai, endOfMonth, firstOfNextMonth, latest, type PlainDate } from '../time/plain-date.ts';
import { joined, NONE, oncePer } from './none.ts';
import type { PersonHistory } from './person-history.ts';
import type { PolicyPack, TierRow } from './policy-pack.ts';

/** An unbroken span in which a person was listed under one category, by whichever agencies. */
export interface Listing {
  readonly category: Category;
  /** Day of recognition (认定) to last day listed, as the lists say. */
  readonly listed: Period;
  /** The day on which the hub was first told of the listing. */
  readonly toldOn: PlainDate;
  /** The days on which it counts: as listed, or shifted to months where the pack says so (次月). */
  readonly effective: Period;
  readonly claims: readonly (ClaimOf<'hardship'> | ClaimOf<'disability'>)[];
}

const categoryOf = (claim: ClaimOf<'hardship'> | ClaimOf<'disability'>): Category =>
  claim.list === 'hardship' ? claim.attributes.category : disabilityCategory(claim.attributes.level);

const periodOf = (claim: Claim): Period => ({ from: claim.validFrom ?? '0001-01-01', to: claim.validTo });

/** Joins a person's hardship and disability claims into listings, in order of recognition. */
export function listingsOf(history: PersonHistory, standing: PolicyPack['standing']): readonly Listing[] {
  const claims: readonly Listing['claims'][number][] = joined<Listing['claims'][number]>(
    history.hardship,
    history.disability,
  );
  if (claims.length === 0) return NONE;
  return claims.length === 1 ? [inEffect(begin(claims[0]!), standing)] : joinedListings(claims, standing);
}

function joinedListings(claims: Listing['claims'], standing: PolicyPack['standing']): readonly Listing[] {
  const runs = new Map<Category, Listing[]>();
  for (const claim of [...claims].sort(byRecognition)) {
    const category = categoryOf(claim);
    const known = runs.get(category);
    const last = known?.at(-1);
    const period = periodOf(claim);
    if (!known || !last) runs.set(category, [begin(claim)]);
    else if (continuesInto(last.listed, period)) known[known.length - 1] = extend(last, claim, period);
    else known.push(begin(claim));
  }
  return [...runs.values()].flat().map((listing) => inEffect(listing, standing));
}

const byRecognition = (a: Claim, b: Claim): number => {
  const left = a.validFrom ?? '0001-01-01';
  const right = b.validFrom ?? '0001-01-01';
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : 1;
};

function begin(claim: Listing['claims'][number]): Listing {
  const listed = periodOf(claim);
  const toldOn = dayInShanghai(claim.firstToldAt);
  return { category: categoryOf(claim), listed, toldOn, effective: listed, claims: [claim] };
}

const inEffect = (listing: Listing, standing: PolicyPack['standing']): Listing => ({
  category: listing.category,
  listed: listing.listed,
  toldOn: listing.toldOn,
  effective: effectivePeriod(listing, standing),
  claims: listing.claims,
});

function extend(listing: Listing, claim: Listing['claims'][number], period: Period): Listing {
  const to = listing.listed.to === null || period.to === null ? null : latest(listing.listed.to, period.to);
  const told = dayInShanghai(claim.firstToldAt);
  return {
    ...listing,
    listed: { from: listing.listed.from, to },
    toldOn: told < listing.toldOn ? told : listing.toldOn,
    claims: [...listing.claims, claim],
  };
}

// GY26-2.5.3e: told after the window, an addition counts from the first of the month after receipt, a removal until that day.
function effectivePeriod(listing: Listing, standing: PolicyPack['standing']): Period {
  const { from, to } = listing.listed;
  if (!standing) return listing.listed;
  const start = listing.toldOn > standing.nextMonthAfter ? latest(from, firstOfNextMonth(listing.toldOn)) : from;
  if (to === null) return { from: start, to: null };
  const endToldOn = listing.claims.map((claim) => dayInShanghai(claim.toldAt)).reduce(latest);
  const endToldLater = endToldOn > listing.toldOn && endToldOn > standing.nextMonthAfter;
  return { from: start, to: endToldLater ? latest(to, endOfMonth(endToldOn)) : to };
}

/** The claim that speaks for a listing on a day: the one that began last by then, so that a later word overrides an earlier. */
function speakingOn(listing: Listing, day: PlainDate): Listing['claims'][number] | undefined {
  return listing.claims.length === 1 ? listing.claims[0] : lastBegun(listing, day);
}

function lastBegun(listing: Listing, day: PlainDate): Listing['claims'][number] | undefined {
  const begun = listing.claims.filter((claim) => periodOf(claim).from <= day);
  const speaking = begun.length > 0 ? begun : listing.claims;
  const last = [...speaking].sort(
    (a, b) =>
      (periodOf(a).from < periodOf(b).from ? -1 : periodOf(a).from > periodOf(b).from ? 1 : 0) ||
      a.toldAt.getTime() - b.toldAt.getTime(),
  );
  return last.at(-1);
}

/** The facts of a listing that a tier can turn on. */
export type TierFact = 'liftedHousehold' | 'riskEliminated' | 'ruralHukou';
const TIER_FACTS: readonly TierFact[] = ['liftedHousehold', 'riskEliminated', 'ruralHukou'];

/** The tier line that a listing reaches on a day, with what had to be assumed. */
export interface TierMatch {
  readonly listing: Listing;
  readonly row: TierRow;
  /** Facts that the list left open and on which the tier turns: the lowest line that could apply was taken. */
  readonly open: readonly TierFact[];
  /** Facts that the list left open and the pack states how to take. */
  readonly assumed: readonly TierFact[];
  /** The day on which the hub was told what the tier turns on: of the listing, or of a later correction of its facts. */
  readonly settledOn: PlainDate;
}

/** The lines of the subsidy table for one category, and the facts that tell them apart. */
interface CategoryLines {
  readonly rows: readonly TierRow[];
  readonly asked: readonly TierFact[];
  /** The line of the lowest subsidy. */
  readonly lowest: TierRow;
}

const linesOf = oncePer((pack: PolicyPack): ReadonlyMap<Category, CategoryLines> => {
  const byCategory = Map.groupBy(pack.tiers, (row) => row.category);
  return new Map(
    [...byCategory].map(([category, rows]) => [
      category,
      {
        rows,
        asked: TIER_FACTS.filter((fact) => rows.some((row) => row.when[fact] !== undefined)),
        lowest: rows.reduce(lower),
      },
    ]),
  );
});

/** Finds the line of the subsidy table for a listing on a day; `undefined` where the category has none for these facts. */
export function tierOf(pack: PolicyPack, listing: Listing, day: PlainDate): TierMatch | undefined {
  const lines = linesOf(pack).get(listing.category);
  if (!lines) return undefined;
  if (lines.asked.length > 0) return lineAsked(pack, lines, listing, day);
  return { listing, row: lines.lowest, open: NONE, assumed: NONE, settledOn: listing.toldOn };
}

/** Finds the line where the lines of a category turn on facts of the listing. */
function lineAsked(
  pack: PolicyPack,
  { rows, asked }: CategoryLines,
  listing: Listing,
  day: PlainDate,
): TierMatch | undefined {
  const speaking = speakingOn(listing, day);
  const said = speaking?.list === 'hardship' ? speaking.attributes : undefined;
  const assumed: TierFact[] = [];
  const values: Partial<Record<TierFact, boolean>> = {};
  for (const fact of asked) {
    const value = said?.[fact];
    const taken = value ?? (fact === 'riskEliminated' ? pack.assumes.riskEliminated : undefined);
    if (value === undefined && taken !== undefined) assumed.push(fact);
    if (taken !== undefined) values[fact] = taken;
  }
  const fitting = rows.filter((row) =>
    asked.every(
      (fact) => row.when[fact] === undefined || values[fact] === undefined || row.when[fact] === values[fact],
    ),
  );
  if (fitting.length === 0) return undefined;
  const row = fitting.reduce(lower);
  const open = fitting.length > 1 ? asked.filter((fact) => values[fact] === undefined) : NONE;
  return { listing, row, open, assumed, settledOn: settledOn(listing, speaking) };
}

const lower = (row: TierRow, next: TierRow): TierRow => (next.subsidy < row.subsidy ? next : row);

// A correction only matters to a tier that turns on what it corrects; a claim that took another's place to end it corrects nothing.
function settledOn(listing: Listing, speaking: Listing['claims'][number] | undefined): PlainDate {
  const corrected = speaking && speaking.validTo === null && speaking.toldAt > speaking.firstToldAt;
  return corrected ? dayInShanghai(speaking.toldAt) : listing.toldOn;
}

/** The tiers that count on a day, best first: highest subsidy, then the pack's order of funds, then the order of its table. */
export function tiersOn(pack: PolicyPack, listings: readonly Listing[], day: PlainDate): readonly TierMatch[] {
  if (listings.length === 0) return NONE;
  const matches: TierMatch[] = [];
  for (const listing of listings) {
    const match = contains(listing.effective, day) ? tierOf(pack, listing, day) : undefined;
    if (match) matches.push(match);
  }
  return matches.length < 2 ? matches : matches.sort((a, b) => bestFirst(pack, a, b));
}

function bestFirst(pack: PolicyPack, a: TierMatch, b: TierMatch): number {
  return (
    b.row.subsidy - a.row.subsidy ||
    fundRank(pack, a) - fundRank(pack, b) ||
    pack.tiers.indexOf(a.row) - pack.tiers.indexOf(b.row)
  );
}

function fundRank({ highestOnce: { fundOrder } }: PolicyPack, { row }: TierMatch): number {
  const place = row.fundedBy === null ? -1 : fundOrder.indexOf(row.fundedBy);
  return place === -1 ? fundOrder.length : place;
}
