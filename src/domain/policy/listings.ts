import type { Claim, ClaimOf } from '../claims/claim.ts';
import { disabilityCategory, type Category } from '../intake/words.ts';
import { contains, continuesInto, type Period } from '../time/period.ts';
import { dayInShanghai, earliest, endOfMonth, firstOfNextMonth, latest, type PlainDate } from '../time/plain-date.ts';
import { inOrder, joined, NONE, oncePer, withLast } from './none.ts';
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
  const { hardship, disability } = history;
  const count = hardship.length + disability.length;
  if (count === 0) return NONE;
  if (count === 1) return [listingOf(hardship.length === 1 ? hardship[0]! : disability[0]!, standing)];
  return joinedListings(joined<Listing['claims'][number]>(hardship, disability), standing);
}

// Listings of one category stand together, in the order in which the categories were first recognised.
function joinedListings(claims: Listing['claims'], standing: PolicyPack['standing']): readonly Listing[] {
  const listings: Listing[] = [];
  for (const claim of inOrder(claims, byRecognition)) {
    const category = categoryOf(claim);
    const at = listings.findLastIndex((listing) => listing.category === category);
    const last = listings[at];
    if (!last) listings.push(listingOf(claim, standing));
    else if (continuesInto(last.listed, periodOf(claim))) listings[at] = extended(last, claim, standing);
    else listings.splice(at + 1, 0, listingOf(claim, standing));
  }
  return listings;
}

const byRecognition = (a: Claim, b: Claim): number => {
  const left = a.validFrom ?? '0001-01-01';
  const right = b.validFrom ?? '0001-01-01';
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : 1;
};

function listingOf(claim: Listing['claims'][number], standing: PolicyPack['standing']): Listing {
  const listed = periodOf(claim);
  const toldOn = dayInShanghai(claim.firstToldAt);
  const claims = [claim];
  return {
    category: categoryOf(claim),
    listed,
    toldOn,
    effective: effectivePeriod(listed, toldOn, claims, standing),
    claims,
  };
}

function extended(listing: Listing, claim: Listing['claims'][number], standing: PolicyPack['standing']): Listing {
  const { category, listed: before } = listing;
  const to = before.to === null || claim.validTo === null ? null : latest(before.to, claim.validTo);
  const listed = { from: before.from, to };
  const toldOn = earliest(listing.toldOn, dayInShanghai(claim.firstToldAt));
  const claims = [...listing.claims, claim];
  return { category, listed, toldOn, effective: effectivePeriod(listed, toldOn, claims, standing), claims };
}

// GY26-2.5.3e: told after the window, an addition counts from the first of the month after receipt, a removal until that day.
function effectivePeriod(
  listed: Period,
  toldOn: PlainDate,
  claims: Listing['claims'],
  standing: PolicyPack['standing'],
): Period {
  if (!standing) return listed;
  const from = toldOn > standing.nextMonthAfter ? latest(listed.from, firstOfNextMonth(toldOn)) : listed.from;
  const to = listed.to === null ? null : effectiveEnd(listed.to, toldOn, claims, standing);
  return from === listed.from && to === listed.to ? listed : { from, to };
}

function effectiveEnd(
  to: PlainDate,
  toldOn: PlainDate,
  claims: Listing['claims'],
  { nextMonthAfter }: NonNullable<PolicyPack['standing']>,
): PlainDate {
  const endToldOn = claims.map((claim) => dayInShanghai(claim.toldAt)).reduce(latest);
  return endToldOn > toldOn && endToldOn > nextMonthAfter ? latest(to, endOfMonth(endToldOn)) : to;
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

/** What is taken to hold of a listing; a fact that nobody states and the pack does not assume is open. */
type TakenFacts = { readonly [Fact in TierFact]: boolean | undefined };

/** Finds the line where the lines of a category turn on facts of the listing. */
function lineAsked(
  pack: PolicyPack,
  { rows, asked }: CategoryLines,
  listing: Listing,
  day: PlainDate,
): TierMatch | undefined {
  const speaking = speakingOn(listing, day);
  const said = speaking?.list === 'hardship' ? speaking.attributes : undefined;
  const taken: TakenFacts = {
    liftedHousehold: said?.liftedHousehold,
    riskEliminated: said?.riskEliminated ?? pack.assumes.riskEliminated,
    ruralHukou: said?.ruralHukou,
  };
  let row: TierRow | undefined;
  let fitting = 0;
  for (const line of rows) {
    if (!fits(line.when, taken)) continue;
    row = row ? lower(row, line) : line;
    fitting += 1;
  }
  if (!row) return undefined;
  const open = fitting > 1 ? asked.filter((fact) => taken[fact] === undefined) : NONE;
  const assumed = said?.riskEliminated === undefined && taken.riskEliminated !== undefined;
  return {
    listing,
    row,
    open,
    assumed: assumed && asked.includes('riskEliminated') ? ASSUMED : NONE,
    settledOn: settledOn(listing, speaking),
  };
}

/** The one fact that a pack can state how to take. */
const ASSUMED: readonly TierFact[] = ['riskEliminated'];

const fits = (when: TierRow['when'], taken: TakenFacts): boolean =>
  agrees(when.liftedHousehold, taken.liftedHousehold) &&
  agrees(when.riskEliminated, taken.riskEliminated) &&
  agrees(when.ruralHukou, taken.ruralHukou);

const agrees = (needed: boolean | undefined, value: boolean | undefined): boolean =>
  needed === undefined || value === undefined || needed === value;

const lower = (row: TierRow, next: TierRow): TierRow => (next.subsidy < row.subsidy ? next : row);

// A correction only matters to a tier that turns on what it corrects; a claim that took another's place to end it corrects nothing.
function settledOn(listing: Listing, speaking: Listing['claims'][number] | undefined): PlainDate {
  const corrected = speaking && speaking.validTo === null && speaking.toldAt > speaking.firstToldAt;
  return corrected ? dayInShanghai(speaking.toldAt) : listing.toldOn;
}

/** The tiers that count on a day, best first: highest subsidy, then the pack's order of funds, then the order of its table. */
export function tiersOn(pack: PolicyPack, listings: readonly Listing[], day: PlainDate): readonly TierMatch[] {
  if (listings.length === 0) return NONE;
  let matches: readonly TierMatch[] = NONE;
  for (const listing of listings) {
    const match = contains(listing.effective, day) ? tierOf(pack, listing, day) : undefined;
    if (match) matches = withLast(matches, match);
  }
  return matches.length < 2 ? matches : inOrder(matches, (a, b) => bestFirst(pack, a, b));
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
