import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { testHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { countEveryStatement } from '../support/statements.ts';

const INSURANCE = '130628:medical-insurance';
const POLICE = '130628:public-security';
const BORN = '1980-05-15';
const HOUSE = 'H-整户';
const NAMES = ['户主', '已缴', '职工', '外地', '服役', '服刑', '亡故', '疑亡', '居住证', '迁出'] as const;
const idOf = (name: (typeof NAMES)[number]): string => residentId(NAMES.indexOf(name), BORN);
const who = (name: (typeof NAMES)[number]) => ({ name, idNumber: idOf(name) });
const there = { householdNumber: HOUSE, registration: 'HUKOU', regionCode: '130628101203', from: '2000-01-01' };

let hub: PushingHub;
beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere', revealBecause: '按姓名核对' });
  hub.setDay('2025-10-01');
  const residents = NAMES.map((name) => ({
    ...who(name),
    ...there,
    registration: name === '居住证' ? 'RESIDENCE_PERMIT' : 'HUKOU',
  }));
  await hub.received(POLICE, 'Residents', residents);
  const year = { policyYear: 2026, amount: '400.00', paidOn: '2025-10-02', channel: 'ONLINE' };
  hub.setDay('2025-10-20');
  await hub.received('130628:tax', 'Payments', [{ ...who('已缴'), ...year }]);
  await hub.received(INSURANCE, 'Enrolments', [
    { ...who('职工'), scheme: 'EMPLOYEE', region: '130628', from: '2020-01-01' },
    { ...who('外地'), scheme: 'RESIDENT', region: '430602', from: '2020-01-01' },
    // Insured elsewhere no longer when the plan year begins.
    { ...who('户主'), scheme: 'EMPLOYEE', region: '130628', from: '2020-01-01', to: '2025-12-31' },
  ]);
  await hub.received('130628:veterans', 'LifeEvents', [{ ...who('服役'), kind: 'ENLISTED', happenedOn: '2024-09-01' }]);
  await hub.received('130628:justice', 'LifeEvents', [
    { ...who('服刑'), kind: 'IMPRISONED', happenedOn: '2024-09-01' },
  ]);
  for (const office of ['130628:civil-affairs', '130628:health']) {
    await hub.received(office, 'Deaths', [{ ...who('亡故'), diedOn: '2025-06-30' }]);
  }
  await hub.received('130628:town', 'Deaths', [{ ...who('疑亡'), diedOn: '2025-07-01' }]);
  // An office tells of a move by a registration in the other household.
  await hub.received(POLICE, 'Residents', [
    { ...who('迁出'), ...there, householdNumber: 'H-他户', from: '2025-10-10' },
  ]);
  hub.setDay('2025-10-25');
});
afterAll(() => hub?.stop());

const MEMBERS = 'members { person { name } from to registration present }';
const ask = async (client: string, selection: string, args = '', purpose = 'SUBSIDY_ADMINISTRATION'): Promise<any> => {
  const query = `{ household(number: "${HOUSE}", purpose: ${purpose}${args}) { ${selection} } }`;
  return (await hub.ask(client, { query })).body;
};
const byName = (members: any[]): Record<string, any> =>
  Object.fromEntries(members.map(({ person, ...member }) => [person.name, member]));

test('a household has its members over time', async () => {
  const { data, errors } = await ask(INSURANCE, `asOf ${MEMBERS}`);
  expect(errors).toBeUndefined();
  expect(data.household.asOf).toBe('2025-10-25');
  const members = byName(data.household.members);
  expect(Object.keys(members).toSorted()).toEqual([...NAMES].toSorted());
  expect(members['户主']).toEqual({ from: '2000-01-01', to: null, registration: 'HUKOU', present: true });
  expect(members['迁出']).toEqual({ from: '2000-01-01', to: '2025-10-09', registration: 'HUKOU', present: false });
  expect(members['亡故']).toMatchObject({ to: '2025-06-30', present: false });
  expect(members['疑亡']).toMatchObject({ to: null, present: true });
});

test('it says who is enrolled, and of everybody else why they need not be', async () => {
  const { data, errors } = await ask(
    INSURANCE,
    'policyYear status members { person { name } enrolment } notEnrolled { person { name } }',
    ', policyYear: 2026',
  );
  expect(errors).toBeUndefined();
  const { status, members, notEnrolled } = data.household;
  expect(status).toBe('PARTIAL');
  expect(notEnrolled.map(({ person }: any) => person.name)).toEqual(['户主']);
  expect(Object.fromEntries(members.map(({ person, enrolment }: any) => [person.name, enrolment]))).toEqual({
    户主: 'NOT_ENROLLED',
    已缴: 'ENROLLED',
    职工: 'EMPLOYEE_SCHEME',
    外地: 'INSURED_ELSEWHERE',
    服役: 'SERVING',
    服刑: 'IMPRISONED',
    亡故: null,
    疑亡: 'DEATH_UNCONFIRMED',
    居住证: null,
    迁出: null,
  });
});

test('it is answered as of a day, by what was known at an instant', async () => {
  const then = await ask(INSURANCE, `status ${MEMBERS}`, ', asOf: "2025-10-09", policyYear: 2026');
  expect(byName(then.data.household.members)['迁出']).toMatchObject({ present: true });
  const known = await ask(INSURANCE, `status ${MEMBERS}`, ', knownAt: "2025-10-02T00:00:00Z", policyYear: 2026');
  expect(byName(known.data.household.members)['迁出']).toMatchObject({ to: null, present: true });
  expect(byName(known.data.household.members)['亡故']).toMatchObject({ to: null, present: true });
  // Nobody had paid by then, and no death had been told.
  expect(known.data.household.status).toBe('NONE');
  expect((await ask(INSURANCE, 'number', ', knownAt: "2025-09-01T00:00:00Z"')).data.household).toBeNull();
});

