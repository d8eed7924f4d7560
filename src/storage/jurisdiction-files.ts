import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { DEFAULT_LIMITS, PURPOSES, type Jurisdiction } from '../domain/access/caller.ts';
import { DEFAULT_BUDGET } from '../domain/access/read-budget.ts';
import { readIdNumber } from '../domain/intake/id-number.ts';
import { AGENCIES, CATEGORIES, LISTS, type Agency, type ListName } from '../domain/intake/words.ts';
import { ruleOf } from '../domain/person/survivorship.ts';
import type { Jurisdictions } from '../flows/ports.ts';

/** One thing wrong with a jurisdiction's file: where it stands (`agencies.civil-affairs.pushes.hardship`) and what it is. */
export interface JurisdictionProblem {
  readonly file: string;
  readonly at: string;
  readonly zh: string;
  readonly en: string;
}

/** Thrown when jurisdictions cannot be used. Names everything that is wrong in all files at once. */
export class JurisdictionFilesError extends Error {
  readonly code = 'JURISDICTIONS_UNUSABLE';
  readonly problems: readonly JurisdictionProblem[];

  constructor(problems: readonly JurisdictionProblem[]) {
    super(problems.map(({ file, at, zh, en }) => `${file} ${at}: ${zh} / ${en}`).join('\n'));
    this.name = 'JurisdictionFilesError';
    this.problems = problems;
  }
}

/** Finds the plan year of a policy pack, undefined where the hub has no such pack. */
export type PolicyYearOf = (packId: string) => number | undefined;

/**
 * Reads every `<id>.yaml` of a folder as one jurisdiction. Throws a `JurisdictionFilesError` where a file is no such
 * thing, or grants what makes no sense: words that do not exist, categories of a list that has none, sources of deaths
 * that may not push deaths, packs that the hub does not hold or two for one plan year.
 */
export function loadJurisdictions(folder: string, policyYearOf: PolicyYearOf): Jurisdictions {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const problems: JurisdictionProblem[] = [];
  const found = new Map<string, Jurisdiction>();
  for (const file of files) {
    const read = readJurisdiction(file, readFileSync(join(folder, file), 'utf8'), policyYearOf);
    problems.push(...read.problems);
    if (read.jurisdiction) found.set(read.jurisdiction.id, read.jurisdiction);
  }
  if (files.length === 0) problems.push(problem(folder, '', '没有辖区文件', 'holds no jurisdiction file'));
  if (problems.length > 0) throw new JurisdictionFilesError(problems);
  return { find: (id) => found.get(id), all: () => [...found.values()] };
}

const keysOf = <K extends string>(words: Readonly<Record<K, unknown>>): [K, ...K[]] =>
  Object.keys(words) as [K, ...K[]];

const word = <K extends string>(words: Readonly<Record<K, unknown>>) =>
  z.enum(keysOf(words), {
    error: `不认识的词，可用：${keysOf(words).join('、')} / unknown word; known are those listed`,
  });

const text = z
  .string({ error: '应为文字（数字须加引号） / must be text (put numbers in quotes)' })
  .min(1, '不能为空 / is empty');

const count = z.int('应为整数 / must be a whole number').min(0, '不能小于 0 / is below 0');
const atMostAnInteger = count.max(2_147_483_647, '过大 / is too large');

/** Each part may be left to {@link DEFAULT_BUDGET}. */
const Budget = z.strictObject({
  personsADay: atMostAnInteger.default(DEFAULT_BUDGET.personsADay),
  personsADayOfOne: atMostAnInteger.default(DEFAULT_BUDGET.personsADayOfOne),
  missesAMinute: atMostAnInteger.default(DEFAULT_BUDGET.missesAMinute),
  missesAMinuteOfAll: atMostAnInteger.default(DEFAULT_BUDGET.missesAMinuteOfAll),
});

// Emergencies are opened one by one, and told to the person at once.
const { EMERGENCY: _, ...GRANTED_PURPOSES } = PURPOSES;

