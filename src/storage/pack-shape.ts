import { z } from 'zod';
import {
  AGENCIES,
  CATEGORIES,
  ENROLMENT_END_CAUSES,
  FUND_SOURCES,
  LIFE_EVENTS,
  REFUND_CAUSES,
  STUDENT_STAGES,
} from '../domain/intake/words.ts';
import { parseYuan, type Fen } from '../domain/intake/fen.ts';
import { NOTICE_CODES, REVIEW_CODES } from '../domain/policy/decision.ts';
import type { PackDay } from '../domain/policy/policy-pack.ts';
import { parsePlainDate } from '../domain/time/plain-date.ts';

const keysOf = <K extends string>(words: Readonly<Record<K, unknown>>): [K, ...K[]] =>
  Object.keys(words) as [K, ...K[]];
const wordOf = <K extends string>(words: Readonly<Record<K, unknown>>) => z.enum(keysOf(words));

const yuan = z.union([z.number(), z.string()]).transform((value, context): Fen => {
  const amount = parseYuan(typeof value === 'number' ? String(value) : value);
  if (amount !== undefined) return amount;
  context.addIssue({
    code: 'custom',
    message: '金额应为非负的元，最多两位小数 / an amount is yuan, at most two decimals',
  });
  return z.NEVER;
});
const day = z.string().refine((text) => parsePlainDate(text) !== undefined, {
  message: '不是日历上的日期（应为 YYYY-MM-DD，加引号）/ not a day of the calendar',
});
const rule = z.string().min(1);
const category = wordOf(CATEGORIES);
const fund = wordOf(FUND_SOURCES).nullable();

const packDay: z.ZodType<PackDay> = z.lazy(() =>
  z.union([
    day,
    z.strictObject({ from: z.enum(['BIRTH', 'EMPLOYEE_BREAK']), days: z.number().int().min(0) }),
    z.strictObject({ from: z.literal('EMPLOYEE_LAST_MONTH_END'), months: z.number().int().min(0) }),
    z.strictObject({ latestOf: z.array(packDay).min(2) }),
  ]),
);

const start = z.union([
  z.enum(['PAID_DAY', 'DAY_AFTER_PAID', 'CREDITED_DAY', 'BIRTH', 'EMPLOYEE_BREAK', 'ADMISSION', 'NONE']),
  day,
]);

const startRow = z.strictObject({
  until: packDay.nullable().default(null),
  start: start.nullable(),
  wait: z.strictObject({ length: z.number().int().min(1), unit: z.enum(['DAYS', 'MONTHS']) }).optional(),
  price: z.enum(['STANDARD', 'LATE', 'FREE']).optional(),
  tier: z.literal('NONE').optional(),
  review: z.array(wordOf(REVIEW_CODES)).optional(),
  notices: z.array(wordOf(NOTICE_CODES)).optional(),
  birthYear: z.literal(true).optional(),
  rule,
});

const condition = z.strictObject({
  bornFrom: day.optional(),
  bornTo: day.optional(),
  newStudentOf: z.strictObject({ stages: z.array(wordOf(STUDENT_STAGES)).min(1), from: day, to: day }).optional(),
  lifeEvent: z
    .strictObject({ kinds: z.array(wordOf(LIFE_EVENTS)).min(1), from: day.optional(), to: day.optional() })
    .optional(),
  leftEmployeeInsurance: z
    .strictObject({
      because: z.array(z.enum([...keysOf(ENROLMENT_END_CAUSES), 'NOT_STATED'])).optional(),
      minMonths: z.number().int().optional(),
    })
    .optional(),
  migrantWorker: z.literal(true).optional(),
  newlyListedAfter: z.strictObject({ day, categories: z.array(category).optional() }).optional(),
  listedBy: day.optional(),
  uninsuredInYear: z.number().int().optional(),
});

const group = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  zh: z.string().min(1),
  when: condition,
  measure: z.enum(['PAID', 'CREDITED', 'REGISTERED', 'REGISTERED_AND_PAID']),
  rows: z.array(startRow).min(1),
  birthYear: z
    .strictObject({
      year: z.number().int(),
      requires: z.enum(['PAYMENT_FOR_BIRTH_YEAR', 'REGISTRATION_FOR_BIRTH_YEAR']),
      within: packDay.optional(),
      missing: wordOf(REVIEW_CODES).optional(),
      rule,
    })
    .optional(),
  movesPaymentFrom: z.strictObject({ year: z.number().int(), rule }).optional(),
  refundsEarlierYear: z.strictObject({ year: z.number().int(), cause: wordOf(REFUND_CAUSES), rule }).optional(),
});

