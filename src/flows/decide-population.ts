import type { Jurisdiction } from '../domain/access/caller.ts';
import { decideCodes, type DecisionQuestion } from '../domain/policy/decide.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { PeopleTally, type JobRecords } from './job-records.ts';
import { PeopleKeeper, type KeepPeoplePorts } from './keep-people.ts';
import type { Clock, ContentDigest, Jurisdictions, PolicyPacks } from './ports.ts';
import type {
  DecidedBy,
  DecidingAlone,
  DecidingBecause,
  DecisionGeneration,
  DecisionSet,
  DecisionStore,
  DecisionWriter,
  PersonDecision,
  TouchedPersons,
} from './ports-work.ts';

/** What it takes to decide everybody, or those whom a push touches. */
export interface DecidePopulationPorts extends KeepPeoplePorts {
  readonly decisions: DecisionStore;
  readonly jurisdictions: Jurisdictions;
  readonly packs: PolicyPacks;
  readonly contentDigest: ContentDigest;
  readonly jobs: JobRecords;
}

/** A pack with what else its decisions depend on, and where they go. */
interface Deciding {
  readonly to: DecisionGeneration;
  readonly pack: PolicyPack;
  readonly question: DecisionQuestion;
}

/**
 * Decides anew the persons touched by submissions that were taken in or withdrawn and by settlements, for every pack that is kept
 * decided, each as of the day of its set; keeps their cards and the tasks about who they are. Broken off, it goes on where it was: a
 * submission counts as decided only when all its persons are.
 */
export async function decideTouched(
  jurisdictionId: string,
  ports: DecidePopulationPorts,
  stop: AbortSignal,
): Promise<void> {
  const jurisdiction = ports.jurisdictions.find(jurisdictionId);
  if (!jurisdiction) return;
  await ports.decisions.alone(jurisdiction.id, async (alone) => {
    for (;;) {
      const submissions = await alone.undecided();
      const tasks = submissions.length === 0 ? await alone.undecidedTasks() : [];
      if (submissions.length === 0 && tasks.length === 0) return;
      const decided = (await alone.sets()).flatMap((set) => decidingNow(set, jurisdiction, ports) ?? []);
      const anew = { jurisdiction, decided, alone, ports, stop };
      if (submissions.length > 0) {
        const ids = submissions.map(({ id }) => id);
        const { count, digest } = await decideBecause('LISTS', ids, anew, async (persons) => {
          if (ids.length === 1) await alone.tellProgress(ids[0]!, persons, ports.clock.now());
        });
        await ports.jobs.put(jurisdiction.id, { act: 'decideTouched', submissions: ids, count, digest });
        await alone.markDecided(submissions, ports.clock.now());
      }
      for (const task of tasks) {
        const { persons = [], count, digest } = await decideBecause('SETTLEMENT', [task.task], anew);
        await ports.jobs.put(jurisdiction.id, { act: 'decideTouched', persons, count, digest });
        await alone.markTaskDecided(task, ports.clock.now());
      }
    }
  });
}

/** What it takes to decide persons anew. */
interface DecidingAnew {
  readonly jurisdiction: Jurisdiction;
  readonly decided: readonly Deciding[];
  readonly alone: DecidingAlone;
  readonly ports: DecidePopulationPorts;
  readonly stop: AbortSignal;
}

/** Decides whom submissions or a task touch, and keeps their cards and tasks; tells how many they were, and of a task who. */
async function decideBecause(
  because: DecidingBecause['because'],
  causes: readonly string[],
  { jurisdiction, decided, alone, ports, stop }: DecidingAnew,
  onWritten?: (persons: number) => Promise<void>,
): Promise<PeopleTally> {
  const tally = new PeopleTally(ports.contentDigest, because === 'SETTLEMENT');
  const writer = alone.replacing({ because, causes, at: ports.clock.now() }, onWritten);
  const keeper = new PeopleKeeper(jurisdiction, ports);
  const touched = tally.of(alone.touchedBy(causes), ({ persons }) => persons);
  await decideAgain(touched, decided, stop, writer, keeper);
  return tally;
}

/**
 * Decides everybody of a jurisdiction anew by one pack, as of a day, beside the decisions that are read. Only when the last person
 * is decided, and those touched meanwhile once more, do the new decisions take the place of the old, all at once.
 */
export async function rebuildDecisions(
  wanted: { readonly jurisdiction: string; readonly pack: string; readonly asOf: string },
  ports: DecidePopulationPorts,
  stop: AbortSignal,
): Promise<void> {
  const { decisions, clock } = ports;
  const jurisdiction = ports.jurisdictions.find(wanted.jurisdiction);
  const pack = ports.packs.find(wanted.pack);
  // A pack or jurisdiction that was taken away since leaves nothing to decide.
  if (!jurisdiction?.packs.includes(wanted.pack) || !pack) return;

  const decidedBy = { digest: digestOf(pack, jurisdiction, ports), asOf: wanted.asOf };
  const to = await decisions.begin(jurisdiction.id, pack.id);
  const deciding = { to, pack, question: questionOf(jurisdiction, wanted.asOf, clock) };
  const tally = new PeopleTally(ports.contentDigest);
  const everybody = tally.of(decisions.everybody(jurisdiction.id), idsOf);
  await decisions.write(to, decideAll(everybody, deciding, stop));

  await decisions.alone(jurisdiction.id, async (alone) => {
    const missed = await alone.missedBy(to);
    await decideAgain(alone.touchedBy(missed), [deciding], stop, alone.replacing(null));
    const { count, digest } = tally;
    await ports.jobs.put(jurisdiction.id, { act: 'rebuildDecisions', everybody: true, count, digest });
    await alone.establish(to, decidedBy, clock.now());
  });
  await decisions.prune(jurisdiction.id, pack.id);
}