const Reads = z.strictObject({
  purposes: z.array(word(GRANTED_PURPOSES)).min(1, '至少一项 / needs at least one'),
  knows: z.enum(['EVERYBODY', 'OWN'], { error: '应为 EVERYBODY 或 OWN / must be EVERYBODY or OWN' }),
  lists: z.union([z.literal('ALL'), z.array(word(LISTS))], {
    error: '应为 ALL 或名单名 / must be ALL or names of lists',
  }),
  benefit: z.boolean(),
  reveal: z.boolean(),
  search: z.boolean().default(false),
  unenrolled: z.boolean().default(false),
  changes: z.boolean().default(false),
  whoLooked: z.boolean().default(false),
  emergency: z.boolean().default(false),
  budget: Budget.optional(),
});

const Reviews = z.strictObject({
  sees: z.enum(['ALL', 'OWN'], { error: '应为 ALL 或 OWN / must be ALL or OWN' }),
  settles: z.boolean(),
});

const Grant = z.strictObject({
  name: text,
  dpop: z.literal('required', '应为 required / must be required').optional(),
  signature: z.literal('required', '应为 required / must be required').optional(),
  freeQueries: z.boolean().optional(),
  pushes: z.partialRecord(
    word(LISTS),
    z.strictObject({ categories: z.array(word(CATEGORIES)).min(1, '至少一项 / needs at least one').optional() }),
  ),
  reads: Reads.optional(),
  reviews: Reviews.optional(),
});

const percent = z
  .number('应为 0 至 100 的数 / must be a number from 0 to 100')
  .min(0, '不能小于 0 / is below 0')
  .max(100, '不能大于 100 / is above 100');

const order = z.array(word(AGENCIES));

/** A bare list of agencies stands for `TRUSTED` in that order. */
const Survivorship = z.union(
  [order, z.strictObject({ prefer: z.enum(['TRUSTED', 'NEWEST']), order: order.default([]) })],
  {
    error:
      '应为部门列表，或 { prefer: TRUSTED 或 NEWEST, order: 部门列表 } / must be a list of agencies, or { prefer: TRUSTED or NEWEST, order: … }',
  },
);

/** Each limit may be left to {@link DEFAULT_LIMITS}. */
const Limits = z.strictObject({
  shrink: z.strictObject({ percent, butAtLeast: count }).default(DEFAULT_LIMITS.shrink),
  newDeaths: count.default(DEFAULT_LIMITS.newDeaths),
  badRowsPercent: percent.nullable().default(DEFAULT_LIMITS.badRowsPercent),
});

/** A number as rows name it, which is normalised before it is looked for. What cannot be read would never be met in a row. */
const placeholderNumber = text.transform((raw, context) => {
  const reading = readIdNumber(raw, null);
  if (reading.ok) return reading.document.idNumber;
  context.addIssue('不是能读的证件号码 / is no id number that can be read');
  return z.NEVER;
});

const JurisdictionFile = z.strictObject({
  // A colon would blur the client ids `<jurisdiction>:<agency>`.
  id: text.regex(/^[A-Za-z0-9-]+$/, '只能用字母、数字和连字符 / may hold letters, digits and hyphens only'),
  regionCode: text.regex(/^\d{6,12}$/, '应为 6 至 12 位区划代码 / must be a region code of 6 to 12 digits'),
  name: text,
  packs: z.array(text).min(1, '至少一份政策包 / needs at least one policy pack'),
  deaths: z.strictObject({ sources: z.array(word(AGENCIES)), mustAgree: z.int().min(1) }),
  survivorship: z.strictObject({
    name: Survivorship,
    birthDate: Survivorship,
    householdNumber: Survivorship.optional(),
    regionCode: Survivorship.optional(),
    hardship: Survivorship.optional(),
    disability: Survivorship.optional(),
  }),
  limits: Limits.optional(),
  disclosedAfterDays: z.partialRecord(word(GRANTED_PURPOSES), count).optional(),
  placeholderNumbers: z
    .array(placeholderNumber)
    .transform((numbers): ReadonlySet<string> => new Set(numbers))
    .optional(),
  agencies: z.partialRecord(word(AGENCIES), Grant),
});

interface ReadFile {
  readonly jurisdiction?: Jurisdiction;
  readonly problems: readonly JurisdictionProblem[];
}

