import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentId, withCheckDigit } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { sendFile, told, TYPES } from '../support/sent-files.ts';

let hub: PushingHub;
beforeAll(async () => {
  hub = await pushingHub({ revealBecause: '按姓名核对' });
});
afterAll(() => hub?.stop());

const POLICE = '130628:public-security';
const INSURANCE = '130628:medical-insurance';
const home = { householdNumber: 'H1', registration: 'HUKOU', regionCode: '130628', from: '2020-01-01' };
const resident = (sequence: number, said: object) => ({
  ...{ name: '陈明', idNumber: residentId(sequence), ...home },
  ...said,
});
const passport = (otherIdNumber: string) => ({ otherIdType: 'PASSPORT', otherIdNumber });

/** What the graph shows of somebody by a document, as text too. */
async function shown(idNumber: string, idType: string | null, more = ''): Promise<{ person: any; text: string }> {
  const query = `query($idNumber: String!, $idType: IdType) {
    person(idNumber: $idNumber, idType: $idType, purpose: BENEFIT_ADMINISTRATION${more}) {
      id identifiers { idType } claims { id list said { name value } } } }`;
  const { body, text } = await hub.ask(INSURANCE, { query, variables: { idNumber, idType } });
  expect(body.errors).toBeUndefined();
  return { person: body.data.person, text };
}

describe('a second document of a row', () => {
  it('leads to the same person for as long as the row stands, and nobody sees how', async () => {
    hub.setDay('2025-11-01');
    const before = await shown('E12345678', 'PASSPORT');
    expect(before.person).toBeNull();
    const pushed = await hub.received(POLICE, 'Residents', [resident(1, passport('e 1234 5678'))]);
    expect(pushed.counts).toMatchObject({ accepted: 1 });

    const byPassport = await shown('E12345678', 'PASSPORT');
    const { person, text } = await shown(residentId(1), null);
    expect(byPassport.person).toEqual(person);
    expect(person.identifiers.map(({ idType }: { idType: string }) => idType)).toEqual(['RESIDENT_ID', 'PASSPORT']);
    const keys = person.claims.flatMap(({ said }: { said: { name: string }[] }) => said.map(({ name }) => name));
    expect(keys).not.toContain('sameAs');
    expect(text).not.toContain('sameAs');
    // The person's id is the key of the citizen number; that of the passport stands nowhere.
    expect(new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f-]{21}/g))).toEqual(new Set([person.id]));

    hub.setDay('2025-11-02');
    const { body } = await hub.ask(POLICE, {
      query: 'mutation($id: ID!) { withdrawSubmission(id: $id, reason: "报错了") { status } }',
      variables: { id: pushed.id },
    });
    expect(body.data?.withdrawSubmission).toEqual({ status: 'WITHDRAWN' });
    const apart = await shown('E12345678', 'PASSPORT');
    expect(apart.person?.id).not.toBe(person.id);
    expect((await shown('E12345678', 'PASSPORT', ', knownAt: "2025-11-01T12:00:00Z"')).person.id).toBe(person.id);
  });

  it('comes in files under its Chinese headings, and as any other pair of documents', async () => {
    hub.setDay('2025-11-03');
    const rows = [
      ['李强', residentId(2), 'H1', '户籍', '130628', '2020-01-01', '港澳居民来往内地通行证', 'H1234567801'],
      ['Anna', 'USA110080050101', 'H1', '居住证', '130628', '2020-01-01', '', withCheckDigit('91115619800515001')],
    ];
    const headings = '姓名,证件号码,户号,登记类型,行政区划代码,登记日期,其他证件类型,其他证件号码';
    const body = [headings, ...rows.map((row) => row.join(','))].join('\n');
    const sent = await sendFile(hub, POLICE, { list: 'residents', body, type: TYPES.csv, key: 'residents-file' });
    expect(told(sent)).toBe('QUEUED');
    await expect
      .poll(
        async () => {
          const query = 'query($id: ID!) { submission(id: $id) { status counts { accepted flagged rejected } } }';
          return (await hub.ask(POLICE, { query, variables: { id: sent.body.id } })).body.data.submission;
        },
        { timeout: 20_000 },
      )
      .toEqual({ status: 'RECEIVED', counts: { accepted: 2, flagged: 0, rejected: 0 } });
    expect((await shown('H12345678', null)).person.id).toBe((await shown(residentId(2), null)).person.id);
    expect((await shown('USA110080050101', null)).person.identifiers).toHaveLength(2);
  });

  const cases: ReadonlyArray<[why: string, said: object, outcome: string, code: string | null, column: string | null]> =
    [
      [
        'its own document once more',
        { otherIdNumber: residentId(3) },
        'FLAGGED',
        'OTHER_ID_IS_THE_SAME',
        'otherIdNumber',
      ],
      ['a number of no document', { otherIdNumber: 'E12345678' }, 'REJECTED', 'ID_NUMBER_MALFORMED', 'otherIdNumber'],
      [
        'a number of another kind than stated',
        { otherIdNumber: residentId(4), otherIdType: 'HM_TRAVEL_PERMIT' },
        'REJECTED',
        'ID_TYPE_DISAGREES',
        'otherIdType',
      ],
      [
        'a wrong check digit',
        { otherIdNumber: `${residentId(4).slice(0, 17)}#` },
        'REJECTED',
        'ID_NUMBER_MALFORMED',
        'otherIdNumber',
      ],
      ['a kind without a number', { otherIdType: 'PASSPORT' }, 'ACCEPTED', null, null],
    ];
  it.each(cases)('%s', async (_why, said, outcome, code, column) => {
    const { verdicts } = await hub.received(POLICE, 'Residents', [resident(3, said)], { dryRun: true });
    expect(verdicts[0]).toMatchObject({ outcome, findings: code ? [{ code, column }] : [] });
  });

  it('a newborn known by the certificate is decided for that time, asked by the number that came later', async () => {
    const child = { name: '王小明', bornOn: '2025-10-05' };
    const number = residentId(8, '2025-10-05');
    const POLICY =
      'first: benefit(policyYear: 2026, knownAt: "2025-10-10T12:00:00Z") { outcome steps { claims { row } } }';
    hub.setDay('2025-10-10');
    await hub.received('130628:health', 'Births', [{ ...child, idNumber: 'P130000009' }]);
    const poor = { name: '王小明', idNumber: 'P130000009', category: '低保对象', from: '2025-10-06' };
    await hub.received('130628:civil-affairs', 'Hardship', [poor]);
    hub.setDay('2025-11-20');
    await hub.received('130628:health', 'Births', [{ ...child, idNumber: number, certificateNumber: 'P130000009' }]);
    const query = `{ person(idNumber: "${number}", purpose: BENEFIT_ADMINISTRATION) { id ${POLICY} } }`;
    const before = `{ person(idNumber: "P130000009", purpose: BENEFIT_ADMINISTRATION, knownAt: "2025-10-10T12:00:00Z") { ${POLICY} } }`;
    const [now, then] = [await hub.ask(INSURANCE, { query }), await hub.ask(INSURANCE, { query: before })];
    expect(now.body.errors).toBeUndefined();
    expect(now.body.data.person.first).toEqual(then.body.data.person.first);
    expect(now.text).toContain('"row":1');
  });

  it('two citizen numbers join nobody: which is wrong only people can tell', async () => {
    await hub.received(POLICE, 'Residents', [resident(5, {}), resident(6, { otherIdNumber: residentId(5) })]);
    const [one, other] = [await shown(residentId(5), null), await shown(residentId(6), null)];
    expect(one.person.id).not.toBe(other.person.id);
  });
});
