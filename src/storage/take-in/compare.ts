import pg from 'pg';
import type { Claim } from '../../domain/claims/claim.ts';
import type { SubjectRow } from '../../domain/claims/plan-claims.ts';
import type { RowFinding } from '../../domain/intake/list-definition.ts';
import type { StoredSubmission } from '../../flows/ports.ts';
import type { ComparisonTerms, SubjectMatters } from '../../flows/ports-take-in.ts';
import { NAMED_CLAIM_AS_JSON, namedClaimsFromJson, type NamedClaimJson } from '../claim-rows.ts';
import { rowAttributes } from '../sealed-claims.ts';
import { openStanding, STANDING_NAMES_AS_JSON, type StandingName } from '../sealed-names.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import { dropTables, type Staging } from './staging.ts';

const { escapeLiteral } = pg;

/** Subjects thought about at a time. */
const SUBJECTS_AT_ONCE = 500;

/** SQL that speaks of the claims `c` of the submission's list, its values written out: what makes tables takes no parameters. */
interface ListSql {
  readonly jurisdiction: string;
  /** Stands, and is of the list. */
  readonly stands: string;
  /** Is covered by the push. */
  readonly covered: string;
  /** Is covered, and not over. */
  readonly droppable: string;
}

function listSql({ jurisdiction, agency, list }: StoredSubmission, { covers }: ComparisonTerms): ListSql {
  const [place, office, name] = [escapeLiteral(jurisdiction), escapeLiteral(agency), escapeLiteral(list)];
  const ofPeriod = (period: string): string => `c.submission in (select s.id from submission s
    where s.jurisdiction = ${place} and s.agency = ${office} and s.list = ${name} and s.period = ${escapeLiteral(period)})`;
  const covered = !covers ? 'false' : covers.period === null ? 'true' : ofPeriod(covers.period);
  const notOver = covers?.overSince
    ? `(c.valid_to is null or c.valid_to > ${escapeLiteral(covers.overSince)})`
    : 'true';
  return {
    jurisdiction: place,
    stands: `c.jurisdiction = ${place} and c.agency = ${office} and c.list = ${name} and c.ended_at is null`,
    covered,
    droppable: `${covered} and ${notOver}`,
  };
}

/** Numbers of what sets could settle. */
export interface Settled {
  readonly added: number;
  readonly unchanged: number;
  readonly stood: number;
}

/**
 * Settles in sets what needs no thought: subjects whose rows all only add, each about a matter of its own of which nothing
 * stands (taken in as it is) or just this stands (`same`). Such a row changes nothing else of its subject. All other subjects
 * are left to be thought about (`unsettled`): {@link unsettledSubjects}.
 */
export async function compareInSets(
  client: pg.ClientBase,
  staging: Staging,
  submission: StoredSubmission,
  terms: ComparisonTerms,
): Promise<Settled> {
  const sql = listSql(submission, terms);
  const { row, several, unnamed, namesake, covered, standing, same, unsettled, unsettledRow, verdict, add, end } =
    staging;
  await dropTables(client, [
    several,
    unnamed,
    namesake,
    covered,
    standing,
    same,
    unsettled,
    unsettledRow,
    verdict,
    add,
    end,
  ]);

  await client.query(`analyze ${row} (row_number, kind, subject_key, key, name, others)`);
  const oneByOne = (await areFewAmongClaims(client, submission)) ? 'offset 0' : '';
  await client.query(`create unlogged table ${several} as
    select subject_key from ${row} where subject_key is not null group by subject_key having count(*) > 1`);
  await client.query(`create unlogged table ${unnamed} as
    select r.subject_key, r.name, r.told_name, r.id_type, r.id_number, r.others, r.born, r.bare_name
    from ${row} r
    where r.kind = 'P' and not exists (
      select from claim k where k.subject_key = r.subject_key and k.jurisdiction = ${sql.jurisdiction} and k.ended_at is null
        and k.attributes ->> 'name' is not distinct from r.name ${oneByOne})`);
  await client.query(`analyze ${unnamed}`);
  await client.query(`create unlogged table ${namesake} as ${newNamesakes(staging, sql)}`);
  await client.query(`create unlogged table ${covered} as
    select c.subject_key, count(*)::integer as claims from claim c where ${sql.stands} and ${sql.droppable} group by c.subject_key`);
  await client.query(`create unlogged table ${standing} as
    select r.row_number, r.subject_key, r.content_hash is not distinct from c.content_hash as same, ${sql.droppable} as droppable
    from ${row} r
    join lateral (
      select * from claim c where c.subject_key = r.subject_key and c.key = r.key and ${sql.stands} ${oneByOne}) c on true
    where r.kind = 'P'`);
  await client.query(`analyze ${several}, ${namesake}, ${covered}, ${standing}`);
  await client.query(`create unlogged table ${unsettled} as ${unsettledSubjects(staging, sql)}`);
  await client.query(`analyze ${unsettled}`);
  await client.query(`create unlogged table ${same} as
    select s.row_number from ${standing} s
    where s.same and not exists (select from ${unsettled} u where u.subject_key = s.subject_key)`);
  await client.query(`create unlogged table ${unsettledRow} as
    select r.* from ${row} r join ${unsettled} u on u.subject_key = r.subject_key`);
  await client.query(`create index on ${unsettledRow} (subject_key)`);
  await client.query(`analyze ${same}, ${unsettledRow}`);
  await client.query(`create unlogged table ${verdict} (row_number integer, findings json)`);
  await client.query(`create unlogged table ${add} (place integer, row_number integer, subject_key uuid, key text,
    attributes text, valid_from date, valid_to date, content_hash uuid, first_told_at timestamptz(3), told_name text)`);
  await client.query(`create unlogged table ${end} (subject_key uuid, id uuid)`);

  const counted = await client.query<Settled>(`select
    ((select count(*) from ${row} where kind = 'P') - (select count(*) from ${same})
      - (select count(*) from ${unsettledRow} where kind = 'P'))::integer as added,
    (select count(*) from ${same})::integer as unchanged,
    (select coalesce(sum(claims), 0) from ${covered})::integer as stood`);
  return counted.rows[0]!;
}

