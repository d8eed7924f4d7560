import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const ID_NUMBER = residentId(7, '1980-05-15');
const CERTIFICATE = `${ID_NUMBER}43`;
const MASKED = `${ID_NUMBER.slice(0, 3)}${'*'.repeat(11)}${ID_NUMBER.slice(-4)}`;
const INSURANCE = '130628:medical-insurance';
const who = { name: '张三', idNumber: ID_NUMBER };

/** One row of every list that says something lasting of the one person, by the agency whose list it is. */
const PUSHES: readonly (readonly [agency: string, mutation: string, row: object])[] = [
  ['civil-affairs', 'pushHardship', { ...who, category: '低保户', from: '2025-01-01', ruralHukou: true }],
  [
    'disabled-federation',
    'pushDisability',
    { ...who, type: 'LIMB', level: 3, certificateNumber: CERTIFICATE, from: '2024-01-01' },
  ],
  ['education', 'pushStudents', { ...who, stage: 'COLLEGE', enteredOn: '2024-09-01', schoolRegion: '130628' }],
  ['medical-insurance', 'pushRegistrations', { ...who, policyYear: 2026, registeredOn: '2025-10-08' }],
  [
    'medical-insurance',
    'pushEnrolments',
    { ...who, scheme: 'RESIDENT', region: '130628', from: '2025-01-01', to: '2025-12-31' },
  ],
  ['tax', 'pushPayments', { ...who, policyYear: 2026, amount: '40.00', paidOn: '2025-10-09', channel: 'ONLINE' }],
  ['tax', 'pushRefundApplications', { ...who, policyYear: 2026, appliedOn: '2025-11-01', cause: 'DUPLICATE_PAYMENT' }],
  ['veterans', 'pushLifeEvents', { ...who, kind: 'DISCHARGED', happenedOn: '2010-12-01' }],
  ['town', 'pushMigrantWorkers', { ...who, from: '2025-03-01' }],
  [
    'public-security',
    'pushResidents',
    { ...who, name: '张叁', householdNumber: 'H1', registration: 'HUKOU', regionCode: '130628', from: '2000-01-01' },
  ],
  ['civil-affairs', 'pushDeaths', { ...who, diedOn: '2025-11-02' }],
];

let hub: TestHub;
let now = new Date('2025-11-03T01:00:00Z');

