import type { DecisionDifference } from '../domain/policy/compare-decisions.ts';
import type { ComparedPerson, ComparisonStore, StoredComparison } from '../flows/ports-compare.ts';
import { NIL_ID } from './ids.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { readEverybody } from './population-facts.ts';
import type { WalledPart, WalledDatabase } from './walled-database.ts';

/** Persons that are read at once. */
const BATCH = 500;

/** Keeps comparisons of packs. */
export function comparisonStore(walled: WalledDatabase): ComparisonStore {
  return {
    add: (comparison, changedPack) => add(walled.of(comparison.jurisdiction), comparison, changedPack),
    find: async (jurisdiction, id) => {
      if (!UUID.test(id)) return undefined;
      const found = await walled.of(jurisdiction).query<ComparisonRecord>(FIND, [jurisdiction, id]);
      return found.rows[0] && comparisonOf(found.rows[0]);
    },
    changedPackOf: async (jurisdiction, id) => {
      const found = await walled.of(jurisdiction).query<{ changed_pack: string }>(CHANGED_PACK, [jurisdiction, id]);
      return found.rows[0]?.changed_pack;
    },
    begin: async ({ id, jurisdiction, knownAt }) => {
      await walled.of(jurisdiction).query('delete from comparison_person where comparison = $1', [id]);
      await walled.of(jurisdiction).query(BEGIN, [id, jurisdiction, knownAt]);
    },
    everybody: (jurisdiction, knownAt) => readEverybody(walled.of(jurisdiction), jurisdiction, knownAt),
    keep: async ({ id, jurisdiction }, persons, done) => {
      await walled
        .of(jurisdiction)
        .query(KEEP, [id, persons.map(({ person }) => person), persons.map(differenceText), done]);
    },
    finish: async ({ id, jurisdiction }, totals, at) => {
      await walled.of(jurisdiction).query(FINISH, [id, JSON.stringify(totals), totals.persons, at]);
    },
    fail: async ({ id, jurisdiction }) => {
      await walled.of(jurisdiction).query("update comparison set status = 'FAILED' where id = $1", [id]);
    },
    persons: (jurisdiction, id) => personsOf(walled.of(jurisdiction), jurisdiction, id),
  };
}

function add(inside: WalledPart, comparison: StoredComparison, changedPack: string): Promise<void> {
  return inTransaction(inside, async (client) => {
    const { id, jurisdiction } = comparison;
    await client.query(ADD, [
      ...[id, jurisdiction, comparison.agency, comparison.pack, comparison.policyYear, changedPack],
      ...[comparison.changedDigest, comparison.asOf, comparison.knownAt, comparison.askedAt],
    ]);
    await enqueue(client, { kind: 'compare-packs', jurisdiction, comparison: id });
  });
}

async function* personsOf(
  inside: WalledPart,
  jurisdiction: string,
  id: string,
): AsyncGenerator<readonly ComparedPerson[]> {
  let after: string = NIL_ID;
  for (;;) {
    const found = await inside.query<PersonRecord>(PERSONS, [jurisdiction, id, after, BATCH]);
    const last = found.rows.at(-1);
    if (!last) return;
    yield found.rows.map(({ person_id, difference }) => ({ person: person_id, ...difference }));
    after = last.person_id;
  }
}

const differenceText = ({ effect, newlyInReview, before, after, rules }: ComparedPerson): string =>
  JSON.stringify({ effect, newlyInReview, before, after, rules } satisfies DecisionDifference);

interface PersonRecord {
  readonly person_id: string;
  readonly difference: DecisionDifference;
}

interface ComparisonRecord {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: StoredComparison['agency'];
  readonly pack: string;
  readonly policy_year: number;
  readonly changed_digest: string;
  readonly as_of: string;
  readonly known_at: Date;
  readonly asked_at: Date;
  readonly status: StoredComparison['status'];
  readonly persons_to_do: number | null;
  readonly persons_done: number;
  readonly totals: StoredComparison['totals'];
  readonly done_at: Date | null;
}

const comparisonOf = (record: ComparisonRecord): StoredComparison => ({
  id: record.id,
  jurisdiction: record.jurisdiction,
  agency: record.agency,
  pack: record.pack,
  policyYear: record.policy_year,
  changedDigest: record.changed_digest,
  asOf: record.as_of,
  knownAt: record.known_at,
  askedAt: record.asked_at,
  status: record.status,
  personsToDo: record.persons_to_do,
  personsDone: record.persons_done,
  totals: record.totals,
  doneAt: record.done_at,
});

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const ADD = `
insert into comparison (id, jurisdiction, agency, pack, policy_year, changed_pack, changed_digest, as_of, known_at, asked_at, status)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'QUEUED')`;

const FIND = `
select id, jurisdiction, agency, pack, policy_year, changed_digest, as_of, known_at, asked_at, status, persons_to_do, persons_done,
  totals, done_at
from comparison where jurisdiction = $1 and id = $2`;

const CHANGED_PACK = 'select changed_pack from comparison where jurisdiction = $1 and id = $2';

const BEGIN = `
update comparison set status = 'WORKING', persons_done = 0, persons_to_do = (
  select count(distinct person_id) from subject_link
  where jurisdiction = $2 and since <= $3 and (until is null or until > $3))
where id = $1`;

const KEEP = `
with kept as (
  insert into comparison_person (comparison, person_id, difference)
  select $1, person_id, difference::json from unnest($2::uuid[], $3::text[]) as found(person_id, difference))
update comparison set persons_done = $4 where id = $1`;

const FINISH = `
update comparison set status = 'DONE', totals = $2, persons_to_do = $3, persons_done = $3, done_at = $4 where id = $1`;

const PERSONS = `
select p.person_id, p.difference
from comparison c join comparison_person p on p.comparison = c.id
where c.jurisdiction = $1 and c.id = $2 and p.person_id > $3
order by p.person_id limit $4`;
