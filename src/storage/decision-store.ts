import type pg from 'pg';
import type {
  DecidingAlone,
  DecisionGeneration,
  DecisionSet,
  DecisionStore,
  PersonDecision,
  TouchedPersons,
  UndecidedTask,
} from '../flows/ports-work.ts';
import type { Ids } from '../flows/ports.ts';
import { DecisionKinds, keepKinds } from './decision-kinds.ts';
import { copyLine, NOTHING } from './copy-in.ts';
import {
  BEGIN,
  ESTABLISH,
  EXTENT,
  MARK_DECIDED,
  MARK_TASK_DECIDED,
  MISSED,
  PRUNE,
  PRUNE_DUE,
  PRUNED,
  TELL_PROGRESS,
  touchedIn,
  UNDECIDED,
  UNDECIDED_TASKS,
  WANT,
} from './decision-statements.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { readEverybody, readFacts, readTouched } from './population-facts.ts';
import { copyDecisions, decisionWriter } from './replace-decisions.ts';
import { causeOf, TELL_GENERATION } from './tell-changes.ts';
import type { WalledPart, WalledDatabase } from './walled-database.ts';

/**
 * Keeps what packs decide of everybody.
 *
 * @param options.bulkFrom rows and endings from which on the persons of submissions are read in one go, not looked up one by one
 */
export function decisionStore(
  walled: WalledDatabase,
  ids: Ids,
  { bulkFrom = BULK_FROM }: { readonly bulkFrom?: number } = {},
): DecisionStore {
  return {
    sets: (jurisdiction) => setsOf(walled.of(jurisdiction), jurisdiction),
    want: (jurisdiction, pack, { digest, asOf }) =>
      inTransaction(walled.of(jurisdiction), async (client) => {
        await client.query(WANT, [jurisdiction, pack, digest, asOf]);
        await enqueue(client, { kind: 'rebuild-decisions', jurisdiction, pack, asOf });
      }),
    alone: (jurisdiction, work) => {
      const inside = walled.of(jurisdiction);
      return inside.session(async (client) => {
        // Of the session: what is decided is committed batch by batch. Closing the connection gives the lock back, in time.
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`decide|${jurisdiction}`]);
        const result = await work(decidingAlone({ inside, ids, client, jurisdiction, bulkFrom }));
        await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`decide|${jurisdiction}`]);
        return result;
      });
    },
    begin: async (jurisdiction, pack) => {
      await prune(walled.of(jurisdiction), jurisdiction, pack);
      const begun = await walled.of(jurisdiction).query<{ generation: number }>(BEGIN, [jurisdiction, pack]);
      return { jurisdiction, pack, generation: begun.rows[0]!.generation };
    },
    everybody: (jurisdiction) => readEverybody(walled.of(jurisdiction), jurisdiction),
    write: (to, decisions) =>
      inTransaction(walled.of(to.jurisdiction), async (client) => {
        await copyDecisions(client, linesOf(walled.of(to.jurisdiction), to, decisions));
      }),
    prune: (jurisdiction, pack) => prune(walled.of(jurisdiction), jurisdiction, pack),
  };
}

/** Where one decides alone: the connection that holds the lock, and the others. */
interface Alone {
  readonly inside: WalledPart;
  readonly ids: Ids;
  readonly client: pg.PoolClient;
  readonly jurisdiction: string;
  readonly bulkFrom: number;
}

function decidingAlone(alone: Alone): DecidingAlone {
  const { inside, ids, jurisdiction } = alone;
  return {
    sets: () => setsOf(inside, jurisdiction),
    undecided: async () => {
      const found = await inside.query<UndecidedRecord>(UNDECIDED, [jurisdiction, SUBMISSIONS_AT_ONCE]);
      const firstLarge = found.rows.findIndex(({ rows_sent: rows }) => rows > PERSONS_AT_ONCE);
      const some = firstLarge === -1 ? found.rows : found.rows.slice(0, Math.max(firstLarge, 1));
      return some.map(({ id, withdrawn }) => ({ id, withdrawn }));
    },
    undecidedTasks: async () => {
      const found = await inside.query<UndecidedTask>(UNDECIDED_TASKS, [jurisdiction]);
      return found.rows;
    },
    touchedBy: (causes) => touchedBy(alone, causes),
    replacing: (because, onWritten) => decisionWriter(inside, ids, because, onWritten),
    tellProgress: async (submission, persons, at) => {
      await inside.query(TELL_PROGRESS, [jurisdiction, submission, persons, at]);
    },
    markDecided: async (submissions, at) => {
      const marked = submissions.map(({ id }) => id);
      const withdrawn = submissions.map((submission) => submission.withdrawn);
      await inside.query(MARK_DECIDED, [jurisdiction, marked, withdrawn, at]);
    },
    markTaskDecided: async ({ task, since }, at) => {
      await inside.query(MARK_TASK_DECIDED, [jurisdiction, task, since, at]);
    },
    missedBy: async ({ pack }) => {
      const found = await inside.query<{ submission: string }>(MISSED, [jurisdiction, pack]);
      return found.rows.map(({ submission }) => submission);
    },
    establish: (built, { digest, asOf }, at) =>
      inTransaction(inside, async (client) => {
        const { pack, generation } = built;
        const cause = causeOf(ids, built, asOf, { because: 'RULES_OR_DAY', causes: [], at });
        await client.query("set local work_mem = '64MB'");
        await client.query(TELL_GENERATION, [jurisdiction, pack, generation, JSON.stringify([cause])]);
        await client.query(ESTABLISH, [jurisdiction, pack, generation, digest, asOf, at]);
      }),
  };
}

