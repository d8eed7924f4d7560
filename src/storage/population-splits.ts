import type pg from 'pg';
import type { Claim } from '../domain/claims/claim.ts';
import { ownClaims } from '../domain/identity/own-claims.ts';
import type { SubjectSplit } from '../domain/identity/settled.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { CLAIM_AS_JSON, decidedClaimFromJson, inToldOrder, type ClaimJson } from './claim-rows.ts';
import { MILLISECONDS } from './milliseconds.ts';
import { settledValueOf, splitOf, type SettledValueJson } from './settled-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** Completes what was read of a person by what was settled of whom claims tell and which values count. */
export type SettledFacts = (facts: PersonFacts) => PersonFacts;

/**
 * What was settled of whom claims tell and which values count, in a whole jurisdiction, with the claims of all subjects from which
 * anything was split: few, however many people there are, and so read once for all of them. One statement.
 *
 * @param knownAt the instant at which it stood; by default what stands now
 */
export async function readSettled(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  knownAt?: Date,
): Promise<SettledFacts> {
  const found = await client.query<SettledRecord>(SETTLED, [jurisdiction, knownAt ?? null]);
  const { splits: kept, values, claims } = found.rows[0]!;
  if (!kept && !values) return (facts) => facts;
  const splits = (kept ?? []).map((split) => splitOf(seal, split));
  const readValues = (values ?? []).map((value) => settledValueOf(seal, value));
  const settledValues = Map.groupBy(readValues, ({ subjectKey }) => subjectKey);
  const from = Map.groupBy(splits, ({ subjectKey }) => subjectKey);
  const towards = Map.groupBy(splits, ({ toKey }) => toKey);
  const told = Map.groupBy((claims ?? []).map(decidedClaimFromJson(seal)), ({ subjectKey }) => subjectKey);

  return (facts) => {
    const keys = facts.subjects.map(({ key }) => key);
    const own = keys.flatMap((key) => settledValues.get(key) ?? []);
    const around = new Set(keys.flatMap((key) => [...(from.get(key) ?? []), ...(towards.get(key) ?? [])]));
    if (around.size === 0) return own.length === 0 ? facts : { ...facts, settledValues: own };
    const theirs = [...around];
    const all = [...facts.claims, ...claimsOfOthers(theirs, keys, told)];
    return {
      ...facts,
      claims: ownClaims(keys, all, theirs).toSorted(inToldOrder),
      splits: theirs,
      ...(own.length > 0 && { settledValues: own }),
    };
  };
}

/** Everything told of the subjects, other than these, from which something is split. */
function claimsOfOthers(
  around: readonly SubjectSplit[],
  keys: readonly string[],
  told: ReadonlyMap<string, readonly Claim[]>,
): readonly Claim[] {
  const others = new Set(around.map(({ subjectKey }) => subjectKey).filter((key) => !keys.includes(key)));
  return [...others].flatMap((key) => told.get(key) ?? []);
}

interface SettledRecord {
  readonly splits: readonly SubjectSplit[] | null;
  readonly values: readonly SettledValueJson[] | null;
  readonly claims: readonly ClaimJson[] | null;
}

/** Of a row: it stands, or stood at the instant `$2`. */
const stood = (since: string, until: string): string =>
  `case when $2::timestamptz is null then ${until} is null else ${since} <= $2 and (${until} is null or ${until} > $2) end`;

const SETTLED = `
with split as materialized (
  select p.* from subject_split p where p.jurisdiction = $1 and ${stood('p.since', 'p.until')}
)
select
  (select json_agg(json_build_object('subjectKey', p.subject_key, 'name', p.name, 'toKey', p.to_key) order by p.id)
    from split p) as splits,
  (select json_agg(json_build_object('subjectKey', v.subject_key, 'attribute', v.attribute, 'value', v.value,
      'since', ${MILLISECONDS('v.since')}) order by v.id)
    from settled_value v where v.jurisdiction = $1 and ${stood('v.since', 'v.until')}) as values,
  (select json_agg(${CLAIM_AS_JSON})
    from (select distinct subject_key from split) p
    join claim c on c.subject_key = p.subject_key and c.jurisdiction = $1 and ${stood('c.told_at', 'c.ended_at')}) as claims`;