test('a person has the household of the day', async () => {
  const query = (name: (typeof NAMES)[number], args: string): object => ({
    query: `{ person(idNumber: "${idOf(name)}", purpose: AUDIT) { household${args} { number status } } }`,
  });
  const { body } = await hub.ask(INSURANCE, query('户主', '(policyYear: 2026)'));
  expect(body.data.person.household).toEqual({ number: HOUSE, status: 'PARTIAL' });
  const moved = await hub.ask(INSURANCE, query('迁出', '(policyYear: 2026)'));
  expect(moved.body.data.person.household).toEqual({ number: 'H-他户', status: 'NONE' });
  const before = await hub.ask(INSURANCE, query('户主', '(asOf: "1999-12-31")'));
  expect(before.body.data.person.household).toBeNull();
});

describe('who may', () => {
  test('see who is not enrolled: only who decides about everybody', async () => {
    const { data, errors } = await ask(
      POLICE,
      `number status notEnrolled { person { name } } members { person { name } enrolment }`,
      ', policyYear: 2026',
      'LIST_VERIFICATION',
    );
    const { status, notEnrolled, members } = data.household;
    expect({ status, notEnrolled }).toEqual({ status: null, notEnrolled: null });
    expect(members).toHaveLength(NAMES.length);
    for (const { enrolment } of members) expect(enrolment).toBeNull();
    expect(new Set(errors?.map(({ extensions }: any) => extensions.code))).toEqual(new Set(['FORBIDDEN']));
  });

  test.each([
    ['130628:tax', 'PREMIUM_COLLECTION'],
    ['130628:civil-affairs', 'LIST_VERIFICATION'],
    ['130628:village', 'LIST_VERIFICATION'],
    [POLICE, 'AUDIT'],
  ])('see households at all: not %s for %s', async (client, purpose) => {
    const { data, errors } = await ask(client, 'number', '', purpose);
    expect(data?.household ?? null).toBeNull();
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  test('a person’s household is nothing to whom the residents list is not granted', async () => {
    const query = `{ person(idNumber: "${idOf('已缴')}", purpose: PREMIUM_COLLECTION) { name household { number } } }`;
    const { body } = await hub.ask('130628:tax', { query });
    expect(body.errors).toBeUndefined();
    expect(body.data.person).toMatchObject({ name: '已*', household: null });
  });

  test('see none of another place', async () => {
    expect((await ask('140405:medical-insurance', 'number')).data.household).toBeNull();
  });
});

test.each([
  ['a number that is none', '{ household(number: "", purpose: AUDIT) { number } }', 'BAD_USER_INPUT'],
  ['a control character', '{ household(number: "a\\u0000", purpose: AUDIT) { number } }', 'BAD_USER_INPUT'],
])('%s is %s', async (_why, query, code) => {
  const { body } = await hub.ask(INSURANCE, { query });
  expect(body.errors?.[0]?.extensions.code).toBe(code);
});

test('a year without a pack is NOT_FOUND, the members are there', async () => {
  const { data, errors } = await ask(INSURANCE, `status ${MEMBERS}`, ', policyYear: 1999');
  expect(data.household).toMatchObject({ status: null });
  expect(data.household.members).toHaveLength(NAMES.length);
  expect(errors[0].extensions.code).toBe('NOT_FOUND');
});

test('takes four statements, of which one puts down who was shown and one finds the keys its reason is sealed under, and one more for the households of any number of persons', async () => {
  await hub.tokenOf(INSURANCE);
  const counted = countEveryStatement();
  const own = await ask(INSURANCE, 'status members { person { name claims { list } } }', ', policyYear: 2026');
  expect(counted.stop()).toBe(4);
  expect(own.errors).toBeUndefined();
  for (const names of [NAMES.slice(0, 1), NAMES]) {
    const again = countEveryStatement();
    const { body } = await hub.ask(INSURANCE, {
      query: `query ($idNumbers: [String!]!) { people(idNumbers: $idNumbers, purpose: AUDIT) {
        household(policyYear: 2026) { status members { person { id name } } } } }`,
      variables: { idNumbers: names.map(idOf) },
    });
    expect(again.stop()).toBe(5);
    expect(body.errors).toBeUndefined();
  }
});

test('who of it is not enrolled is not for an office that knows only its own people, whatever else it may ask', async () => {
  const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
  const place = loadJurisdictions('jurisdictions', (id) => years.get(id)).find('130628')!;
  const police = place.agencies['public-security']!;
  const asking = { ...police, reads: { ...police.reads!, benefit: true } };
  const other = await testHub({
    work: 'elsewhere',
    jurisdictions: [{ ...place, agencies: { ...place.agencies, 'public-security': asking } }],
  });
  const rows = [{ ...who('户主'), ...there }];
  await other.ask(POLICE, {
    query: 'mutation ($input: PushResidentsInput!) { pushResidents(input: $input) { id } }',
    variables: { input: { idempotencyKey: 'one', rows } },
  });
  const { body } = await other.ask(POLICE, {
    query: `{ household(number: "${HOUSE}", purpose: LIST_VERIFICATION, policyYear: 2026) {
      members { person { name } enrolment } status notEnrolled { from } } }`,
  });
  await other.stop();
  expect(body.data.household).toMatchObject({ status: null, notEnrolled: null });
  expect(body.data.household.members).toEqual([{ person: { name: '户*' }, enrolment: null }]);
  expect(new Set(body.errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['FORBIDDEN']));
});
