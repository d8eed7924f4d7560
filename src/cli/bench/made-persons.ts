import type { Cells } from '../../domain/intake/check-row.ts';
import { checkDigit } from '../../domain/intake/id-number.ts';
import type { Agency, Category, ListName } from '../../domain/intake/words.ts';
import { CATEGORIES } from '../../domain/intake/words.ts';
import { addDays, yearOf, type PlainDate } from '../../domain/time/plain-date.ts';
import { seededRandom, type Random } from './random.ts';

/** The place whose persons are made up: 高阳县, whose pack of 2026 decides. */
export const PLACE = '130628';

/** A row of a list as an agency would push it, checked: cells by column name. */
export interface MadeRow {
  readonly agency: Agency;
  readonly list: ListName;
  readonly cells: Cells;
}

/** Who a person is that nobody is: a valid number, the name that lists give, the day that the number states. */
export interface MadeIdentity {
  readonly idNumber: string;
  readonly name: string;
  readonly bornOn: PlainDate;
}

/** A person that nobody is, and what lists say of them. */
export interface MadePerson extends MadeIdentity {
  readonly rows: readonly MadeRow[];
}

const FIRST_BIRTH: PlainDate = '1935-01-01';
/** Days from the first birth to the end of 2025. */
const BIRTH_DAYS = 33_237;
/** Spreads neighbours over the years; it shares no factor with `BIRTH_DAYS`, so that no two persons get one number. */
const STRIDE = 12_973;

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂兰建国文玉华金红志海春梅晓雪宇晨浩佳欣'];

const HARDSHIP: readonly Category[] = [
  ...(['EXTREME_POVERTY', 'SUBSISTENCE_ALLOWANCE', 'SUBSISTENCE_ALLOWANCE', 'SUBSISTENCE_ALLOWANCE'] as const),
  ...(['SUBSISTENCE_ALLOWANCE_MARGIN', 'MONITORED_UNSTABLE', 'MONITORED_AT_RISK', 'LIFTED_FROM_POVERTY'] as const),
];

/** The person of a number, always the same one. Up to 33 million of them differ. */
export function madePerson(index: number): MadePerson {
  const random = seededRandom(index);
  const { idNumber, name, bornOn } = drawIdentity(index, random);
  const rows = [
    ...everybody(bornOn, random),
    ...insurance(bornOn, random),
    ...premiums(bornOn, random),
    ...identities(bornOn, idNumber, random),
    ...stations(bornOn, random),
  ];
  return { idNumber, name, bornOn, rows: rows.map((row) => ({ ...row, cells: { name, ...row.cells } })) };
}

/** Who the person of a number is, without what lists say of them: several times as quick to make. */
export const madeIdentity = (index: number): MadeIdentity => drawIdentity(index, seededRandom(index));

function drawIdentity(index: number, random: Random): MadeIdentity {
  const bornOn = addDays(FIRST_BIRTH, (index * STRIDE) % BIRTH_DAYS);
  const sequence = String(Math.floor(index / BIRTH_DAYS)).padStart(3, '0');
  const first17 = `${PLACE}${bornOn.replaceAll('-', '')}${sequence}`;
  const name = random.one(SURNAMES) + random.one(GIVEN) + (random.chance(70) ? random.one(GIVEN) : '');
  return { idNumber: first17 + checkDigit(first17), name, bornOn };
}

function everybody(bornOn: PlainDate, random: Random): MadeRow[] {
  const from = addDays(bornOn, random.below(30));
  const householdNumber = `${PLACE}${String(random.below(400_000)).padStart(9, '0')}`;
  const home = { householdNumber, registration: 'HUKOU', regionCode: `${PLACE}100`, from };
  return [
    { agency: 'public-security', list: 'residents', cells: home },
    ...(bornOn >= '2025-01-01' ? [row('health', 'births', { bornOn })] : []),
    ...(random.chance(1) ? deaths(bornOn, random) : []),
  ];
}

/** A third of deaths are reported by one office only, which leaves them open. */
function deaths(bornOn: PlainDate, random: Random): MadeRow[] {
  const diedOn = dayAfter(bornOn, '2026-01-05', random.below(50));
  const reports: readonly Agency[] = random.chance(66) ? ['civil-affairs', 'public-security'] : ['civil-affairs'];
  return reports.map((agency) => row(agency, 'deaths', { diedOn }));
}