/** A claim is looked up by index in the time in which a scan passes so many: 12 µs against 0.8 µs among a million persons. */
const SCANNED_IN_A_LOOK_UP = 16;

/**
 * Does it take less time to look up the claims of each row than to pass over all there are? PostgreSQL takes a look-up for several times
 * as dear as it is, and passes over a whole county for each list, the slower the larger the county. `offset 0` in a subquery has it look up.
 */
async function areFewAmongClaims(client: pg.ClientBase, { counts }: StoredSubmission): Promise<boolean> {
  const { rows } = await client.query<{ claims: number }>(CLAIMS_THERE_ARE);
  return counts.sent * SCANNED_IN_A_LOOK_UP < rows[0]!.claims;
}

// As PostgreSQL last counted them: near enough, and free.
const CLAIMS_THERE_ARE = `select reltuples::float8 as claims from pg_class where oid = 'claim'::regclass`;

/**
 * Subjects to be thought about: with several rows that are not each about a matter of its own (only rows that add have a key);
 * with a row that corrects or removes, says something other than what stands, or gives a name that no standing claim gives; with a
 * namesake of another number;
 * and those of whom a snapshot leaves something out, unless a rejected row names them, since nothing then follows from that.
 */
const unsettledSubjects = (
  { row, several, unnamed, namesake, covered, standing }: Staging,
  { jurisdiction }: ListSql,
): string => `
  select r.subject_key from ${row} r join ${several} d on d.subject_key = r.subject_key
  group by r.subject_key having count(distinct r.key) < count(*)
  union
  select subject_key from ${row} where kind in ('C', 'D')
  union
  select subject_key from ${standing} where not same
  union
  select n.subject_key
  from ${unnamed} n
  join claim c on c.subject_key = n.subject_key and c.jurisdiction = ${jurisdiction} and c.ended_at is null
  where c.attributes ->> 'name' <> n.name
  union
  select subject_key from ${namesake}
  union
  select v.subject_key
  from ${covered} v
  left join (select subject_key, count(*) as claims from ${standing} where droppable group by subject_key) s
    on s.subject_key = v.subject_key
  where coalesce(s.claims, 0) < v.claims
    and not exists (select from ${row} r where r.subject_key = v.subject_key and r.kind = 'R')`;

/**
 * Subjects nobody has heard of whose name and birthday somebody has who is known under another number; whoever another document of the
 * row names does not count. Who is known is asked only of those who have a namesake: they are few. Who asks is gathered first: while nobody has
 * counted the cards of a new county, PostgreSQL takes them for a handful and would look through all rows for each.
 */
const newNamesakes = ({ row, unnamed }: Staging, { jurisdiction }: ListSql): string => `
  with asked as materialized (
    select subject_key, name, bare_name, born, others from ${unnamed}
    union all
    select subject_key, name, bare_name, born, others from ${row} where kind = 'C'
  ), found as materialized (
    select n.subject_key, n.others, k.person_id
    from asked n
    join person_card k on k.birth_date = n.born and k.bare_name = coalesce(n.bare_name, n.name)
    where k.jurisdiction = ${jurisdiction}
  )
  select distinct f.subject_key
  from found f
  where not exists (
      select from subject_link l
      where l.subject_key = f.subject_key and l.jurisdiction = ${jurisdiction} and l.until is null)
    and not exists (
      select from json_array_elements(f.others::json) o
      join subject_link l on l.subject_key = (o ->> 'key')::uuid and l.jurisdiction = ${jurisdiction} and l.until is null
      where l.person_id = f.person_id)`;

