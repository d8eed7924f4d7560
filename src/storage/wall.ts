import pg from 'pg';

/** What the hub may do with a table: nothing that is not named here, so that a table that only grows can only grow. */
type Right = 'select' | 'insert' | 'update' | 'delete';

const KEPT: readonly Right[] = ['select', 'insert', 'update'];
const APPENDED: readonly Right[] = ['select', 'insert'];
const REPLACED: readonly Right[] = ['select', 'insert', 'update', 'delete'];

/** Every table of the hub with what the role of its processes may do with it. */
export const RIGHTS: Readonly<Record<string, readonly Right[]>> = {
  agency_key: ['select', 'insert', 'delete'],
  audit_budget: KEPT,
  audit_checkpoint: APPENDED,
  audit_entry: APPENDED,
  audit_head: KEPT,
  audit_subtree: APPENDED,
  change_cause: APPENDED,
  claim: KEPT,
  claim_same_as: APPENDED,
  comparison: KEPT,
  comparison_person: ['select', 'insert', 'delete'],
  correction_request: KEPT,
  decision: REPLACED,
  decision_change: APPENDED,
  decision_kind: APPENDED,
  decision_missed: ['select', 'insert', 'delete'],
  decision_set: KEPT,
  emergency: KEPT,
  file_link: REPLACED,
  identifier: APPENDED,
  index_key: ['select'],
  mikro_orm_migrations: ['select'],
  person_card: REPLACED,
  person_key: APPENDED,
  replayed_assertion: ['select', 'insert', 'delete'],
  review_step: APPENDED,
  review_task: KEPT,
  review_task_subject: ['select', 'insert', 'delete'],
  revocation: KEPT,
  sealing_key: APPENDED,
  sealing_use: KEPT,
  settled_value: KEPT,
  subject_index: APPENDED,
  subject_link: KEPT,
  subject_name: APPENDED,
  subject_settlement: KEPT,
  subject_split: KEPT,
  submission: KEPT,
  submission_block: KEPT,
  to_decide: KEPT,
};

const OF_A_LOG = 'named by their log; only ever added to, and what is added is told to those whom it is about';

/** Tables that belong to no jurisdiction, each with the reason; every other table is behind the wall. */
export const NOBODYS: Readonly<Record<string, string>> = {
  audit_checkpoint: OF_A_LOG,
  audit_entry: OF_A_LOG,
  audit_head: OF_A_LOG,
  audit_subtree: OF_A_LOG,
  decision_kind: 'what decisions come to, each once and the same everywhere; whose they are stands in `decision`',
  index_key: 'wrapped keys that documents are looked up by',
  mikro_orm_migrations: 'names of migrations',
  replayed_assertion:
    'hashes of ids that tokens were used under; whoever comes in is not known before they are looked up',
  revocation: 'names of clients and thumbprints of public keys; every door holds all of them, whoever comes in',
  sealing_key: 'wrapped data keys; a value is bound to its jurisdiction by what it is sealed with, not by its key',
  subject_index:
    'which subject a document is, by keyed hashes; the same in every jurisdiction, as subject keys are. Whether it is known in one stands in `identifier`',
  sealing_use: 'how many values were sealed under each data key',
};

/**
 * Raises the second wall (ADR 0018), as the owner: every table with a jurisdiction shows and takes rows of the one that is set, and
 * the role of the hub's processes has rights table by table. What is there already is left as it is, so that a start locks nothing.
 *
 * @param address by which the hub's processes reach the database: its user becomes the role, made with its password where missing
 */
export async function raiseWall(client: pg.ClientBase, address: string): Promise<void> {
  const { username, password, searchParams } = new URL(address);
  const name = decodeURIComponent(username) || searchParams.get('user') || '';
  const role = pg.escapeIdentifier(name);
  await makeRole(client, name, decodeURIComponent(password));
  await client.query(POLICIES);
  await client.query(`
    revoke create on schema public from public;
    grant usage on schema public, graphile_worker to ${role};
    grant usage, create on schema take_in to ${role};
    grant select, insert, update, delete on all tables in schema graphile_worker to ${role};
    grant usage on all sequences in schema graphile_worker to ${role};
    grant execute on all functions in schema graphile_worker to ${role}`);
  const found = await client.query<{ name: string; rights: string[] }>(TABLES, [name]);
  for (const { name: table, rights: has } of found.rows) {
    const rights = RIGHTS[table] ?? [];
    if (has.toSorted().join() === rights.toSorted().join()) continue;
    const grant = rights.length === 0 ? '' : `grant ${rights.join(', ')} on ${table} to ${role}`;
    await client.query(`revoke all on ${table} from ${role}; ${grant}`);
  }
  await client.query(workPolicies(name));
}

async function makeRole(client: pg.ClientBase, name: string, password: string): Promise<void> {
  const known = await client.query('select from pg_roles where rolname = $1', [name]);
  if (known.rowCount !== 0) return;
  const secret = password === '' ? '' : `password ${pg.escapeLiteral(password)}`;
  await client.query(`create role ${pg.escapeIdentifier(name)} login ${secret}`).catch((error: { code?: string }) => {
    // Another process made it at the same moment.
    if (error.code !== '42710' && error.code !== '23505') throw error;
  });
}

const TABLES = `
select quote_ident(c.relname) as name, array(
    select lower(a.privilege_type) from aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where r.rolname = $1) as rights
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;

/**
 * A table's policy, by which a row is its jurisdiction's own. The setting is read once a statement. Not as a condition that an index
 * could serve: statements are planned by their own conditions, with the wall or without it.
 */
const POLICIES = `
do $$
declare t text;
begin
  for t in
    select c.relname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'jurisdiction' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'own_jurisdiction'))
  loop
    execute format('alter table %I enable row level security, force row level security', t);
    execute format('drop policy if exists own_jurisdiction on %I', t);
    execute format('create policy own_jurisdiction on %I using '
      '((jurisdiction = (select nullif(current_setting(''hub.jurisdiction'', true), ''''))) is true)', t);
  end loop;
end
$$`;

/** The queue's library has row level security on its tables, without a policy: they are its owner's. What waits there names no person. */
const workPolicies = (role: string): string => `
do $$
declare t text;
begin
  for t in
    select c.relname from pg_class c
    where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = ${pg.escapeLiteral(role)})
  loop
    execute format('create policy %I on graphile_worker.%I to %I using (true)',
      ${pg.escapeLiteral(role)}, t, ${pg.escapeLiteral(role)});
  end loop;
end
$$`;
