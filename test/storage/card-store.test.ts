import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonCard } from '../../src/domain/person/person-card.ts';
import type { CardStore } from '../../src/flows/ports-search.ts';
import { cardStore } from '../../src/storage/card-store.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { countStatements } from '../support/statements.ts';

let database: TestDatabase;
let store: CardStore;

beforeAll(async () => {
  database = await testDatabase();
  store = cardStore(database.walled, (place) => database.walled.of(place).seal);
});
afterAll(() => database.close());

/** The id of a person by number: greater numbers have greater ids. */
const id = (number: number): string => `00000000-0000-8000-8000-${String(number).padStart(12, '0')}`;
const card = (number: number, said: Partial<PersonCard> = {}): PersonCard => ({
  person: id(number),
  bareName: '王芳',
  birthDate: '1980-05-15',
  regionCode: '130628101',
  householdNumber: 'H1',
  deceased: false,
  ...said,
});
const replace = (place: string, cards: readonly PersonCard[], persons = cards.map(({ person }) => person)) =>
  store.replace(place, persons, persons, cards);

/** Each of these subjects is a person of their own. */
async function link(place: string, ...numbers: readonly number[]): Promise<void> {
  await database.pool.query(
    `insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
     select gen_random_uuid(), key, $1, key, now(), 'SUBJECT_OF_ROW', gen_random_uuid() from unnest($2::uuid[]) as s(key)`,
    [place, numbers.map(id)],
  );
}

async function kept(place: string): Promise<readonly object[]> {
  const found = await database.pool.query(
    `select person_id as person, bare_name as "bareName", birth_date as "birthDate", region_code as "regionCode",
      household_number as "householdNumber", deceased
    from person_card where jurisdiction = $1 order by person_id`,
    [place],
  );
  return found.rows;
}

/** A card as it is kept: with the key of the bare name. */
const asKept = (place: string, said: PersonCard): PersonCard => ({
  ...said,
  bareName: said.bareName && nameKeyOf(database.walled.of(place).seal, said.bareName),
});

describe('cards', () => {
  test('are exactly those given of the persons named', async () => {
    const two = [card(1), card(2, { bareName: null, birthDate: null, deceased: true })];
    await replace('exact', [...two, card(3)]);
    expect(await kept('exact')).toEqual([...two, card(3)].map((one) => asKept('exact', one)));
    const moved = card(1, { regionCode: null, householdNumber: null });
    await replace('exact', [moved], [id(1), id(2)]);
    expect(await kept('exact')).toEqual([moved, card(3)].map((one) => asKept('exact', one)));
    await replace('exact', [], [id(1)]);
    expect(await kept('exact')).toEqual([asKept('exact', card(3))]);
  });

  test('of one jurisdiction are not those of another', async () => {
    await replace('here', [card(1)]);
    expect(await replace('there', [card(1), card(2, { bareName: '李强' })])).toEqual([]);
    await replace('there', [], [id(1)]);
    expect(await kept('here')).toEqual([asKept('here', card(1))]);
  });

  test('that are there already are not written again', async () => {
    const versions = () =>
      database.pool.query(
        `select xmin::text, ctid::text from person_card where jurisdiction = 'same' order by person_id`,
      );
    await replace('same', [card(1), card(2)]);
    const before = await versions();
    await replace('same', [card(1), card(2)]);
    expect((await versions()).rows).toEqual(before.rows);
    await replace('same', [card(1), card(2, { deceased: true })]);
    const after = await versions();
    expect([after.rows[0], after.rows[1] === before.rows[1]]).toEqual([before.rows[0], false]);
  });
});

describe('namesakes', () => {
  const group = (place: string, ...numbers: readonly number[]) => ({
    bareName: nameKeyOf(database.walled.of(place).seal, '王芳'),
    birthDate: '1980-05-15',
    persons: numbers.map(id),
  });

  test('are told with all of their ids, once', async () => {
    expect(await replace('namesakes', [card(1), card(3, { birthDate: '1980-05-16' })])).toEqual([]);
    expect(await replace('namesakes', [card(2)])).toEqual([group('namesakes', 1, 2)]);
    expect(await replace('namesakes', [card(1), card(2)])).toEqual([]);
    expect(await replace('namesakes', [card(9, { bareName: '李强' })])).toEqual([]);
    expect(await replace('namesakes', [card(1, { deceased: true })])).toEqual([group('namesakes', 1, 2)]);
  });

  const states: readonly [state: string, isTold: boolean][] = [
    ['OPEN', true],
    ['ASKED', true],
    ['PROPOSED', true],
    ['SETTLED', true],
    ['OBSOLETE', false],
  ];
  test.each(states)('are told again where a task about one of them is %s: %s', async (state, isTold) => {
    const place = `task-${state}`;
    await link(place, 1, 2);
    await replace(place, [card(1), card(2)]);
    await database.pool.query(
      `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
       values (gen_random_uuid(), $1, 'SAME_NAME_OTHER_NUMBER', gen_random_uuid(), $2, $3, now(), now())`,
      [place, state, [id(1), id(2)]],
    );
    expect(await replace(place, [card(2)])).toEqual(isTold ? [group(place, 1, 2)] : []);
  });

  test('are told again where something is or was settled of one of them', async () => {
    for (const until of [null, new Date()]) {
      const place = `settled-${until === null}`;
      await link(place, 1, 2);
      await replace(place, [card(1), card(2)]);
      await database.pool.query(
        `insert into subject_settlement (id, jurisdiction, subject_key, other_key, same, task, since, until)
         values (gen_random_uuid(), $1, $2, $3, false, gen_random_uuid(), now(), $4)`,
        [place, id(1), id(2), until],
      );
      expect(await replace(place, [card(1)])).toEqual([group(place, 1, 2)]);
      expect(await replace(place, [card(2)])).toEqual([group(place, 1, 2)]);
    }
  });

  test('are told of whom somebody leaves, while two are left', async () => {
    await replace('leaving', [card(1), card(2), card(3)]);
    expect(await replace('leaving', [card(3, { bareName: '王方' })])).toEqual([group('leaving', 1, 2)]);
    expect(await replace('leaving', [], [id(2)])).toEqual([]);
  });

  test('are nobody whose name or birthday is not known', async () => {
    const unknown = [1, 2].map((number) => card(number, { birthDate: null }));
    const unnamed = [3, 4].map((number) => card(number, { bareName: null }));
    expect(await replace('unknown', [...unknown, ...unnamed])).toEqual([]);
  });

  test('are a hundred at most, the same ones whoever is looked at', async () => {
    const many = Array.from({ length: 150 }, (_, index) => card(index + 1));
    const [told] = await replace('many', many.toReversed());
    expect(told?.persons).toEqual(many.slice(0, 100).map(({ person }) => person));
    expect(await replace('many', [card(149, { deceased: true })])).toEqual([told]);
  });
});

test('three statements where cards are others than before, one where they are not, for one person as for thousands', async () => {
  for (const count of [1, 5_000]) {
    const cards = Array.from({ length: count }, (_, index) =>
      card(index, { bareName: `王${index}`, deceased: count > 1 }),
    );
    for (const statements of [3, 1]) {
      const counted = countStatements(database.hubPool);
      await replace('thousands', cards);
      expect(counted.stop()).toBe(statements);
    }
  }
});
