import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type {
  DecidingAlone,
  DecisionGeneration,
  DecisionSet,
  DecisionStore,
  PersonDecision,
} from '../flows/ports-work.ts';
import { COPY_DECISIONS, copyLines, DECISION_TYPES, fieldsOf } from './decision-rows.ts';
import {
  BEGIN,
  ESTABLISH,
  MARK_DECIDED,
  MISSED,
  PRUNE,
  PRUNE_DUE,
  PRUNED,
  REMOVE,
  TELL_PROGRESS,
  touchedIn,
  UNDECIDED,
  UPSERT,
  WANT,
} from './decision-statements.ts';
import { enqueue } from './jobs.ts';
import { readEverybody, readFacts } from './population-facts.ts';

/** Keeps what packs decide of everybody. */
export function decisionStore(pool: pg.Pool): DecisionStore {
  return {
    sets: (jurisdiction) => setsOf(pool, jurisdiction),
    want: (jurisdiction, pack, { digest, asOf }) =>
      inTransaction(pool, async (client) => {
        await client.query(WANT, [jurisdiction, pack, digest, asOf]);
        await enqueue(client, { kind: 'rebuild-decisions', jurisdiction, pack, asOf });
      }),
    alone: async (jurisdiction, work) => {
      const client = await pool.connect();
      let whole = false;
      try {
        // Of the session: what is decided is committed batch by batch.
        await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`decide|${jurisdiction}`]);
        const result = await work(decidingAlone(pool, client, jurisdiction));
        await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [`decide|${jurisdiction}`]);
        whole = true;
        return result;
      } finally {
        // Closing the connection gives the lock back.
        client.release(!whole);
      }
    },
    begin: async (jurisdiction, pack) => {
      await prune(pool, jurisdiction, pack);
      const begun = await pool.query<{ generation: number }>(BEGIN, [jurisdiction, pack]);
      return { jurisdiction, pack, generation: begun.rows[0]!.generation };
    },
    everybody: (jurisdiction) => readEverybody(pool, jurisdiction),
    write: (to, decisions) =>
      inTransaction(pool, async (client) => {
        await pipeline(Readable.from(linesOf(to, decisions)), client.query(copyFrom(COPY_DECISIONS)));
      }),
    prune: (jurisdiction, pack) => prune(pool, jurisdiction, pack),
  };
}

function decidingAlone(pool: pg.Pool, client: pg.PoolClient, jurisdiction: string): DecidingAlone {
  return {
    sets: () => setsOf(pool, jurisdiction),
    undecided: async () => {
      const found = await pool.query<UndecidedRecord>(UNDECIDED, [jurisdiction, SUBMISSIONS_AT_ONCE]);
      const firstLarge = found.rows.findIndex(({ rows_sent: rows }) => rows > PERSONS_AT_ONCE);
      const some = firstLarge === -1 ? found.rows : found.rows.slice(0, Math.max(firstLarge, 1));
      return some.map(({ id, withdrawn }) => ({ id, withdrawn }));
    },
    touchedBy: (submissions) => touchedBy(client, jurisdiction, submissions),
    facts: (persons) => readFacts(pool, jurisdiction, persons),
    replace: (to, persons, decisions) => replace(pool, to, persons, decisions),
    tellProgress: async (submission, persons, at) => {
      await pool.query(TELL_PROGRESS, [jurisdiction, submission, persons, at]);
    },
    markDecided: async (submissions, at) => {
      const ids = submissions.map(({ id }) => id);
      const withdrawn = submissions.map((submission) => submission.withdrawn);
      await pool.query(MARK_DECIDED, [jurisdiction, ids, withdrawn, at]);
    },
    missedBy: async ({ pack }) => {
      const found = await pool.query<{ submission: string }>(MISSED, [jurisdiction, pack]);
      return found.rows.map(({ submission }) => submission);
    },
    establish: async ({ pack, generation }, { digest, asOf }, at) => {
      await pool.query(ESTABLISH, [jurisdiction, pack, generation, digest, asOf, at]);
    },
  };
}

/** Submissions whose persons are decided together, each person once. */
const SUBMISSIONS_AT_ONCE = 100;
const PERSONS_AT_ONCE = 1_000;

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

async function setsOf(pool: pg.Pool, jurisdiction: string): Promise<DecisionSet[]> {
  const found = await pool.query<SetRecord>('select * from decision_set where jurisdiction = $1', [jurisdiction]);
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
  client: pg.PoolClient,
  jurisdiction: string,
  submissions: readonly string[],
): AsyncGenerator<readonly string[]> {
  if (submissions.length === 0) return;
  await client.query('begin read only');
  await client.query(
    `declare touched no scroll cursor for ${touchedIn(client.escapeLiteral(jurisdiction), idList(client, submissions))}`,
  );
  for (;;) {
    const found = await client.query<{ id: string }>(`fetch ${PERSONS_AT_ONCE} from touched`);
    if (found.rows.length === 0) break;
    yield found.rows.map(({ id }) => id);
  }
  await client.query('commit');
}

const idList = (client: pg.PoolClient, ids: readonly string[]): string =>
  `array[${ids.map((id) => client.escapeLiteral(id)).join(', ')}]::uuid[]`;

async function replace(
  pool: pg.Pool,
  to: DecisionGeneration,
  persons: readonly string[],
  decisions: readonly PersonDecision[],
): Promise<void> {
  const generation = [to.jurisdiction, to.pack, to.generation];
  if (decisions.length > 0) {
    const rows = decisions.map(fieldsOf);
    await pool.query(UPSERT, [...generation, ...DECISION_TYPES.map((_, column) => rows.map((row) => row[column]))]);
  }
  const decided = new Set(decisions.map(({ person }) => person));
  const gone = persons.filter((person) => !decided.has(person));
  if (gone.length > 0) await pool.query(REMOVE, [...generation, gone]);
}

async function* linesOf(
  to: DecisionGeneration,
  decisions: AsyncIterable<readonly PersonDecision[]>,
): AsyncGenerator<string> {
  for await (const some of decisions) yield copyLines(to, some);
}

/** Range by range of the key, so that no statement is long and none looks at more than it removes. */
async function prune(pool: pg.Pool, jurisdiction: string, pack: string): Promise<void> {
  const due = await pool.query<{ ranges: number }>(PRUNE_DUE, [jurisdiction, pack]);
  const [found] = due.rows;
  if (!found) return;
  const step = Math.ceil(256 / Math.min(found.ranges, 256));
  for (let first = 0; first < 256; first += step) {
    await pool.query(PRUNE, [jurisdiction, pack, idAt(first, '0'), idAt(Math.min(first + step, 256) - 1, 'f')]);
  }
  await pool.query(PRUNED, [jurisdiction, pack]);
}

/** The lowest or highest id of those that begin with this byte. */
const idAt = (byte: number, rest: '0' | 'f'): string =>
  `${byte.toString(16).padStart(2, '0')}${rest.repeat(30)}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let whole = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    whole = true;
    return result;
  } finally {
    // A connection that is closed rolls back what it began.
    client.release(!whole);
  }
}
