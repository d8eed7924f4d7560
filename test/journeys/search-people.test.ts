import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { layCards, type CardSketch } from '../support/cards.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { sealOf } from '../support/sealing-keys.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { countEveryStatement } from '../support/statements.ts';

const INSURANCE = '130628:medical-insurance';
const POLICE = '130628:public-security';
const VILLAGE = '130628101203';
const BORN = '1980-05-15';
const PACK = 'gaoyang-2026';

/** People of the search: name, what is decided of each, and who tells of them. */
const PEOPLE: readonly (readonly [name: string, card: Omit<CardSketch, 'person'>, by: 'police' | 'insurance'])[] = [
  [
    '刘一',
    {
      regionCode: VILLAGE,
      householdNumber: 'H1',
      decided: { pack: PACK, category: 'ORPHAN', periods: '2026-01-01/2026-12-31' },
    },
    'police',
  ],
  ['刘二', { regionCode: VILLAGE, householdNumber: 'H1', decided: { pack: PACK } }, 'police'],
  [
    '刘三',
    {
      regionCode: '130628102001',
      householdNumber: 'H2',
      decided: { pack: PACK, paid: 40_000, periods: '2026-01-01/2026-12-31' },
    },
    'police',
  ],
  ['王四', { regionCode: '130628102001', deceased: true, decided: { pack: PACK } }, 'insurance'],
  ['刘五', {}, 'insurance'],
];

let hub: PushingHub;
const ids = new Map<string, string>();

beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere', revealBecause: '按姓名核对' });
  hub.setDay('2026-02-01');
  for (const [index, [name, card, by]] of PEOPLE.entries()) {
    const idNumber = residentId(index, BORN);
    if (by === 'police') {
      const place = { regionCode: card.regionCode, householdNumber: card.householdNumber };
      await hub.received(POLICE, 'Residents', [
        { name, idNumber, registration: 'HUKOU', from: '2000-01-01', ...place },
      ]);
    } else {
      await hub.received(INSURANCE, 'Registrations', [
        { name, idNumber, policyYear: 2026, registeredOn: '2025-10-08' },
      ]);
    }
    const { body } = await hub.ask(INSURANCE, { query: `{ person(idNumber: "${idNumber}", purpose: AUDIT) { id } }` });
    ids.set(name, body.data.person.id);
  }
  const cards = PEOPLE.map(([name, card]) => ({ person: ids.get(name)!, name, birthDate: BORN, ...card }));
  await layCards(hub.databaseUrl, cards);
});
afterAll(() => hub?.stop());

const QUERY = `query ($by: PeopleSearched!, $purpose: Purpose!, $first: Int! = 20, $after: String) {
  searchPeople(by: $by, purpose: $purpose, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { name idNumber { masked } } } } }`;

async function search(by: object, more: object = {}, client = INSURANCE): Promise<any> {
  const { body } = await hub.ask(client, {
    query: QUERY,
    variables: { by, purpose: client === INSURANCE ? 'AUDIT' : 'LIST_VERIFICATION', ...more },
  });
  return body.data?.searchPeople ?? body.errors?.[0]?.extensions.code;
}
const namesOf = (page: any): string[] => page.edges.map(({ node }: any) => node.name);

test.each<[why: string, by: object, found: string[]]>([
  ['the beginning of a name', { name: '刘' }, ['刘一', '刘三', '刘二', '刘五']],
  ['a name whatever its spaces and width', { name: '刘　 一' }, ['刘一']],
  ['a name that is nobody’s', { name: '%' }, []],
  ['the day of birth', { birthDate: BORN, name: '王' }, ['王四']],
  ['a household', { householdNumber: 'H1' }, ['刘一', '刘二']],
  ['a village', { name: '刘', regionCode: VILLAGE }, ['刘一', '刘二']],
  ['a town, whichever way its code is written', { name: '刘', regionCode: '130628101000' }, ['刘一', '刘二']],
  ['an identity', { category: 'ORPHAN', policyYear: 2026 }, ['刘一']],
  ['ordinary residents', { ordinary: true, policyYear: 2026 }, ['刘三', '刘二', '王四']],
  ['who paid', { enrolment: 'PAID', policyYear: 2026 }, ['刘三']],
  ['who is covered without paying', { enrolment: 'COVERED_WITHOUT_PAYMENT', policyYear: 2026 }, ['刘一']],
  ['who lives and is not enrolled', { enrolment: 'NOT_ENROLLED', policyYear: 2026 }, ['刘二']],
  ['all that is given at once', { enrolment: 'PAID', policyYear: 2026, regionCode: VILLAGE }, []],
])('finds by %s', async (_why, by, found) => {
  const page = await search(by);
  expect(namesOf(page).toSorted()).toEqual(found.toSorted());
  expect(page.totalCount).toBe(found.length);
});

test('numbers are masked', async () => {
  const [edge] = (await search({ name: '刘一' })).edges;
  expect(edge.node.idNumber.masked).toBe(`130***********${residentId(0, BORN).slice(-4)}`);
});