const targetGroup = z.enum([...keysOf(CATEGORIES), 'NEWBORN', 'STUDENT', 'VETERAN']);
const deathRule = z.strictObject({
  sources: z.array(wordOf(AGENCIES)).min(1),
  mustAgree: z.number().int().min(1),
  rule,
});

/** What a pack file may hold, and how its amounts and defaults are read; what fits may still contradict itself (`checkPack`). */
export const packShape = z.strictObject({
  id: z.string().regex(/^[a-z]+-\d{4}$/),
  place: z.strictObject({ name: z.string().min(1), regionCode: z.string().regex(/^\d{6,12}$/) }),
  policyYear: z.number().int(),
  status: z.enum(['IN_FORCE', 'DRAFT', 'INTERPRETATION']),
  document: z.strictObject({
    title: z.string().min(1),
    number: z.string().nullable(),
    issuedOn: day.nullable(),
    source: z.string().min(1),
  }),
  premium: z.strictObject({ standard: yuan, fiscal: yuan, rule }),
  period: z.strictObject({ from: day, to: day, rule }),
  window: z.strictObject({
    from: day.nullable(),
    to: day,
    rule,
    openDays: z
      .strictObject({
        first: z.number().int().min(1).max(31),
        last: z.number().int().min(1).max(31),
        applies: z.enum(['IN_WINDOW', 'ALWAYS']),
        rule,
      })
      .optional(),
  }),
  assumes: z.strictObject({ riskEliminated: z.boolean().optional() }),
  tiers: z
    .array(
      z.strictObject({
        category,
        when: z
          .strictObject({
            liftedHousehold: z.boolean().optional(),
            riskEliminated: z.boolean().optional(),
            ruralHukou: z.boolean().optional(),
          })
          .default({}),
        subsidy: yuan,
        payable: yuan,
        fundedBy: fund,
        rule,
      }),
    )
    .min(1),
  untiered: z.array(
    z.strictObject({ category, because: z.enum(['EXPLICIT', 'COUNTED_ONLY', 'RATE_MISSING', 'NOT_NAMED']), rule }),
  ),
  highestOnce: z.strictObject({ rule, fundOrder: z.array(wordOf(FUND_SOURCES)).min(1) }),
  groups: z.array(group).min(1),
  schoolYearExtension: z
    .strictObject({ stages: z.array(wordOf(STUDENT_STAGES)).min(1), rule })
    .nullable()
    .default(null),
  repricing: z
    .array(
      z.strictObject({
        basis: z.enum(['RECOGNISED', 'LIST_RECEIVED']).nullable().default(null),
        until: day.nullable().default(null),
        decision: z.enum(['ALLOWED', 'REFUSED', 'REVIEW']),
        rule,
        toldAfter: wordOf(REVIEW_CODES).optional(),
      }),
    )
    .min(1),
  refund: z
    .strictObject({
      causes: z.array(wordOf(REFUND_CAUSES)).min(1),
      paidInWindow: z.boolean(),
      rule,
      afterStart: z.strictObject({ rule }),
    })
    .nullable(),
  silence: z.strictObject({ refund: rule }),
  standing: z.strictObject({ nextMonthAfter: day, rule }).nullable().default(null),
  deaths: deathRule.nullable(),
  normalCover: z
    .strictObject({ year: z.number().int(), gapMonths: z.number().int().min(1), rule })
    .nullable()
    .default(null),
  unheldExemption: z
    .strictObject({ kinds: z.array(wordOf(LIFE_EVENTS)).min(1), days: z.number().int().min(1), rule })
    .nullable()
    .default(null),
  foreigners: z.strictObject({ route: z.enum(['IN_SCOPE', 'NOT_STATED']), rule }),
  duplicates: z.strictObject({ rule }),
  deathStops: z.strictObject({ rule }),
  targets: z.array(
    z.strictObject({ groups: z.array(targetGroup).min(1), ratePercent: z.number().min(0).max(100).nullable(), rule }),
  ),
  rules: z.record(
    z.string(),
    z.strictObject({
      quote: z.string().nullable(),
      reading: z.string().min(1),
      assumption: z.boolean().default(false),
    }),
  ),
});
