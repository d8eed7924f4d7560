import { changeStore } from '../../src/storage/change-store.ts';
import { comparisonStore } from '../../src/storage/comparison-store.ts';
import { correctionStore } from '../../src/storage/correction-store.ts';
import { decisionStore } from '../../src/storage/decision-store.ts';
import { failedSubmissions } from '../../src/storage/failed-work.ts';
import { matterFinder } from '../../src/storage/find-matters.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { populationStore } from '../../src/storage/population-store.ts';
import { rejectedRows } from '../../src/storage/rejected-rows.ts';
import { reviewStore } from '../../src/storage/review-store.ts';
import { searchStore } from '../../src/storage/search-store.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import type { WalledDatabase } from '../../src/storage/walled-database.ts';

/** What a read needs to ask for the rows of a place. */
export interface Known {
  readonly subjects: readonly string[];
  readonly persons: readonly string[];
  readonly submission: string;
  readonly task: string;
  readonly correction: string;
  readonly comparison: string;
}

/** One way in which a store tells rows of a jurisdiction. */
export interface StoreRead {
  readonly name: string;
  /** Nothing but the filter keeps it from the rows of others: without it, and without the wall, more comes. */
  readonly filtered: boolean;
  readonly read: (walled: WalledDatabase, place: string, known: Known) => Promise<unknown>;
}

async function all<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of coming) found.push(one);
  return found;
}

const ids = uuidv7Ids();
const subjectKeys = hmacSubjectKeys('unused here, no subject is made by it');
const LATE = new Date('2100-01-01T00:00:00Z');
const EARLY = { since: new Date(0) };

const reads: readonly (readonly [name: string, filtered: boolean, StoreRead['read']])[] = [
  ['persons by subject', true, (on, at, { subjects }) => personStore(on).findBySubjects(at, subjects, LATE)],
  ['persons by id', true, (on, at, { persons }) => personStore(on).findByIds(at, persons, LATE)],
  ['a submission', false, (on, at, { submission }) => submissionStore(on).find(at, submission)],
  [
    'own submissions',
    false,
    (on, at, { submission }) => submissionStore(on).findOwn(at, 'civil-affairs', [submission]),
  ],
  ['submissions', true, (on, at) => submissionStore(on).page(at, {}, 10, null)],
  ['rows of a submission', false, (on, at, { submission }) => submissionStore(on).rows(at, submission, null, 10, null)],
  ['rejected rows', false, (on, at, { submission }) => all(rejectedRows(on).blocks(at, submission))],
  ['search by name', true, (on, at) => searchStore(on).search(at, { name: '王' }, 10, null)],
  ['search by household', true, (on, at) => searchStore(on).search(at, { householdNumber: 'H1' }, 10, null)],
  [
    'search by decision',
    true,
    (on, at) => searchStore(on).search(at, { decided: { pack: 'p', category: null } }, 10, null),
  ],
  ['residences', true, async (on, at) => (await searchStore(on).residencesOf(at, ['H1'], LATE, 10)).residences],
  ['persons of rows', false, (on, at, { submission }) => searchStore(on).personsOfRows(at, submission, [1, 2])],
  ['summary of the population', true, (on, at) => populationStore(on).summarise(at, 'p')],
  ['changes', true, (on, at) => changeStore(on).since(at, EARLY, { packs: ['p'], ownOf: null } as never, 10)],
  ['histories', true, (on, at, { persons }) => changeStore(on).histories(at, persons)],
  ['a comparison', false, (on, at, { comparison }) => comparisonStore(on).find(at, comparison)],
  ['persons of a comparison', false, (on, at, { comparison }) => all(comparisonStore(on).persons(at, comparison))],
  ['a task', false, (on, at, { task }) => reviewStore(on, subjectKeys).find(at, task)],
  ['tasks', true, (on, at) => reviewStore(on, subjectKeys).page(at, {}, 10, null)],
  [
    'tasks of which an agency told',
    true,
    (on, at) => reviewStore(on, subjectKeys).page(at, { agency: 'civil-affairs' }, 10, null),
  ],
  ['steps of tasks', false, (on, at, { task }) => reviewStore(on, subjectKeys).stepsOf(at, [task])],
  ['a correction', false, (on, at, { correction }) => correctionStore(on).find(at, correction)],
  ['corrections', true, (on, at) => correctionStore(on).page(at, {}, 10, null)],
  ['corrections of tasks', false, (on, at, { task }) => correctionStore(on).ofTasks(at, [task])],
  ['sets of decisions', true, (on, at) => decisionStore(on, ids).sets(at)],
  ['everybody', false, async (on, at) => (await all(decisionStore(on, ids).everybody(at))).flat()],
  ['settlements', true, (on, at, { persons }) => matterFinder(on.of(at), on.of(at).seal).settlementsOf(at, persons)],
  ['failed submissions', true, (on, at) => failedSubmissions(on, [at])],
];

/** Every way in which stores tell rows. */
export const READS: readonly StoreRead[] = reads.map(([name, filtered, read]) => ({ name, filtered, read }));

/** What a read tells, in a shape that can be compared. */
export async function readThrough(
  read: StoreRead,
  walled: WalledDatabase,
  place: string,
  known: Known,
): Promise<unknown> {
  const answer = await read.read(walled, place, known);
  return answer instanceof Map ? [...answer].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : answer;
}