test.each<[why: string, by: object, more: object]>([
  ['nothing to search by', {}, {}],
  ['a region alone, which would list everybody', { regionCode: VILLAGE }, {}],
  ['an empty name', { name: ' 　' }, {}],
  ['a control character', { name: '刘\u0000' }, {}],
  ['a household number that is none', { householdNumber: '' }, {}],
  ['a region that is no code', { name: '刘', regionCode: '1306' }, {}],
  ['identity without a plan year', { category: 'ORPHAN' }, {}],
  ['an ordinary resident with an identity', { category: 'ORPHAN', ordinary: true, policyYear: 2026 }, {}],
  ['a page of nothing', { name: '刘' }, { first: 0 }],
  ['a page too large', { name: '刘' }, { first: 201 }],
])('%s is BAD_USER_INPUT', async (_why, by, more) => {
  expect(await search(by, more)).toBe('BAD_USER_INPUT');
});

test('a year without a pack is NOT_FOUND', async () => {
  expect(await search({ enrolment: 'PAID', policyYear: 1999 })).toBe('NOT_FOUND');
});

describe('who may', () => {
  test('an agency that knows only its own people searches among these', async () => {
    const page = await search({ name: '刘' }, {}, POLICE);
    expect(namesOf(page).toSorted()).toEqual(['刘一', '刘三', '刘二'].toSorted());
    expect(page.totalCount).toBe(3);
  });

  test('identity and enrolment need the right to what packs decide', async () => {
    for (const by of [{ category: 'ORPHAN' }, { ordinary: true }, { enrolment: 'NOT_ENROLLED' }]) {
      expect(await search({ ...by, name: '刘', policyYear: 2026 }, {}, POLICE)).toBe('FORBIDDEN');
    }
  });

  test.each(['130628:tax', '130628:civil-affairs', '130628:village'])('%s may not search', async (client) => {
    const purpose = client === '130628:tax' ? 'PREMIUM_COLLECTION' : 'LIST_VERIFICATION';
    expect(await search({ name: '刘' }, { purpose }, client)).toBe('FORBIDDEN');
  });

  test('nobody for a purpose that is not theirs, and nobody from elsewhere', async () => {
    expect(await search({ name: '刘' }, { purpose: 'AUDIT' }, POLICE)).toBe('FORBIDDEN');
    expect(namesOf(await search({ name: '刘' }, { purpose: 'AUDIT' }, '140405:medical-insurance'))).toEqual([]);
  });
});

/** A name of the same first character that pages show before all others of the search: they go by keys of names. */
async function nameBefore(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  const seal = await sealOf(client, '130628').finally(() => client.end());
  const keys = PEOPLE.map(([other]) => nameKeyOf(seal, other));
  for (let sign = 0x4e00; ; sign += 1) {
    const candidate = name[0]! + String.fromCodePoint(sign);
    const key = nameKeyOf(seal, candidate);
    if (keys.every((other) => !other.startsWith(key.slice(0, 7)) || key < other)) return candidate;
  }
}

describe('pages', () => {
  test('go on where they ended, also when somebody comes in between', async () => {
    const first = await search({ name: '刘' }, { first: 2 });
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    // Sorts before all of them: a page counted by places would show somebody twice.
    const [four] = [ids.get('王四')!];
    await layCards(hub.databaseUrl, [{ person: four, name: await nameBefore('刘一') }]);
    const second = await search({ name: '刘' }, { first: 2, after: first.pageInfo.endCursor });
    await layCards(hub.databaseUrl, [{ person: four, name: '王四', birthDate: BORN }]);
    expect([...namesOf(first), ...namesOf(second)].toSorted()).toEqual(['刘一', '刘三', '刘二', '刘五'].toSorted());
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  test('end at a cursor that is none', async () => {
    for (const after of ['x', Buffer.from('["a",1]').toString('base64url'), '']) {
      expect(await search({ name: '刘' }, { after })).toMatchObject({ edges: [], totalCount: 4 });
    }
  });

  test('take three statements, one that puts down who was shown, and one for the keys its reason is sealed under, however many they hold', async () => {
    await hub.tokenOf(INSURANCE);
    for (const first of [1, 4]) {
      const counted = countEveryStatement();
      const { body } = await hub.ask(INSURANCE, {
        query: `{ searchPeople(by: { name: "刘" }, purpose: AUDIT, first: ${first}) {
          edges { node { name claims { list } benefit(policyYear: 2026) { payable } } } } }`,
      });
      expect(counted.stop()).toBe(5);
      expect(body.errors).toBeUndefined();
      expect(body.data.searchPeople.edges).toHaveLength(first);
    }
  });
});

test('who was joined into somebody else since is left out', async () => {
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  const person = '00000000-0000-8000-8000-0000000000ff';
  await layCards(hub.databaseUrl, [{ person, name: '刘六' }]);
  try {
    expect(namesOf(await search({ name: '刘六' }))).toEqual([]);
  } finally {
    await client.query('delete from person_card where person_id = $1', [person]);
    await client.end();
  }
});