/** Keeps the cards of everybody of a jurisdiction, and the tasks about who they are; nobody is decided meanwhile. */
export async function keepEverybody(
  jurisdictionId: string,
  ports: DecidePopulationPorts,
  stop: AbortSignal,
): Promise<void> {
  const jurisdiction = ports.jurisdictions.find(jurisdictionId);
  if (!jurisdiction) return;
  await ports.decisions.alone(jurisdiction.id, async () => {
    const keeper = new PeopleKeeper(jurisdiction, ports);
    const tally = new PeopleTally(ports.contentDigest);
    try {
      for await (const facts of tally.of(ports.decisions.everybody(jurisdiction.id), idsOf)) {
        stop.throwIfAborted();
        await keeper.add({ persons: facts.map(({ id }) => id), facts });
      }
    } finally {
      await keeper.end();
    }
    const { count, digest } = tally;
    await ports.jobs.put(jurisdiction.id, { act: 'keepEverybody', everybody: true, count, digest });
  });
}

const idsOf = (facts: readonly PersonFacts[]): readonly string[] => facts.map(({ id }) => id);

/**
 * Has cards made of people who were there before there were cards. To be called before any job: the first card that one writes would
 * hide that others are missing.
 */
export async function wantCards({ jurisdictions, cards }: DecidePopulationPorts): Promise<void> {
  for (const { id } of jurisdictions.all()) await cards.wantMissing(id);
}

/**
 * Has every pack in force decided by its present rules as of today (Asia/Shanghai): adds a job for each set that is not, nor about
 * to be.
 *
 * @param again also for sets of which it was said before: when a process starts, a job may have been given up
 */
export async function keepDecided(ports: DecidePopulationPorts, again: boolean): Promise<void> {
  const today = dayInShanghai(ports.clock.now());
  for (const jurisdiction of ports.jurisdictions.all()) {
    const sets = new Map((await ports.decisions.sets(jurisdiction.id)).map((set) => [set.pack, set]));
    for (const id of jurisdiction.packs) {
      const pack = ports.packs.find(id);
      if (!pack) continue;
      const wanted = { digest: digestOf(pack, jurisdiction, ports), asOf: today };
      const set = sets.get(id);
      const known = again ? set?.decidedBy : set?.wanted;
      if (!known || !fulfils(known, wanted)) await ports.decisions.want(jurisdiction.id, id, wanted);
    }
  }
}

// A set never goes back to an earlier day: two processes whose clocks differ at midnight would build it to and fro.
const fulfils = (known: DecidedBy, wanted: DecidedBy): boolean =>
  known.digest === wanted.digest && known.asOf >= wanted.asOf;

/** A set as it is decided now; nothing before its first generation, or where its pack is no longer in force. */
function decidingNow(set: DecisionSet, jurisdiction: Jurisdiction, ports: DecidePopulationPorts): Deciding | undefined {
  const pack = jurisdiction.packs.includes(set.pack) ? ports.packs.find(set.pack) : undefined;
  if (!pack || set.generation === null || !set.decidedBy) return undefined;
  const to = { jurisdiction: set.jurisdiction, pack: set.pack, generation: set.generation };
  return { to, pack, question: questionOf(jurisdiction, set.decidedBy.asOf, ports.clock) };
}

/** Decides the touched anew for each pack; the keeper, where there is one, is shown them too. */
async function decideAgain(
  touched: AsyncIterable<TouchedPersons>,
  decided: readonly Deciding[],
  stop: AbortSignal,
  writer: DecisionWriter,
  keeper?: PeopleKeeper,
): Promise<void> {
  try {
    for await (const some of touched) {
      stop.throwIfAborted();
      const all = decided.map((deciding) => ({
        to: deciding.to,
        asOf: deciding.question.asOf,
        decisions: decideEach(some.facts, deciding),
      }));
      await writer.add(some.persons, all);
      await keeper?.add(some);
    }
  } finally {
    // The jurisdiction must not be let go while anything is being written.
    await Promise.allSettled([writer.end(), keeper?.end()]);
  }
  // Fails where the last of them could not be written.
  await writer.end();
  await keeper?.end();
}

async function* decideAll(
  everybody: AsyncIterable<readonly PersonFacts[]>,
  deciding: Deciding,
  stop: AbortSignal,
): AsyncIterable<readonly PersonDecision[]> {
  for await (const facts of everybody) {
    stop.throwIfAborted();
    yield decideEach(facts, deciding);
  }
}

const decideEach = (facts: readonly PersonFacts[], { pack, question }: Deciding): PersonDecision[] =>
  facts.map((person) => ({ person: person.id, codes: decideCodes(pack, person, question) }));

const questionOf = (jurisdiction: Jurisdiction, asOf: string, clock: Clock): DecisionQuestion => ({
  asOf,
  knownAt: clock.now(),
  deathRule: jurisdiction.deaths,
});

// Everything besides the claims that a decision depends on.
const digestOf = (pack: PolicyPack, { deaths }: Jurisdiction, { contentDigest }: DecidePopulationPorts): string =>
  contentDigest({ pack, deaths });