beforeAll(async () => {
  hub = await testHub({ clock: { now: () => now }, revealBecause: '按姓名核对' });
  for (const [agency, mutation, row] of PUSHES) {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation($input: ${type}!) { ${mutation}(input: $input) { counts { rejected } verdicts { edges { node { findings { code column } } } } } }`;
    const answer = await hub.ask(`130628:${agency}`, {
      query,
      variables: { input: { idempotencyKey: mutation, rows: [row] } },
    });
    expect(answer.body.data?.[mutation], JSON.stringify(answer.body)).toMatchObject({ counts: { rejected: 0 } });
  }
  now = new Date('2025-11-04T01:00:00Z');
});
afterAll(() => hub?.stop());

const person = async (client: string, purpose: string, selection: string, args = ''): Promise<any> => {
  const query = `{ person(idNumber: "${ID_NUMBER}", purpose: ${purpose}${args}) { ${selection} } }`;
  return (await hub.ask(client, { query })).body;
};

test('what each list says of a person is read with typed fields, from whichever subgraph it is at home in', async () => {
  const source = 'source { agency list row }';
  const { data, errors } = await person(
    INSURANCE,
    'AUDIT',
    `hardshipListings { category word from to ruralHukou liftedHousehold ${source} }
     disabilities { type level from } studies { stage from to newStudent schoolRegion }
     registrations { policyYear registeredOn } enrolments { scheme region from to endedBecause }
     payments { policyYear amount paidOn channel receiptNumber } refundApplications { policyYear appliedOn cause }
     lifeEvents { kind happenedOn } migrantWork { from to } residences { householdNumber registration regionCode }
     deathReports { diedOn ${source} } birthReports { bornOn }`,
  );
  expect(errors).toBeUndefined();
  expect(data.person).toEqual({
    hardshipListings: [
      {
        category: 'SUBSISTENCE_ALLOWANCE',
        word: '低保户',
        from: '2025-01-01',
        to: null,
        ruralHukou: true,
        liftedHousehold: null,
        source: { agency: 'CIVIL_AFFAIRS', list: 'HARDSHIP', row: 1 },
      },
    ],
    disabilities: [{ type: 'LIMB', level: 3, from: '2024-01-01' }],
    studies: [{ stage: 'COLLEGE', from: '2024-09-01', to: null, newStudent: null, schoolRegion: '130628' }],
    registrations: [{ policyYear: 2026, registeredOn: '2025-10-08' }],
    enrolments: [{ scheme: 'RESIDENT', region: '130628', from: '2025-01-01', to: '2025-12-31', endedBecause: null }],
    payments: [{ policyYear: 2026, amount: '40.00', paidOn: '2025-10-09', channel: 'ONLINE', receiptNumber: null }],
    refundApplications: [{ policyYear: 2026, appliedOn: '2025-11-01', cause: 'DUPLICATE_PAYMENT' }],
    lifeEvents: [{ kind: 'DISCHARGED', happenedOn: '2010-12-01' }],
    migrantWork: [{ from: '2025-03-01', to: null }],
    residences: [{ householdNumber: 'H1', registration: 'HUKOU', regionCode: '130628' }],
    deathReports: [{ diedOn: '2025-11-02', source: { agency: 'CIVIL_AFFAIRS', list: 'DEATHS', row: 1 } }],
    birthReports: [],
  });
});

test('the record says which source won, and what the others say', async () => {
  const { data } = await person(
    INSURANCE,
    'AUDIT',
    'name birthDate sex householdNumber death { status diedOn } provenance { of value sources { agency } others { value sources { agency } } }',
  );
  expect(data.person).toMatchObject({
    name: '张叁',
    birthDate: '1980-05-15',
    householdNumber: 'H1',
    death: { status: 'REPORTED', diedOn: null },
  });
  const name = data.person.provenance.find(({ of }: any) => of === 'NAME');
  expect(name).toMatchObject({ value: '张叁', sources: [{ agency: 'PUBLIC_SECURITY' }], others: [{ value: '张三' }] });
  expect(name.others[0].sources.map(({ agency }: any) => agency)).toContain('CIVIL_AFFAIRS');
});

test('each value that lists state says for which days, whether others contradict, and who', async () => {
  const { data, errors } = await person(
    INSURANCE,
    'AUDIT',
    `regionCode provenance { of category value conflicting
      sources { agency validFrom validTo submission row toldAt } others { value } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.person.regionCode).toBe('130628');
  const { provenance } = data.person;
  expect(provenance.map(({ of, category, value, conflicting }: any) => [of, category, value, conflicting])).toEqual([
    ['NAME', null, '张叁', true],
    ['BIRTH_DATE', null, '1980-05-15', false],
    ['HOUSEHOLD_NUMBER', null, 'H1', false],
    ['REGION_CODE', null, '130628', false],
    ['HARDSHIP', 'SUBSISTENCE_ALLOWANCE', '2025-01-01/..', false],
    ['DISABILITY', 'MODERATE_DISABILITY', '2024-01-01/..', false],
  ]);
  expect(provenance[2].sources).toEqual([
    {
      agency: 'PUBLIC_SECURITY',
      validFrom: '2000-01-01',
      validTo: null,
      submission: expect.any(String),
      row: 1,
      toldAt: '2025-11-03T01:00:00.000Z',
    },
  ]);
});

test('a value of a list that is not granted is no value for the asker', async () => {
  const { data } = await person(
    '130628:civil-affairs',
    'LIST_VERIFICATION',
    'regionCode provenance { of conflicting }',
  );
  expect(data.person.regionCode).toBeNull();
  // The other name stands on the residents list, which is not theirs to see.
  expect(data.person.provenance).toEqual([
    { of: 'NAME', conflicting: true },
    { of: 'BIRTH_DATE', conflicting: false },
    { of: 'HARDSHIP', conflicting: false },
  ]);
});

test('claims of any list have one shape, and can be asked for by list', async () => {
  const { data } = await person(
    INSURANCE,
    'AUDIT',
    'claims(list: [PAYMENTS]) { list agency said { name zh value } validFrom toldAt }',
  );
  expect(data.person.claims).toEqual([
    {
      list: 'PAYMENTS',
      agency: 'TAX',
      said: expect.arrayContaining([
        { name: 'name', zh: '姓名', value: '张三' },
        { name: 'amount', zh: '缴费金额（元）', value: '40.00' },
        { name: 'policyYear', zh: '参保年度', value: '2026' },
      ]),
      validFrom: '2025-10-09',
      toldAt: '2025-11-03T01:00:00.000Z',
    },
  ]);
  // The name first, then as on the list, whatever order the store keeps.
  expect(data.person.claims[0].said.map(({ name }: any) => name).slice(0, 3)).toEqual(['name', 'policyYear', 'amount']);
});

describe('numbers of documents', () => {
  const numbers = 'idNumber { masked revealed } identifiers { idType number { masked } }';

  test('are whole for who may reveal them', async () => {
    const { data, errors } = await person(
      INSURANCE,
      'AUDIT',
      `${numbers} disabilities { certificateNumber { revealed } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.person).toMatchObject({
      idNumber: { masked: MASKED, revealed: ID_NUMBER },
      disabilities: [{ certificateNumber: { revealed: CERTIFICATE } }],
    });
    expect(data.person.identifiers).toContainEqual({ idType: 'RESIDENT_ID', number: { masked: MASKED } });
  });

  test('are masked for all others, and asking for the whole is refused', async () => {
    const { data, errors } = await person('130628:tax', 'PREMIUM_COLLECTION', numbers);
    expect(data.person.idNumber).toEqual({ masked: MASKED, revealed: null });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ path: ['person', 'idNumber', 'revealed'], extensions: { code: 'FORBIDDEN' } });
  });

  test('stay masked where a certificate’s number holds the citizen’s own', async () => {
    const answer = await person(
      '130628:disabled-federation',
      'LIST_VERIFICATION',
      'disabilities { certificateNumber { masked } } claims { said { name value } }',
    );
    expect(answer.data.person.disabilities).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toContain(ID_NUMBER);
  });
});

test('an agency sees the lists it is granted and no other', async () => {
  const { data, errors } = await person(
    '130628:disabled-federation',
    'LIST_VERIFICATION',
    'claims { list } hardshipListings { word } disabilities { level } deathReports { diedOn } death { status } householdNumber',
  );
  expect(errors).toBeUndefined();
  expect(data.person).toEqual({
    claims: [{ list: 'DISABILITY' }],
    hardshipListings: [],
    disabilities: [{ level: 3 }],
    deathReports: [],
    death: null,
    householdNumber: null,
  });
});

test('before the hub was told there was nobody, in any subgraph', async () => {
  const before = await person(INSURANCE, 'AUDIT', 'id', ', knownAt: "2025-11-03T00:59:59Z"');
  expect(before).toEqual({ data: { person: null } });
});

test('what was known at an instant is answered by every subgraph, whatever came later', async () => {
  const idNumber = residentId(8);
  const pay = async (paidOn: string): Promise<void> => {
    const row = { name: '李四', idNumber, policyYear: 2026, amount: '400.00', paidOn, channel: 'ONLINE' };
    const query = 'mutation($input: PushPaymentsInput!) { pushPayments(input: $input) { counts { accepted } } }';
    const answer = await hub.ask('130628:tax', {
      query,
      variables: { input: { idempotencyKey: paidOn, rows: [row] } },
    });
    expect(answer.body.data.pushPayments.counts.accepted).toBe(1);
  };
  now = new Date('2025-11-05T01:00:00Z');
  await pay('2025-11-04');
  now = new Date('2025-11-06T01:00:00Z');
  await pay('2025-11-05');

  const selection = 'knownAt payments { paidOn } benefit(policyYear: 2026) { paid knownAt asOf }';
  const ask = async (args: string): Promise<any> => {
    const query = `{ person(idNumber: "${idNumber}", purpose: AUDIT${args}) { ${selection} } }`;
    return (await hub.ask(INSURANCE, { query })).body.data.person;
  };
  expect(await ask('')).toMatchObject({ payments: [{ paidOn: '2025-11-04' }, { paidOn: '2025-11-05' }] });
  expect(await ask(', knownAt: "2025-11-05T20:00:00+08:00"')).toEqual({
    knownAt: '2025-11-05T12:00:00.000Z',
    payments: [{ paidOn: '2025-11-04' }],
    benefit: { paid: '400.00', knownAt: '2025-11-05T12:00:00.000Z', asOf: '2025-11-05' },
  });
});

describe('what the policy decides', () => {
  test('comes with its reasons: rules in the document’s words, and the rows behind them', async () => {
    const { data, errors } = await person(
      INSURANCE,
      'AUDIT',
      `benefit(policyYear: 2026, asOf: "2025-12-01") {
         outcome category subsidy payable paid fundedBy asOf knownAt pack { id document { title } }
         candidates { category standing claims { list row } } periods { from to rule } targetGroups { group }
         review { code zh en rule } notices { code zh en rule }
         steps { rule quote reading document { title } outcome { zh en } inputs { name value } claims { list agency row } } }`,
    );
    expect(errors).toBeUndefined();
    const { benefit } = data.person;
    expect(benefit).toMatchObject({
      category: 'SUBSISTENCE_ALLOWANCE',
      paid: '40.00',
      asOf: '2025-12-01',
      pack: { id: 'gaoyang-2026' },
    });
    expect(Number(benefit.subsidy) + Number(benefit.payable)).toBe(400);
    expect(benefit.candidates).toContainEqual({
      category: 'SUBSISTENCE_ALLOWANCE',
      standing: 'WON',
      claims: [{ list: 'HARDSHIP', row: 1 }],
    });
    expect(benefit.review).toContainEqual(
      expect.objectContaining({ code: 'DEATH_UNCONFIRMED', zh: '死亡信息来源不足，待核实' }),
    );
    const cited = benefit.steps.filter(({ quote }: any) => quote !== null);
    expect(cited.length).toBeGreaterThan(0);
    for (const step of benefit.steps) {
      expect(step.reading, step.rule).toBeTruthy();
      expect(step.document.title).toBeTruthy();
    }
  });

  test('a year without a pack is NOT_FOUND', async () => {
    const { errors } = await person(INSURANCE, 'AUDIT', 'benefit(policyYear: 1999) { outcome }');
    expect(errors[0].extensions.code).toBe('NOT_FOUND');
  });

  test('the pack itself can be read, of any jurisdiction', async () => {
    const pack = `id policyYear status place { regionCode } premium { standard fiscal } period { from to } window { from to }
      openDays { first last } tiers { category subsidy payable fundedBy } untiered { category because } groups { id zh rules }
      targets { groups ratePercent } rules { id quote reading assumption } digest`;
    const query = `{ own: policyPack(jurisdiction: "130628", policyYear: 2026) { ${pack} }
      other: policyPack(jurisdiction: "140405", policyYear: 2024) { id } none: policyPack(jurisdiction: "999999", policyYear: 2026) { id }
      all: policyPacks { id } }`;
    const { body } = await hub.ask('130628:education', { query });
    expect(body.errors).toBeUndefined();
    expect(body.data.own).toMatchObject({ id: 'gaoyang-2026', premium: { standard: '400.00' } });
    expect(body.data.own.rules.length).toBeGreaterThan(10);
    expect(body.data.other).toEqual({ id: 'tunliu-2024' });
    expect(body.data.none).toBeNull();
    expect(body.data.all).toEqual([{ id: 'gaoyang-2024' }, { id: 'gaoyang-2026' }]);
  });
});

test('people are found in the order asked, and absent ones are null', async () => {
  const numbers = JSON.stringify([residentId(999), ID_NUMBER, 'nonsense', ID_NUMBER]);
  const { body } = await hub.ask(INSURANCE, { query: `{ people(idNumbers: ${numbers}, purpose: AUDIT) { name } }` });
  expect(body).toEqual({ data: { people: [null, { name: '张叁' }, null, { name: '张叁' }] } });
});