/** SQL for the rows `r` that are taken in as they are: whatever is neither the same nor unsettled. */
export const isFresh = ({ same, unsettled }: Staging): string => `r.kind = 'P'
  and not exists (select from ${same} s where s.row_number = r.row_number)
  and not exists (select from ${unsettled} u where u.subject_key = r.subject_key)`;

/** Numbers of the rows that say what stands, some at a time. */
export async function* rowsSame(client: pg.ClientBase, { same }: Staging): AsyncGenerator<readonly number[]> {
  const found = await client.query<{ rows: string }>(
    `select string_agg(row_number::text, ',') as rows from ${same} group by row_number / 50000`,
  );
  for (const { rows } of found.rows) yield rows.split(',').map(Number);
}

/** A row of an unsettled subject as SQL writes it. */
interface UnsettledRow {
  readonly row: number;
  readonly kind: 'P' | 'C' | 'D' | 'R';
  readonly key: string;
  readonly attributes: Claim['attributes'];
  /** The name as it was told, whose key is among the attributes. */
  readonly name: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly findings: readonly RowFinding[] | null;
  readonly cells: SubjectRow['cells'] | null;
  readonly others: readonly { readonly key: string }[] | null;
}

interface UnsettledSubject {
  readonly subject: string;
  readonly rows: readonly UnsettledRow[] | null;
  readonly standing: readonly NamedClaimJson[] | null;
  readonly covered: readonly string[] | null;
  readonly names: readonly StandingName[] | null;
  readonly has_namesake: boolean;
}

/** Reads the unsettled subjects, some at a time, within a transaction of their own. */
export async function* readUnsettled(
  client: pg.ClientBase,
  seal: PlaceSeal,
  { namesake, unsettled, unsettledRow }: Staging,
  submission: StoredSubmission,
  terms: ComparisonTerms,
): AsyncGenerator<readonly SubjectMatters[]> {
  const sql = listSql(submission, terms);
  await client.query('begin');
  await client.query(`declare unsettled no scroll cursor for
    select u.subject_key as subject, r.rows, c.standing, c.covered, n.names,
      exists (select from ${namesake} s where s.subject_key = u.subject_key) as has_namesake
    from ${unsettled} u
    cross join lateral (
      select json_agg(json_build_object('row', r.row_number, 'kind', r.kind, 'key', r.key, 'attributes', r.attributes::json, 'name', r.told_name,
        'validFrom', r.valid_from, 'validTo', r.valid_to, 'findings', r.findings::json, 'cells', r.cells::json, 'others', r.others::json)
        order by r.row_number) as rows
      from ${unsettledRow} r where r.subject_key = u.subject_key
    ) r
    cross join lateral (
      select json_agg(${NAMED_CLAIM_AS_JSON} order by c.told_at, c.id) as standing,
        array_agg(c.id) filter (where ${sql.covered}) as covered
      from claim c where c.subject_key = u.subject_key and ${sql.stands}
    ) c
    left join lateral (${STANDING_NAMES_AS_JSON('c.subject_key = u.subject_key', sql.jurisdiction)}) n on true
    order by u.subject_key`);
  for (;;) {
    const found = await client.query<UnsettledSubject>(`fetch ${SUBJECTS_AT_ONCE} from unsettled`);
    if (found.rows.length === 0) break;
    yield found.rows.map((row) => mattersOf(seal, row));
  }
  await client.query('commit');
}

const mattersOf = (
  seal: PlaceSeal,
  { subject, rows, standing, covered, names, has_namesake }: UnsettledSubject,
): SubjectMatters => ({
  rows: (rows ?? []).map((row) => rowOf(seal, row, subject)),
  standing: namedClaimsFromJson(seal, standing ?? []),
  covered: covered ?? [],
  names: [...openStanding(seal, subject, names ?? [])],
  hasNamesake: has_namesake,
});

const CHANGES = { P: 'ADD', C: 'CORRECT', D: 'REMOVE', R: 'ADD' } as const;

const rowOf = (
  seal: PlaceSeal,
  { row, kind, key, attributes, name, validFrom, validTo, findings, cells, others }: UnsettledRow,
  subjectKey: string,
): SubjectRow => ({
  row,
  subjectKey,
  subject: null,
  change: CHANGES[kind],
  rejected: kind === 'R',
  findings: findings ?? [],
  cells: cells ?? {},
  sameAs: (others ?? []).map((other) => other.key),
  ...(kind === 'P'
    ? { statement: { key, attributes: rowAttributes(seal, { subjectKey, key }, attributes, name), validFrom, validTo } }
    : {}),
});
