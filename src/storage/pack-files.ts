import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
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
import { checkPack, type PackProblem } from '../domain/policy/check-pack.ts';
import { NOTICE_CODES, REVIEW_CODES } from '../domain/policy/decision.ts';
import type { PackDay, PolicyPack } from '../domain/policy/policy-pack.ts';
import { parsePlainDate } from '../domain/time/plain-date.ts';
import type { ReadPackText } from '../flows/ports-compare.ts';

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

const packShape = z.strictObject({
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

/** A pack file that was not taken, with everything that is wrong with it in the clerk's terms. */
export class PackError extends Error {
  readonly code = 'PACK_INVALID';
  readonly problems: readonly PackProblem[];

  constructor(file: string, problems: readonly PackProblem[]) {
    super(
      [`政策包 ${file} 有 ${problems.length} 处错误 / ${problems.length} mistakes in this pack:`]
        .concat(problems.map(({ where, zh, en }) => `  ${where}: ${zh} / ${en}`))
        .join('\n'),
    );
    this.name = 'PackError';
    this.problems = problems;
  }
}

/** Reads one pack from YAML text and checks it. Throws {@link PackError} naming every mistake by its place in the file. */
export function readPack(file: string, text: string): PolicyPack {
  const lines = new LineCounter();
  const document = parsed(file, text, lines);
  const malformed = document.errors.map((error) => ({
    where: `第${lines.linePos(error.pos[0]).line}行`,
    zh: 'YAML 格式错误',
    en: error.code,
  }));
  if (malformed.length > 0) throw new PackError(file, malformed);

  const read = packShape.safeParse(plain(file, document));
  if (!read.success) {
    throw new PackError(
      file,
      read.error.issues.map((issue) => ({
        where: `${lineOf(document, issue.path, lines)}${
          issue.path.map((part) => (typeof part === 'number' ? `第${part + 1}项` : String(part))).join(' › ') || '文件'
        }`,
        zh: '形状不对',
        en: issue.message,
      })),
    );
  }
  const rules = Object.fromEntries(Object.entries(read.data.rules).map(([id, entry]) => [id, { id, ...entry }]));
  const pack: PolicyPack = { ...read.data, rules, digest: createHash('sha256').update(text).digest('hex') };
  const problems = checkPack(pack);
  if (problems.length > 0) throw new PackError(file, problems);
  return pack;
}

/** Pairs of keys that may be compared for doubles; a pack has some thousand, and a map of many keys squares them. */
const MOST_KEY_PAIRS = 50_000;
/** Brackets that may be open at once; a pack opens four. */
const MOST_BRACKETS = 50;

// The parser's time grows with the square of some texts: what is nested or wide beyond any pack is not read on.
function parsed(file: string, text: string, lineCounter: LineCounter): Document {
  let pairs = 0;
  const uniqueKeys = (a: unknown, b: unknown): boolean => {
    if ((pairs += 1) > MOST_KEY_PAIRS) throw new RangeError('too many keys');
    return a === b || (isScalar(a) && isScalar(b) && a.value === b.value);
  };
  try {
    if (deepestBracket(text) > MOST_BRACKETS) throw new RangeError('too many brackets');
    return parseDocument(text, { lineCounter, uniqueKeys, prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PackError(file, [{ where: '文件', zh: 'YAML 格式错误', en: 'TOO_COMPLEX' }]);
  }
}

function deepestBracket(text: string): number {
  let [open, deepest] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

// A pack names nothing by alias: each could stand for a thousand others.
function plain(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PackError(file, [
      { where: '文件', zh: '政策包不得使用 YAML 别名', en: 'a pack may not use YAML aliases' },
    ]);
  }
}

/** The line of what a path leads to, or of the nearest thing around it that is there. */
function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return `第${lines.linePos(offset).line}行 `;
  }
  return '';
}

/** Reads a pack that somebody sent, whose mistakes are an answer. */
export const readPackText: ReadPackText = (text) => {
  try {
    return { ok: true, pack: readPack('pack.yaml', text) };
  } catch (error) {
    if (error instanceof PackError) return { ok: false, problems: error.problems };
    throw error;
  }
};

/** Reads every `<folder>/pack.yaml` under a directory, in the order of their names. */
export function readPacks(directory: string): PolicyPack[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'pack.yaml')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => readPack(`${name}/pack.yaml`, readFileSync(join(directory, name, 'pack.yaml'), 'utf8')));
}
