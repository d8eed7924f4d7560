import pg from 'pg';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { sealOf } from './sealing-keys.ts';

/** A card as its table has it; what a test does not say is nothing. */
export interface CardSketch {
  readonly person: string;
  readonly name?: string | null;
  readonly birthDate?: string;
  readonly regionCode?: string;
  readonly householdNumber?: string;
  readonly deceased?: boolean;
  /** What a pack decides, for the generation that counts. */
  readonly decided?: {
    readonly pack: string;
    readonly category?: string;
    readonly paid?: number;
    readonly periods?: string;
  };
}

/** Lays cards and decisions down as the job that decides would, so that a search is about exactly these. */
export async function layCards(
  databaseUrl: string,
  cards: readonly CardSketch[],
  jurisdiction = '130628',
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const seal = await sealOf(client, jurisdiction);
    for (const { person, name = null, decided, ...card } of cards) {
      await client.query(CARD, [
        ...[person, jurisdiction, name && nameKeyOf(seal, name), card.birthDate ?? null, card.regionCode ?? null],
        ...[card.householdNumber ?? null, card.deceased ?? false],
      ]);
      if (!decided) continue;
      await client.query(SET, [jurisdiction, decided.pack]);
      const { pack, category = null, paid = 0, periods = '' } = decided;
      await client.query(DECISION, [person, jurisdiction, pack, category, paid, periods]);
    }
  } finally {
    await client.end();
  }
}

const CARD = `
insert into person_card (person_id, jurisdiction, bare_name, birth_date, region_code, household_number, deceased)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (person_id, jurisdiction) do update set bare_name = excluded.bare_name,
  birth_date = excluded.birth_date, region_code = excluded.region_code,
  household_number = excluded.household_number, deceased = excluded.deceased`;

const SET = `
insert into decision_set (jurisdiction, pack, generation, pack_digest, as_of, wanted_digest, wanted_as_of)
values ($1, $2, 1, '', '2026-01-01', '', '2026-01-01')
on conflict (jurisdiction, pack) do update set generation = 1`;

const DECISION = `
with kind as (
  insert into decision_kind (id, outcome, category, subsidy, payable, paid, review, periods)
  values (md5(concat_ws('|', coalesce($4, ''), $5::integer, $6::text))::uuid, 'DECIDED', $4::text, 0, 0, $5, '{}', $6)
  on conflict (id) do update set outcome = excluded.outcome
  returning id
)
insert into decision (person_id, jurisdiction, pack, generation, kind, category)
select $1, $2, $3, 1, id, $4 from kind
on conflict (person_id, jurisdiction, pack, generation) do update set kind = excluded.kind, category = excluded.category`;
