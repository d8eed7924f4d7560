import fc from 'fast-check';
import type { Claim } from '../../src/domain/claims/claim.ts';
import { checkDigit } from '../../src/domain/intake/id-number.ts';
import {
  CATEGORIES,
  ENROLMENT_END_CAUSES,
  LIFE_EVENTS,
  REFUND_CAUSES,
  SCHEMES,
  STUDENT_STAGES,
  type Agency,
  type ListName,
} from '../../src/domain/intake/words.ts';
import type { PersonFacts } from '../../src/domain/person/person-facts.ts';
import type { PolicyPack } from '../../src/domain/policy/policy-pack.ts';
import { addDays, type PlainDate } from '../../src/domain/time/plain-date.ts';

const KEY = '00000000-0000-8000-8000-000000000001';
const SOURCES: readonly Agency[] = ['civil-affairs', 'public-security', 'health', 'town', 'medical-insurance'];

const wordOf = <K extends string>(words: Readonly<Record<K, unknown>>): fc.Arbitrary<K> =>
  fc.constantFrom(...(Object.keys(words) as K[]));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** Every day that the pack's text names, anywhere. */
function namedDays(value: unknown): PlainDate[] {
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? [value] : [];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(namedDays) : [];
}

/** Days at which a pack may turn: those it names, with their neighbours and what lies 90 days on, and any other of three years. */
export function daysAround(pack: PolicyPack): fc.Arbitrary<PlainDate> {
  const named = [...new Set(namedDays({ ...pack, rules: null }))];
  const near = fc
    .tuple(fc.constantFrom(...named), fc.constantFrom(-91, -90, -1, 0, 0, 0, 1, 89, 90, 91))
    .map(([day, by]) => addDays(day, by));
  const any = fc.integer({ min: 0, max: 1100 }).map((by) => addDays(`${pack.policyYear - 2}-01-01`, by));
  return fc.oneof({ weight: 2, arbitrary: near }, { weight: 1, arbitrary: any });
}

type Sketch = Pick<Claim, 'list' | 'agency' | 'validFrom' | 'validTo'> & { attributes: object };

function sketches(pack: PolicyPack): fc.Arbitrary<Sketch> {
  const day = daysAround(pack);
  const year = fc.constantFrom(pack.policyYear, pack.policyYear, pack.policyYear - 1, pack.policyYear + 1);
  const agency = fc.constantFrom(...SOURCES);
  const event = (list: ListName, attributes: Record<string, fc.Arbitrary<unknown>>, on: string): fc.Arbitrary<Sketch> =>
    fc
      .tuple(agency, fc.record(attributes))
      .map(
        ([by, said]) =>
          ({ list, agency: by, validFrom: said[on], validTo: said[on], attributes: said }) as unknown as Sketch,
      );
  const spell = (list: ListName, attributes: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Sketch> =>
    fc.tuple(agency, fc.record(attributes), fc.option(day, { freq: 8 }), fc.option(day)).map(
      ([by, said, from, to]) =>
        ({
          list,
          agency: by,
          validFrom: from,
          validTo: to !== null && to < (from ?? '') ? from : to,
          attributes: said,
        }) as Sketch,
    );
  const region = fc.constantFrom(pack.place.regionCode, `${pack.place.regionCode}100`, '110101');
  return fc.oneof(
    event('deaths', { diedOn: day }, 'diedOn'),
    event('births', { bornOn: day }, 'bornOn'),
    event('registrations', { policyYear: year, registeredOn: day }, 'registeredOn'),
    ...[1, 2, 3].map(() =>
      spell('hardship', {
        category: wordOf(CATEGORIES),
        liftedHousehold: maybe(fc.boolean()),
        riskEliminated: maybe(fc.boolean()),
        ruralHukou: maybe(fc.boolean()),
      }),
    ),
    spell('disability', { type: fc.constant('LIMB'), level: fc.integer({ min: 1, max: 4 }) }),
    spell('students', {
      stage: wordOf(STUDENT_STAGES),
      newStudent: maybe(fc.boolean()),
      paidSchoolYearUntil: maybe(day),
    }),
    ...[1, 2].map(() =>
      spell('enrolments', {
        scheme: wordOf(SCHEMES),
        region,
        endedBecause: maybe(wordOf(ENROLMENT_END_CAUSES)),
        backPaidMonths: maybe(fc.integer({ min: 0, max: 5 })),
      }),
    ),
    ...[1, 2, 3].map(() =>
      event(
        'payments',
        {
          policyYear: year,
          amount: fc.constantFrom(4_000, 38_000, 40_000, 100_000),
          paidOn: day,
          creditedOn: maybe(day),
        },
        'paidOn',
      ),
    ),
    event('refund-applications', { policyYear: year, appliedOn: day, cause: wordOf(REFUND_CAUSES) }, 'appliedOn'),
    event('life-events', { kind: wordOf(LIFE_EVENTS), happenedOn: day }, 'happenedOn'),
    spell('migrant-workers', {}),
    spell('residents', { householdNumber: fc.constant('1') }),
  );
}

const numberBorn = (day: PlainDate): string => {
  const first17 = `130628${day.replaceAll('-', '')}001`;
  return first17 + checkDigit(first17);
};

/** Persons whose claims lie on and beside the days at which a pack turns, told in any order, some of them corrections. */
export function histories(pack: PolicyPack): fc.Arbitrary<PersonFacts> {
  const born = fc.oneof(daysAround(pack), fc.constantFrom('1950-03-01', '1980-05-15', `${pack.policyYear - 19}-03-20`));
  const told = fc
    .tuple(daysAround(pack), fc.integer({ min: 0, max: 23 }))
    .map(([day, hour]) => Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000);
  const claims = fc.array(fc.tuple(sketches(pack), told, fc.option(fc.integer({ min: 1, max: 200 }), { freq: 4 })), {
    maxLength: 9,
  });
  return fc.tuple(born, fc.integer({ min: 0, max: 9 }), claims).map(([birth, kind, statements]) => ({
    id: KEY,
    subjects: [
      kind === 0
        ? { key: KEY, idType: 'FOREIGN_PERMANENT_RESIDENT', idNumber: 'USA110080050101' }
        : { key: KEY, idType: 'RESIDENT_ID', idNumber: numberBorn(birth) },
    ],
    claims: statements.map(([sketch, at, days], index) => ({
      ...sketch,
      id: `00000000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
      jurisdiction: 'any',
      subjectKey: KEY,
      key: String(index),
      toldAt: new Date(at + (days ?? 0) * 86_400_000),
      firstToldAt: new Date(at),
      endedAt: null,
      submission: KEY,
      row: index + 1,
    })) as unknown as Claim[],
  }));
}
