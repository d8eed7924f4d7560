import type pg from 'pg';
import type { StoredSubmission } from '../../../flows/ports.ts';
import { uuidv7Ids } from '../../../storage/ids.ts';
import { hmacSubjectKeys } from '../../../storage/subject-keys.ts';
import { compareInSets } from '../../../storage/take-in/compare.ts';
import { copyIn } from '../../../storage/copy-in.ts';
import { inTransactionOn } from '../../../storage/in-transaction.ts';
import { keepStagedNames } from '../../../storage/take-in/keep-names.ts';
import { linkStaged, resolveStaged } from '../../../storage/take-in/link.ts';
import { withSession } from '../../../storage/take-in/session.ts';
import { walledDatabase } from '../../../storage/walled-database.ts';
import {
  dropStaging,
  JUDGED_COLUMNS,
  judgedLine,
  makeStaging,
  stagingOf,
  type Staging,
} from '../../../storage/take-in/staging.ts';
import { PLACE } from '../made-persons.ts';
import { atLeast, medianOf, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { namingLists, namingRow, type NamingList } from './made-matches.ts';

/** A list of judged rows, as the hub has it before it links them. */
interface StagedList {
  readonly submission: StoredSubmission;
  readonly staging: Staging;
  /** Milliseconds of comparing its rows with what stands, which comes before. */
  readonly compared: number;
}

/** Rows that are staged at a time. */
const CHUNK_ROWS = 1_000;

/**
 * How fast the hub's own step links the rows of eight lists to persons, beside the same join as one statement over the same kind
 * of session. Comparing, which the step follows, is told along with it: it leaves the step only those to look up of whom nothing
 * stands under the name given.
 */
export async function measureLink(bench: SizeBench): Promise<Figure[]> {
  const lists = namingLists(bench.size);
  const rows = lists.reduce((sum, list) => sum + list.rows, 0);
  const staged: StagedList[] = [];
  const runs = await withSession(bench.database.walled.of(PLACE), async (client) => {
    for (const list of lists) staged.push(await stage(client, list, bench));
    const measured = await runsOf(bench, async () => ({
      joined: await joinedInSession(staged, bench),
      linked: await link(client, staged, bench.database),
    }));
    for (const { staging } of staged) await dropStaging(client, staging);
    return measured;
  });
  const speed = (times: readonly number[]): number => (rows / medianOf(times)) * 1000;
  const [value, limit] = [speed(runs.map(({ linked }) => linked)), speed(runs.map(({ joined }) => joined))];
  const compared = staged.reduce((sum, list) => sum + list.compared, 0);
  const both = speed(runs.map(({ linked }) => linked + compared));
  return [
    { name: `${bench.size}.link`, unit: '/s', value, limit, ratio: value / limit, bar: atLeast(1, 2) },
    { name: `${bench.size}.link.with-comparing`, unit: '/s', value: both, limit, ratio: both / limit },
  ];
}

async function stage(client: pg.ClientBase, list: NamingList, bench: SizeBench): Promise<StagedList> {
  const subjectKeys = hmacSubjectKeys(bench.settings['SUBJECT_KEY_PEPPER']!);
  const { seal } = bench.database.walled.of(PLACE);
  // Only these are asked of it by the steps that are called here.
  const submission = {
    ...{
      id: uuidv7Ids().next(),
      jurisdiction: PLACE,
      agency: list.agency,
      list: list.list,
      counts: { sent: list.rows },
    },
  } as StoredSubmission;
  const staging = stagingOf(submission.id, 1);
  await makeStaging(client, staging);
  const copy = copyIn(client, staging.row, JUDGED_COLUMNS);
  for (let from = 0; from < list.rows; from += CHUNK_ROWS) {
    bench.signal.throwIfAborted();
    let lines = '';
    for (let index = from; index < Math.min(from + CHUNK_ROWS, list.rows); index += 1) {
      lines += judgedLine(seal, namingRow(list, index, subjectKeys));
    }
    await copy.write(lines);
  }
  await copy.end();
  const started = performance.now();
  await compareInSets(client, staging, submission, { covers: null });
  return { submission, staging, compared: performance.now() - started };
}

/** Milliseconds of the hub's step, list after list; what it kept is taken out again, which only the owner may. */
async function link(
  client: pg.ClientBase,
  staged: readonly StagedList[],
  { pool: owner, walled }: SizeBench['database'],
): Promise<number> {
  const ids = uuidv7Ids();
  const { seal } = walled.of(PLACE);
  await owner.query('checkpoint');
  const started = performance.now();
  for (const { submission, staging } of staged) {
    const since = new Date();
    await linkStaged(client, seal, ids, staging, submission, since);
    await keepStagedNames(client, seal, staging, submission);
    await inTransactionOn(client, () => resolveStaged(client, seal, staging, submission, since));
  }
  const time = performance.now() - started;
  const submissions = staged.map(({ submission }) => submission.id);
  await owner.query(FORGET_IDENTIFIERS, [submissions]);
  await owner.query(FORGET_NAMES, [submissions]);
  await owner.query(FORGET_LINKS, [submissions]);
  await owner.query('vacuum (analyze) identifier, subject_name, subject_link');
  return time;
}

/** The join as the owner, with no policy in its way, over the same kind of session. */
const joinedInSession = (staged: readonly StagedList[], { database }: SizeBench): Promise<number> =>
  withSession(walledDatabase(database.pool).of(PLACE), (client) => join(client, staged));

/** Milliseconds of one statement that gives every row of all the lists its person, and keeps nothing else. */
async function join(client: pg.ClientBase, staged: readonly StagedList[]): Promise<number> {
  const rows = staged.map(
    ({ staging }, place) => `select ${place} as list, row_number, subject_key from ${staging.row}`,
  );
  await client.query('drop table if exists bench_linked');
  await client.query('checkpoint');
  const started = performance.now();
  await client.query(`create unlogged table bench_linked as
    select r.list, r.row_number, l.person_id
    from (${rows.join(' union all ')}) r
    left join identifier i on i.jurisdiction = '${PLACE}' and i.subject_key = r.subject_key
    left join subject_link l on l.subject_key = i.subject_key and l.jurisdiction = i.jurisdiction and l.until is null`);
  const time = performance.now() - started;
  await client.query('drop table bench_linked');
  return time;
}

const FORGET_IDENTIFIERS = `
delete from identifier i using subject_link l where l.subject_key = i.subject_key and l.submission = any($1::uuid[])`;

const FORGET_NAMES = `
delete from subject_name n using subject_link l where l.subject_key = n.subject_key and l.submission = any($1::uuid[])`;

const FORGET_LINKS = 'delete from subject_link where submission = any($1::uuid[])';
