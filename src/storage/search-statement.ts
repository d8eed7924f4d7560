import { NAME_KEY_SIGN } from '../domain/identity/name-key.ts';
import type { EnrolmentState, PersonSearch } from '../flows/ports-search.ts';

/** Names that are searched: how their keys begin, or the keys themselves. */
export type NamesSearched = { readonly beginning: string } | { readonly keys: readonly string[] };

/** Conditions of a search and what they are about, put together from the parts that were given: each goes by an index of its own. */
export class SearchStatement {
  readonly values: unknown[] = [];
  #from = 'person_card c';
  readonly #conditions: string[] = [];
  /** Few enough fit to be put in order once they are found. */
  readonly #fewFit: boolean;

  constructor(jurisdiction: string, search: PersonSearch, names: NamesSearched | undefined) {
    this.#where(`c.jurisdiction = ${this.value(jurisdiction)}`);
    const { birthDate, regionCode, householdNumber, decided, ownOf } = search;
    if (names && 'beginning' in names) this.#beginsWith('c.bare_name', names.beginning);
    else if (names) this.#where(`c.bare_name = any(${this.value(names.keys)}::text[])`);
    if (birthDate !== undefined) this.#where(`c.birth_date = ${this.value(birthDate)}`);
    if (regionCode !== undefined) this.#beginsWith('c.region_code', regionCode);
    if (householdNumber !== undefined) this.#where(`c.household_number = ${this.value(householdNumber)}`);
    if (decided) this.#decidedAs(decided);
    if (ownOf !== undefined) this.#where(toldOfBy(this.value(ownOf)));
    this.#fewFit = names === undefined && isNarrow(search);
  }

  /** Takes in a parameter and gives its place. */
  value(parameter: unknown): string {
    return `$${this.values.push(parameter)}`;
  }

  get count(): string {
    return `select count(*)::integer as total from ${this.#from} where ${this.#conditions.join(' and ')}`;
  }

  /** The statement of a page. In order of the keys of names, as the index has them; who has none comes last. */
  page(after: { readonly name: string | null; readonly person: string } | null, limit: number): string {
    const beyond = after === null ? '' : `and ${this.#beyond(after.name, after.person)}`;
    const fitting = `select c.person_id, c.bare_name from ${this.#from} where ${this.#conditions.join(' and ')} ${beyond}`;
    const order = `order by c.bare_name using ~<~ nulls last, c.person_id limit ${this.value(limit)}`;
    // Left to itself, the planner may walk through all names of a county until enough of a village have come by.
    return this.#fewFit ? `with c as materialized (${fitting}) select * from c ${order}` : `${fitting} ${order}`;
  }

  #beyond(name: string | null, person: string): string {
    const id = `c.person_id > ${this.value(person)}`;
    if (name === null) return `c.bare_name is null and ${id}`;
    const at = this.value(name);
    return `(c.bare_name ~>~ ${at} or c.bare_name = ${at} and ${id} or c.bare_name is null)`;
  }

  #where(condition: string): void {
    this.#conditions.push(condition);
  }

  /** As bounds, not a pattern: an index serves these whatever text they come to, and no sign of the text means anything else. */
  #beginsWith(column: string, beginning: string): void {
    this.#where(`${column} ~>=~ ${this.value(beginning)}`);
    const end = firstBehind(beginning);
    if (end !== undefined) this.#where(`${column} ~<~ ${this.value(end)}`);
  }

  #decidedAs({ pack, category, enrolment }: NonNullable<PersonSearch['decided']>): void {
    this.#from += ' join decision d on d.person_id = c.person_id and d.jurisdiction = c.jurisdiction';
    const of = this.value(pack);
    this.#where(`d.jurisdiction = $1 and d.pack = ${of}`);
    // A value of its own, so that the plan knows it for one: as a join it would be asked person by person.
    this.#where(`d.generation = (select generation from decision_set where jurisdiction = $1 and pack = ${of})`);
    if (category === null) this.#where('d.category is null');
    else if (category !== undefined) this.#where(`d.category = ${this.value(category)}`);
    if (enrolment === undefined) return;
    this.#from += ' join decision_kind w on w.id = d.kind';
    this.#where(ENROLLED[enrolment]);
  }
}

const COUNTY_DIGITS = 6;

const isNarrow = ({ birthDate, householdNumber, regionCode, decided }: PersonSearch): boolean =>
  birthDate !== undefined ||
  householdNumber !== undefined ||
  (regionCode !== undefined && regionCode.length > COUNTY_DIGITS) ||
  typeof decided?.category === 'string';

const ENROLLED: Readonly<Record<EnrolmentState, string>> = {
  PAID: 'w.paid > 0',
  COVERED_WITHOUT_PAYMENT: "w.paid = 0 and w.periods <> ''",
  NOT_ENROLLED: "w.paid = 0 and w.periods = '' and not c.deceased",
};

/** The first text, in order of code points, behind all that begin so; `undefined` where there is none. */
function firstBehind(beginning: string): string | undefined {
  const points = Array.from(beginning, (sign) => sign.codePointAt(0)!);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no characters of their own.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** As `bareName` writes a name, which is of before, or its key. */
const BARE_NAME = `case when left(k.attributes ->> 'name', 1) = '${NAME_KEY_SIGN}' then split_part(k.attributes ->> 'name', '.', 1)
  else translate(regexp_replace(normalize(k.attributes ->> 'name', NFKC), '\\s', '', 'g'), '•‧∙⋅・․', '······') end`;

/** Has the agency said something that stands of the person: of one of their subjects, or under a name that was split off to it? */
const toldOfBy = (agency: string): string => `exists (
  select from subject_link l
  join claim k on k.subject_key = l.subject_key and k.jurisdiction = $1 and k.ended_at is null and k.agency = ${agency}
  where l.person_id = c.person_id and l.jurisdiction = $1 and l.until is null
    and not exists (
      select from subject_split s
      where s.subject_key = k.subject_key and s.jurisdiction = $1 and s.until is null and s.name = ${BARE_NAME})
  union all
  select from subject_link l
  join subject_split s on s.to_key = l.subject_key and s.jurisdiction = $1 and s.until is null
  join claim k on k.subject_key = s.subject_key and k.jurisdiction = $1 and k.ended_at is null and k.agency = ${agency}
  where l.person_id = c.person_id and l.jurisdiction = $1 and l.until is null and s.name = ${BARE_NAME})`;
