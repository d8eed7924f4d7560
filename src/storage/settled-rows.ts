import { bareName } from '../domain/identity/normalise-name.ts';
import type { SettledValue, SubjectSplit } from '../domain/identity/settled.ts';
import { MILLISECONDS } from './milliseconds.ts';
import { nameKeyFromKept } from './name-keys.ts';
import type { NamesByKey } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** Of rows of a table, by its alias: do they stand, or did they at an instant? */
type Stands = (row: string) => string;

/**
 * SQL for the splits (`splits`, null where there are none) from or towards the subjects `s.keys` in jurisdiction `$1`, with the
 * subjects from which something is split towards them (`from_keys`). Almost no place has any, and then it looks once for all persons:
 * the question beside `where` does not depend on the person.
 */
export const SPLITS_AROUND = (stands: Stands): string => `
  select json_agg(json_build_object('subjectKey', p.subject_key, 'name', p.name, 'toKey', p.to_key) order by p.id) as splits,
    coalesce(array_agg(p.subject_key) filter (where p.to_key = any(s.keys)), '{}') as from_keys
  from (
    select * from subject_split p where p.subject_key = any(s.keys)
    union all
    select * from subject_split p where p.to_key = any(s.keys) and not p.subject_key = any(s.keys)
  ) p
  where (select exists (select from subject_split where jurisdiction = $1)) and p.jurisdiction = $1 and ${stands('p')}`;

/** SQL for the values (`settled_values`, null where there are none) that were settled to count of the subjects `s.keys`. */
export const VALUES_OF = (stands: Stands): string => `
  select json_agg(json_build_object('subjectKey', v.subject_key, 'attribute', v.attribute, 'value', v.value,
    'since', ${MILLISECONDS('v.since')}) order by v.id) as settled_values
  from settled_value v
  where (select exists (select from settled_value where jurisdiction = $1)) and v.subject_key = any(s.keys)
    and v.jurisdiction = $1 and ${stands('v')}`;

/** A value as `VALUES_OF` gives it. */
export type SettledValueJson = Omit<SettledValue, 'since'> & { readonly since: number };

/** Reads what `VALUES_OF` wrote, for whoever decides: with the key of a name. */
export const settledValueOf = (seal: PlaceSeal, json: SettledValueJson): SettledValue =>
  readValue(json, json.attribute === 'name' ? nameKeyFromKept(seal, json.value) : json.value);

/** The same as it was settled: with a name opened. */
export const namedValueOf = (json: SettledValueJson, names: NamesByKey): SettledValue =>
  readValue(json, json.attribute === 'name' ? names.nameOf(json.subjectKey, json.value) : json.value);

const readValue = (json: SettledValueJson, value: string): SettledValue =>
  ({ ...json, value, since: new Date(json.since) }) as SettledValue;

/** A split for whoever decides: with the key of the bare name. */
export const splitOf = (seal: PlaceSeal, split: SubjectSplit): SubjectSplit => ({
  ...split,
  name: bareName(nameKeyFromKept(seal, split.name)),
});

/** A split with its name opened. */
export const namedSplitOf = (split: SubjectSplit, names: NamesByKey): SubjectSplit => ({
  ...split,
  name: bareName(names.nameOf(split.subjectKey, split.name)),
});
