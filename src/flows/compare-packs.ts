import { ACCESS_RULES } from '../domain/access/access-rules.ts';
import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideCounting, decideRead, type ReadRight } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { comparisonInTens } from '../domain/access/shown-comparison.ts';
import { mergeClaims } from '../domain/person/merge-claims.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { compareDecisions } from '../domain/policy/compare-decisions.ts';
import { ComparisonTally, totalsOf } from '../domain/policy/comparison-tally.ts';
import { decideCodes } from '../domain/policy/decide.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import { groupsOf } from '../domain/policy/population-cells.ts';
import { dayInShanghai, parsePlainDate, type PlainDate } from '../domain/time/plain-date.ts';
import { PeopleTally, type JobRecords } from './job-records.ts';
import { packForYear } from './pack-for-year.ts';
import type { Clock, ContentDigest, Ids, Jurisdictions, PersonStore, PolicyPacks } from './ports.ts';
import type { ComparedPerson, ComparisonStore, ReadPackText, StoredComparison } from './ports-compare.ts';
import { comparisonView, type ComparisonView } from './show-comparison.ts';

/** A comparison that is asked for. */
export interface ComparisonWish {
  readonly policyYear: number;
  /** The changed pack, as the text of its YAML file. */
  readonly pack: string;
  /** `null`: the day of `knownAt`. */
  readonly asOf: PlainDate | null;
  /** `null`: now. */
  readonly knownAt: Date | null;
}

/** What it takes to ask for a comparison and to read it. */
export interface ComparePacksPorts {
  readonly comparisons: ComparisonStore;
  readonly readPackText: ReadPackText;
  readonly persons: PersonStore;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What the work of a comparison takes. */
export type ComparisonJobPorts = Pick<
  ComparePacksPorts,
  'comparisons' | 'readPackText' | 'jurisdictions' | 'packs' | 'clock'
> & { readonly contentDigest: ContentDigest; readonly jobs: JobRecords };

/** A person of a comparison as the file shows them. */
export interface ShownComparedPerson extends ComparedPerson {
  readonly idNumber: string;
  readonly name: string | null;
}

/** The longest text of a pack, in characters; the packs held are about a quarter of it. */
const LONGEST_PACK = 40_000;
/** As many mistakes of a pack as are told at once. */
const MOST_PROBLEMS = 20;

/**
 * Asks for a changed pack to be held against the jurisdiction's pack of the same plan year, over everybody as known at an instant.
 * The work is done by a job. For agencies that may ask what a pack decides and may know of everybody.
 *
 * @returns `FORBIDDEN`; `NOT_FOUND` where there is no pack for the plan year; `PACK_INVALID` with everything that is wrong with the
 *   changed pack, by its place in the file; `BAD_USER_INPUT`
 */
export async function askComparison(
  wish: ComparisonWish,
  caller: Caller | null,
  ports: ComparePacksPorts,
): Promise<Answer<ComparisonView>> {
  const right = decideComparison(caller, ports.jurisdictions);
  if (!right.ok) return right;
  const { jurisdiction } = right.value;
  const now = ports.clock.now();
  const knownAt = wish.knownAt ?? now;
  const asOf = wish.asOf ?? dayInShanghai(knownAt);
  if (parsePlainDate(asOf) === undefined) {
    return refused('BAD_USER_INPUT', 'asOf 不是日历上的日期', 'asOf is not a day of the calendar');
  }
  if (knownAt > now) {
    return refused('BAD_USER_INPUT', 'knownAt 不能晚于现在', 'knownAt must not lie in the future');
  }
  const pack = packForYear(wish.policyYear, jurisdiction.packs, ports.packs);
  if (!pack) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }
  const changed = readChanged(wish.pack, pack, ports.readPackText);
  if (!changed.ok) return changed;

  const comparison: StoredComparison = {
    id: ports.ids.next(),
    jurisdiction: jurisdiction.id,
    agency: right.value.caller.agency,
    pack: pack.id,
    policyYear: pack.policyYear,
    changedDigest: changed.value.digest,
    asOf,
    knownAt,
    askedAt: now,
    status: 'QUEUED',
    personsToDo: null,
    personsDone: 0,
    totals: null,
    doneAt: null,
  };
  await ports.comparisons.add(comparison, wish.pack);
  return granted(comparisonView(comparison, right.value));
}

/**
 * One of the agency's own comparisons; `null` where there is none, and for another agency's. Its figures exactly for who may see names and
 * numbers whole and says why, in full tens from ten up for everybody else.
 */
export async function findComparison(
  id: string,
  caller: Caller | null,
  ports: ComparePacksPorts,
): Promise<Answer<ComparisonView | null>> {
  const right = decideComparison(caller, ports.jurisdictions);
  if (!right.ok) return right;
  const found = await findOwn(id, right.value, ports);
  return granted(found ? comparisonView(found, right.value) : null);
}

/**
 * The persons whom the packs do not decide alike, with the number and name of each. For agencies that may read persons
 * for the purpose, and see numbers unmasked.
 *
 * @returns `FORBIDDEN`; `NOT_FOUND` where there is no such comparison of the agency, or it is not done
 */