/** Submissions whose persons are decided together, each person once. */
const SUBMISSIONS_AT_ONCE = 100;
const PERSONS_AT_ONCE = 1_000;
const BULK_FROM = 5_000;

interface UndecidedRecord {
  readonly id: string;
  readonly withdrawn: boolean;
  readonly rows_sent: number;
}

interface SetRecord {
  readonly jurisdiction: string;
  readonly pack: string;
  readonly generation: number | null;
  readonly pack_digest: string | null;
  readonly as_of: string | null;
  readonly built_at: Date | null;
  readonly wanted_digest: string;
  readonly wanted_as_of: string;
}

async function setsOf(inside: WalledPart, jurisdiction: string): Promise<DecisionSet[]> {
  const found = await inside.query<SetRecord>('select * from decision_set where jurisdiction = $1', [jurisdiction]);
  return found.rows.map((record) => ({
    jurisdiction: record.jurisdiction,
    pack: record.pack,
    generation: record.generation,
    decidedBy: record.generation === null ? null : { digest: record.pack_digest!, asOf: record.as_of! },
    builtAt: record.built_at,
    wanted: { digest: record.wanted_digest, asOf: record.wanted_as_of },
  }));
}

async function* touchedBy(
  { inside, client, jurisdiction, bulkFrom }: Alone,
  causes: readonly string[],
): AsyncGenerator<TouchedPersons> {
  if (causes.length === 0) return;
  const ids = touchedIn(client.escapeLiteral(jurisdiction), idList(client, causes));
  const touching = await inside.query<{ extent: string }>(EXTENT, [causes]);
  if (Number(touching.rows[0]!.extent) >= bulkFrom) return yield* readTouched(client, inside.seal, jurisdiction, ids);

  const found = await client.query<{ id: string }>(ids);
  for (let first = 0; first < found.rows.length; first += PERSONS_AT_ONCE) {
    const persons = found.rows.slice(first, first + PERSONS_AT_ONCE).map(({ id }) => id);
    yield { persons, facts: await readFacts(client, inside.seal, jurisdiction, persons) };
  }
}

const idList = (client: pg.PoolClient, ids: readonly string[]): string =>
  `array[${ids.map((id) => client.escapeLiteral(id)).join(', ')}]::uuid[]`;

/** The lines that copy decisions into their generation; the kinds that they name are kept before. */
async function* linesOf(
  inside: WalledPart,
  { jurisdiction, pack, generation }: DecisionGeneration,
  decisions: AsyncIterable<readonly PersonDecision[]>,
): AsyncGenerator<string> {
  const kinds = new DecisionKinds();
  const of = copyLine([jurisdiction, pack, generation]).trimEnd();
  for await (const some of decisions) {
    let lines = '';
    for (const { person, codes } of some) {
      const { id, category } = kinds.kindOf(codes);
      lines += `${of}\t${person}\t${id}\t${category ?? NOTHING}\n`;
    }
    await keepKinds(inside, kinds.takeFresh());
    yield lines;
  }
}

/** Range by range of the key, so that no statement is long and none looks at more than it removes. */
async function prune(inside: WalledPart, jurisdiction: string, pack: string): Promise<void> {
  const due = await inside.query<{ ranges: number }>(PRUNE_DUE, [jurisdiction, pack]);
  const [found] = due.rows;
  if (!found) return;
  const step = Math.ceil(256 / Math.min(found.ranges, 256));
  for (let first = 0; first < 256; first += step) {
    await inside.query(PRUNE, [jurisdiction, pack, idAt(first, '0'), idAt(Math.min(first + step, 256) - 1, 'f')]);
  }
  await inside.query(PRUNED, [jurisdiction, pack]);
}

/** The lowest or highest id of those that begin with this byte. */
const idAt = (byte: number, rest: '0' | 'f'): string =>
  `${byte.toString(16).padStart(2, '0')}${rest.repeat(30)}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