function readJurisdiction(file: string, content: string, policyYearOf: PolicyYearOf): ReadFile {
  const document = parseDocument(content);
  if (document.errors.length > 0) {
    return { problems: document.errors.map((error) => problem(file, lineOf(error), '不是有效的 YAML', error.code)) };
  }
  const read = JurisdictionFile.safeParse(document.toJS());
  if (!read.success) return { problems: read.error.issues.map((issue) => problemOf(file, issue)) };
  const jurisdiction: Jurisdiction = read.data;
  return { jurisdiction, problems: inconsistencies(file, jurisdiction, policyYearOf) };
}

/** What is well formed but cannot be meant. */
function inconsistencies(file: string, jurisdiction: Jurisdiction, policyYearOf: PolicyYearOf): JurisdictionProblem[] {
  const problems: JurisdictionProblem[] = [];
  const check = (holds: boolean, at: string, zh: string, en: string): void => {
    if (!holds) problems.push(problem(file, at, zh, en));
  };
  const { id, agencies, deaths, survivorship } = jurisdiction;
  const may = (agency: Agency, list: ListName): boolean => agencies[agency]?.pushes[list] !== undefined;

  check(basename(file, '.yaml') === id, 'id', '应与文件名相同', 'must be the name of the file');
  for (const [agency, grant] of Object.entries(agencies)) {
    for (const [list, { categories }] of Object.entries(grant.pushes)) {
      const known = CATEGORIES_OF[list as ListName];
      const at = `agencies.${agency}.pushes.${list}`;
      check(known !== undefined || categories === undefined, at, '此名单没有类别', 'this list has no categories');
      check(known === undefined || categories !== undefined, at, '必须写明可推送的类别', 'must name the categories');
      const foreign = categories?.filter((category) => known && !known.includes(category)) ?? [];
      check(
        foreign.length === 0,
        at,
        `此名单没有这些类别：${foreign.join('、')}`,
        'has categories that are not of this list',
      );
    }
  }
  for (const agency of deaths.sources) {
    check(may(agency, 'deaths'), 'deaths.sources', `${agency} 无权推送死亡名单`, `${agency} may not push deaths`);
  }
  const sources = new Set(deaths.sources).size;
  check(deaths.mustAgree <= sources, 'deaths.mustAgree', '多于来源的数目', 'is more than there are sources');
  for (const [value, written] of Object.entries(survivorship)) {
    const missing = ruleOf(written).order.filter((agency) => !agencies[agency]);
    check(
      missing.length === 0,
      `survivorship.${value}`,
      `没有这些部门：${missing.join('、')}`,
      'names agencies not there',
    );
  }
  const years = new Map<number, string>();
  for (const pack of jurisdiction.packs) {
    const year = policyYearOf(pack);
    check(year !== undefined, 'packs', `没有政策包 ${pack}`, `there is no policy pack ${pack}`);
    if (year === undefined) continue;
    check(!years.has(year), 'packs', `${year} 年度有两份政策包`, `two policy packs for the plan year ${year}`);
    years.set(year, pack);
  }
  return problems;
}

/** The lists whose rows carry categories, and which. A grant must name them: "all" would grow with the next word. */
const CATEGORIES_OF: Partial<Record<ListName, readonly string[]>> = {
  hardship: Object.keys(CATEGORIES),
  disability: ['SEVERE_DISABILITY', 'MODERATE_DISABILITY'],
};

function problem(file: string, at: string, zh: string, en: string): JurisdictionProblem {
  return { file, at, zh, en };
}

function problemOf(file: string, issue: z.core.$ZodIssue): JurisdictionProblem {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const at = [...issue.path, ...unknown].join('.');
  if (unknown.length > 0) return problem(file, at, '没有这一项', 'there is no such entry');
  const [zh, en] = issue.message.split(' / ');
  return problem(file, at, en === undefined ? '内容不符合要求' : zh!, en ?? issue.message);
}

function lineOf(error: { linePos?: readonly { line: number }[] }): string {
  const line = error.linePos?.[0]?.line;
  return line === undefined ? '' : `line ${line}`;
}