export async function comparedPersons(
  id: string,
  purpose: Purpose | null,
  caller: Caller | null,
  ports: ComparePacksPorts,
): Promise<Answer<AsyncIterable<ShownComparedPerson>>> {
  const right = decideComparison(caller, ports.jurisdictions);
  if (!right.ok) return right;
  const reading = decideRead(caller, right.value.jurisdiction, purpose);
  if (!reading.ok) return reading;
  if (!right.value.reveal) return refused('FORBIDDEN', ...ACCESS_RULES.REVEAL.refusal);
  const found = await findOwn(id, right.value, ports);
  if (found?.status !== 'DONE') {
    return refused('NOT_FOUND', '没有已完成的该次比对', 'There is no finished comparison of this id');
  }
  return granted(shownPersons(found, right.value, ports));
}

/** Does the work of a comparison: decides everybody by both packs. Broken off, it begins again; finished, it does nothing. */
export async function comparePacks(
  job: { readonly jurisdiction: string; readonly comparison: string },
  ports: ComparisonJobPorts,
  stop: AbortSignal,
): Promise<void> {
  const { comparisons } = ports;
  const found = await comparisons.find(job.jurisdiction, job.comparison);
  const text = await comparisons.changedPackOf(job.jurisdiction, job.comparison);
  if (!found || text === undefined || found.status === 'DONE') return;
  const jurisdiction = ports.jurisdictions.find(found.jurisdiction);
  const pack = ports.packs.find(found.pack);
  const read = ports.readPackText(text);
  // A pack or jurisdiction that was taken away since leaves nothing to compare with.
  if (!jurisdiction || !pack || !read.ok) return comparisons.fail(found);

  try {
    await comparisons.begin(found);
    const question = { asOf: found.asOf, knownAt: found.knownAt, deathRule: jurisdiction.deaths };
    const tally = new ComparisonTally();
    const compare = (facts: PersonFacts): ComparedPerson | undefined => {
      const [before, after] = [decideCodes(pack, facts, question), decideCodes(read.pack, facts, question)];
      const difference = compareDecisions(before, after);
      tally.add(before, after, difference);
      return difference && { person: facts.id, ...difference };
    };
    const people = new PeopleTally(ports.contentDigest);
    const everybody = comparisons.everybody(found.jurisdiction, found.knownAt);
    for await (const batch of people.of(everybody, (facts) => facts.map(({ id }) => id))) {
      stop.throwIfAborted();
      await comparisons.keep(
        found,
        batch.map(compare).filter((person) => person !== undefined),
        people.count,
      );
    }
    const { count, digest } = people;
    await ports.jobs.put(found.jurisdiction, { act: 'comparePacks', everybody: true, count, digest });
    const cells = tally.cells();
    const inTens = comparisonInTens(cells, [...groupsOf(pack), ...groupsOf(read.pack)]);
    await comparisons.finish(found, { ...totalsOf(cells), inTens }, ports.clock.now());
  } catch (error) {
    if (!stop.aborted) await comparisons.fail(found);
    throw error;
  }
}

const decideComparison = (caller: Caller | null, jurisdictions: Jurisdictions): Answer<ReadRight> =>
  decideCounting(caller, caller ? jurisdictions.find(caller.jurisdiction) : undefined);

async function findOwn(
  id: string,
  { caller }: ReadRight,
  { comparisons }: ComparePacksPorts,
): Promise<StoredComparison | undefined> {
  const found = await comparisons.find(caller.jurisdiction, id);
  return found?.agency === caller.agency ? found : undefined;
}

function readChanged(text: string, inForce: PolicyPack, readPackText: ReadPackText): Answer<PolicyPack> {
  if (text.length > LONGEST_PACK) {
    return refused(
      'PACK_INVALID',
      `政策包不得超过 ${LONGEST_PACK} 个字符`,
      `A pack has at most ${LONGEST_PACK} characters`,
    );
  }
  const read = readPackText(text);
  if (!read.ok) {
    const told = read.problems.slice(0, MOST_PROBLEMS);
    const more = read.problems.length - told.length;
    return refused(
      'PACK_INVALID',
      [...told.map(({ where, zh }) => `${where}：${zh}`), ...(more > 0 ? [`另有 ${more} 处`] : [])].join('；'),
      [...told.map(({ where, en }) => `${where}: ${en}`), ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
    );
  }
  const { pack } = read;
  if (pack.policyYear !== inForce.policyYear || pack.place.regionCode !== inForce.place.regionCode) {
    return refused(
      'PACK_INVALID',
      '政策包的统筹区或年度与现行政策包不同',
      'The pack is of another place or plan year than the one in force',
    );
  }
  return granted(pack);
}

async function* shownPersons(
  { jurisdiction, id, knownAt, asOf }: StoredComparison,
  right: ReadRight,
  { comparisons, persons }: ComparePacksPorts,
): AsyncGenerator<ShownComparedPerson> {
  for await (const batch of comparisons.persons(jurisdiction, id)) {
    const known = await persons.findByIds(
      jurisdiction,
      batch.map(({ person }) => person),
      knownAt,
    );
    for (const compared of batch) {
      const facts = known.get(compared.person);
      const record = facts && mergeClaims(facts, right.jurisdiction, asOf);
      yield { ...compared, idNumber: facts?.subjects[0]?.idNumber ?? '', name: record?.name?.value ?? null };
    }
  }
}
