import { CATEGORIES, FUND_SOURCES, type Category, type FundSource } from '../../domain/intake/words.ts';
import { endOfDayInShanghai } from '../../domain/time/plain-date.ts';
import type { HubClient } from '../hub-client.ts';
import type { Samples } from './samples.ts';
import { textTable, type Cell } from './text-table.ts';

const PEOPLE = `
  query ($idNumbers: [String!]!, $policyYear: Int!, $asOf: Date!, $knownAt: DateTime!) {
    people(idNumbers: $idNumbers, purpose: BENEFIT_ADMINISTRATION, knownAt: $knownAt) {
      name
      benefit(policyYear: $policyYear, asOf: $asOf) {
        category subsidy fundedBy payable paid
        periods { from to }
        refund { decision amount }
        review { code zh en }
        notices { code zh en }
      }
    }
  }`;

interface Remark {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

interface Decision {
  readonly category: Category | null;
  readonly subsidy: string;
  readonly fundedBy: FundSource | null;
  readonly payable: string;
  readonly paid: string;
  readonly periods: readonly { readonly from: string; readonly to: string }[];
  readonly refund: { readonly decision: string; readonly amount: string } | null;
  readonly review: readonly Remark[];
  readonly notices: readonly Remark[];
}

interface Read {
  readonly name: string | null;
  readonly benefit: Decision;
}

const HEAD: readonly Cell[] = [
  ['姓名', 'name'],
  ['身份', 'category'],
  ['资助', 'subsidy'],
  ['资金来源', 'funded by'],
  ['应缴', 'payable'],
  ['已缴', 'paid'],
  ['待遇期', 'period'],
  ['退费', 'refund'],
  ['！待核实 · 提示', '! review · notice'],
];

/**
 * The people of the samples and what is decided for them, as the agency reads it through the graph: a table, and below it what its
 * codes mean. Throws where the hub does not answer or does not know one of them.
 */
export async function peopleTable(samples: Samples, policyYear: number, reader: HubClient): Promise<string[]> {
  const answer = await reader.ask(PEOPLE, {
    idNumbers: samples.people.map(({ idNumber }) => idNumber),
    policyYear,
    asOf: samples.asOf,
    knownAt: endOfDayInShanghai(samples.asOf).toISOString(),
  });
  const people = answer.data?.['people'] as readonly (Read | null)[] | undefined;
  if (!people) throw new Error(answer.errors.join('; '));
  const known = people.filter((person) => person !== null);
  if (known.length < people.length) {
    throw new Error(
      '名单已收到，人员却查不到：数据库与数据目录不属于同一次演示 / the lists are there, their people are not: database and data folder are not of the same demo',
    );
  }
  return [...textTable(HEAD, known.map(cellsOf)), '', ...meanings(known)];
}

function cellsOf({ name, benefit }: Read): Cell[] {
  const { category, subsidy, fundedBy, payable, paid, periods, refund, review, notices } = benefit;
  return [
    name ?? '',
    category === null ? '普通居民' : CATEGORIES[category],
    subsidy,
    fundedBy === null ? '' : FUND_SOURCES[fundedBy],
    payable,
    paid,
    periods.map(({ from, to }) => `${from}..${to}`),
    refund === null ? '' : [refund.decision, refund.amount],
    [...review.map(({ code }) => `! ${code}`), ...notices.map(({ code }) => `· ${code}`)],
  ];
}

/** What the codes in the table mean, each once. */
function meanings(people: readonly Read[]): string[] {
  const remarks = people.flatMap(({ benefit }) => [...benefit.review, ...benefit.notices]);
  const byCode = new Map(remarks.map((remark) => [remark.code, remark]));
  return [...byCode.values()].map(({ code, zh, en }) => `${code}: ${zh} / ${en}`);
}