function insurance(bornOn: PlainDate, random: Random): MadeRow[] {
  const rows: MadeRow[] = [];
  const resident = { scheme: 'RESIDENT', region: PLACE };
  if (random.chance(85)) rows.push(enrolment({ ...resident, from: dayAfter(bornOn, '2025-01-01', 0) }));
  if (yearOf(bornOn) < 2004 && random.chance(12)) {
    const to = addDays('2024-06-30', random.below(540));
    const endedBecause = random.one(['EMPLOYMENT_ENDED', 'VOLUNTARY', 'OTHER']);
    rows.push(
      enrolment({ scheme: 'EMPLOYEE', region: `${PLACE.slice(0, 4)}00`, from: '2021-03-01', to, endedBecause }),
    );
  }
  if (random.chance(25)) {
    const registeredOn = dayAfter(bornOn, '2025-10-20', random.below(120));
    rows.push(row('medical-insurance', 'registrations', { policyYear: 2026, registeredOn }));
  }
  return rows;
}

const enrolment = (cells: MadeRow['cells']): MadeRow => row('medical-insurance', 'enrolments', cells);

function premiums(bornOn: PlainDate, random: Random): MadeRow[] {
  const paid = (policyYear: number, first: PlainDate, days: number): MadeRow => {
    const paidOn = dayAfter(bornOn, first, random.below(days));
    const channel = random.one(['ONLINE', 'ONLINE', 'AGENT', 'TAX_OFFICE', 'SCHOOL']);
    const receiptNumber = random.chance(50) ? `3130${String(random.below(1e9)).padStart(10, '0')}` : undefined;
    return row('tax', 'payments', { policyYear, amount: 40_000, paidOn, creditedOn: paidOn, channel, receiptNumber });
  };
  const rows = [
    ...(yearOf(bornOn) < 2025 && random.chance(80) ? [paid(2025, '2024-10-08', 100)] : []),
    ...(random.chance(80) ? [paid(2026, '2025-10-20', 140)] : []),
  ];
  const wantsBack = rows.length > 0 && random.chance(1);
  const refund = { policyYear: 2026, appliedOn: '2026-01-20', cause: random.one(['DEATH', 'EMPLOYEE_INSURANCE']) };
  return wantsBack ? [...rows, row('tax', 'refund-applications', refund)] : rows;
}

function identities(bornOn: PlainDate, idNumber: string, random: Random): MadeRow[] {
  const rows: MadeRow[] = [];
  for (let times = random.chance(14) ? 1 + random.below(2) : 0; times > 0; times -= 1) {
    const category = random.one(HARDSHIP);
    const agency =
      category.startsWith('MONITORED') || category.startsWith('LIFTED') ? 'rural-affairs' : 'civil-affairs';
    const from = dayAfter(bornOn, '2023-01-01', random.below(1_100));
    const cells = {
      category: CATEGORIES[category],
      from,
      riskEliminated: agency === 'rural-affairs' ? false : undefined,
    };
    if (!rows.some((known) => known.cells['category'] === cells.category)) rows.push(row(agency, 'hardship', cells));
  }
  if (random.chance(5)) {
    const level = 1 + random.below(4);
    const certificateNumber = `${idNumber}4${level}`;
    const from = dayAfter(bornOn, '2015-01-01', random.below(3_000));
    rows.push(row('disabled-federation', 'disability', { type: 'LIMB', level, certificateNumber, from }));
  }
  return rows;
}

function stations(bornOn: PlainDate, random: Random): MadeRow[] {
  const age = 2025 - yearOf(bornOn);
  const rows: MadeRow[] = [];
  if (age >= 6 && age <= 20 && random.chance(90)) {
    const stage = age < 12 ? 'PRIMARY' : age < 15 ? 'JUNIOR' : age < 18 ? 'SENIOR' : 'COLLEGE';
    rows.push(row('education', 'students', { stage, enteredOn: '2025-09-01', newStudent: random.chance(30) }));
  }
  if (age > 18 && age < 60 && random.chance(10)) {
    rows.push(row('human-resources', 'migrant-workers', { from: addDays('2025-02-10', random.below(60)) }));
  }
  if (age >= 20 && age < 30 && random.chance(5)) {
    rows.push(
      row('veterans', 'life-events', { kind: 'DISCHARGED', happenedOn: addDays('2025-09-01', random.below(90)) }),
    );
  }
  return rows;
}

const row = (agency: Agency, list: ListName, cells: MadeRow['cells']): MadeRow => ({ agency, list, cells });

/** So many days after a day, but never before the birth. */
function dayAfter(bornOn: PlainDate, first: PlainDate, days: number): PlainDate {
  const day = addDays(first, days);
  return day < bornOn ? bornOn : day;
}
