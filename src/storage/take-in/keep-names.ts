import pg from 'pg';
import type { StoredSubmission } from '../../flows/ports.ts';
import { KEEP_NAMES, nameColumns, type SubjectName } from '../sealed-names.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import type { Staging } from './staging.ts';

/** Names that one statement keeps: few, so that nobody waits long for one. */
const KEPT_AT_ONCE = 5_000;

/**
 * Keeps the names that subjects have not been told under before; where people are told of by names that are known, it seals nothing. Short
 * transactions in the order of keys, as links are: a name that no claim has yet tells nothing of anybody to whoever cannot open it. Names
 * are sealed while PostgreSQL writes those before them.
 */
export async function keepStagedNames(
  client: pg.ClientBase,
  seal: PlaceSeal,
  staging: Staging,
  { jurisdiction }: StoredSubmission,
): Promise<void> {
  // Several statements at once give their results one by one, which the types do not tell.
  const begun = (await client.query(openUnkept(staging, jurisdiction))) as unknown as readonly Found[];
  let found = begun.at(-1)!.rows;
  let columns = await nameColumns(seal, found);
  while (found.length > 0) {
    const values = [jurisdiction, ...columns];
    found = found.length < KEPT_AT_ONCE ? [] : (await client.query<SubjectName>(FETCH_UNKEPT)).rows;
    [columns] = await Promise.all([nameColumns(seal, found), client.query(KEEP_NAMES(2), values)]);
  }
  await client.query('close unkept');
}

type Found = pg.QueryResult<SubjectName>;

const FETCH_UNKEPT = `fetch ${KEPT_AT_ONCE} from unkept`;

// A name that a standing claim gives is kept, so that only those that none does are looked up.
const openUnkept = ({ unnamed, add }: Staging, jurisdiction: string): string => `
set local cursor_tuple_fraction = 1;
declare unkept no scroll cursor with hold for
select n.subject_key as subject, n.name
from (
  select subject_key, told_name as name, name as name_key from ${unnamed}
  union all
  select subject_key, told_name, attributes::json ->> 'name' from ${add}
) n
where not exists (select from subject_name s where s.subject_key = n.subject_key
  and s.jurisdiction = ${pg.escapeLiteral(jurisdiction)} and s.name_key = n.name_key)
order by n.subject_key;
${FETCH_UNKEPT}`;
