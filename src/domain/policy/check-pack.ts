import { formatYuan } from '../intake/fen.ts';
import { CATEGORIES, type Category } from '../intake/words.ts';
import { yearOf } from '../time/plain-date.ts';
import type { TierFact } from './listings.ts';
import type { PackDay, PayerGroup, PolicyPack, TierRow } from './policy-pack.ts';

/** A mistake in a pack, told in the terms of whoever keeps it: where in the file, and what is wrong. */
export interface PackProblem {
  readonly where: string;
  readonly zh: string;
  readonly en: string;
}

/** Checks what a pack means: amounts that add up, dates in order, every identity placed once, tables without gap or overlap, citations. */
export function checkPack(pack: PolicyPack): PackProblem[] {
  return [
    ...checkDates(pack),
    ...checkAmounts(pack),
    ...checkIdentities(pack),
    ...pack.groups.flatMap((group, index) => checkGroup(pack, group, index)),
    ...checkRepricing(pack),
    ...checkCitations(pack),
  ];
}

const problem = (where: string, zh: string, en: string): PackProblem => ({ where, zh, en });

function checkDates(pack: PolicyPack): PackProblem[] {
  const found: PackProblem[] = [];
  const { period, window } = pack;
  if (period.from > period.to) found.push(problem('period', '待遇期止于起始之前', 'the period ends before it starts'));
  if (yearOf(period.from) !== pack.policyYear || yearOf(period.to) !== pack.policyYear) {
    found.push(problem('period', `待遇期不在${pack.policyYear}年度内`, 'the period lies outside the plan year'));
  }
  if (window.from !== null && window.from > window.to) {
    found.push(problem('window', '集中征缴期止于起始之前', 'the window closes before it opens'));
  }
  if (window.openDays && window.openDays.first > window.openDays.last) {
    found.push(problem('window › openDays', '每月缴费时段止于起始之前', 'the open days end before they begin'));
  }
  return found;
}

function checkAmounts(pack: PolicyPack): PackProblem[] {
  return pack.tiers.flatMap((row, index) => {
    const sum = row.subsidy + row.payable;
    if (sum === pack.premium.standard) return [];
    return [
      problem(
        tierAt(index, row),
        `资助${formatYuan(row.subsidy)}元加个人缴费${formatYuan(row.payable)}元为${formatYuan(sum)}元，不等于个人缴费标准${formatYuan(pack.premium.standard)}元`,
        `subsidy and payable make ${formatYuan(sum)}, not the premium ${formatYuan(pack.premium.standard)}`,
      ),
    ];
  });
}

const tierAt = (index: number, row: TierRow): string => `tiers › 第${index + 1}项（${CATEGORIES[row.category]}）`;

function checkIdentities(pack: PolicyPack): PackProblem[] {
  const categories = Object.keys(CATEGORIES) as Category[];
  const found = categories.flatMap((category) => {
    const rows = pack.tiers.filter((row) => row.category === category);
    const without = pack.untiered.filter((row) => row.category === category);
    const name = CATEGORIES[category];
    if (rows.length === 0 && without.length === 0) {
      return [problem('tiers', `未写${name}：应列入 tiers 或 untiered`, `${category} is placed nowhere`)];
    }
    if (without.length > 1 || (rows.length > 0 && without.length > 0)) {
      return [problem('untiered', `${name}写了不止一处`, `${category} is placed more than once`)];
    }
    return rows.length > 0 ? checkCombinations(category, rows) : [];
  });
  const unordered = pack.tiers.filter(
    (row) => row.fundedBy !== null && !pack.highestOnce.fundOrder.includes(row.fundedBy),
  );
  return [
    ...found,
    ...unordered.map((row) =>
      problem(
        'highestOnce › fundOrder',
        `未列出资部门 ${row.fundedBy}`,
        `the fund ${row.fundedBy} has no place in the order`,
      ),
    ),
  ];
}

// Every combination of the facts that the lines ask for must fall on exactly one line.
function checkCombinations(category: Category, rows: readonly TierRow[]): PackProblem[] {
  const facts = (['liftedHousehold', 'riskEliminated', 'ruralHukou'] as const).filter((fact) =>
    rows.some((row) => row.when[fact] !== undefined),
  );
  const combinations = facts.reduce<Partial<Record<TierFact, boolean>>[]>(
    (all, fact) => all.flatMap((one) => [true, false].map((value) => ({ ...one, [fact]: value }))),
    [{}],
  );
  return combinations.flatMap((combination) => {
    const fitting = rows.filter((row) =>
      facts.every((fact) => row.when[fact] === undefined || row.when[fact] === combination[fact]),
    );
    if (fitting.length === 1) return [];
    const said = facts.map((fact) => `${fact}=${String(combination[fact])}`).join('，') || '任何情形';
    return [
      problem(
        `tiers（${CATEGORIES[category]}）`,
        fitting.length === 0 ? `${said} 时没有档次` : `${said} 时有${fitting.length}个档次`,
        fitting.length === 0 ? `no line for ${said}` : `${fitting.length} lines for ${said}`,
      ),
    ];
  });
}

function checkGroup(pack: PolicyPack, group: PayerGroup, index: number): PackProblem[] {
  const where = `groups › ${group.id}（${group.zh}）`;
  const found: PackProblem[] = [];
  const last = index === pack.groups.length - 1;
  if (pack.groups.findIndex((other) => other.id === group.id) !== index) {
    found.push(problem(where, '人群编号重复', 'the group id is used twice'));
  }
  if (last && Object.keys(group.when).length > 0) {
    found.push(problem(where, '最后一个人群必须不设条件，否则有人落空', 'the last group must take everybody'));
  }
  if (!last && Object.keys(group.when).length === 0) {
    found.push(
      problem(where, '不设条件的人群只能在最后，其后各组永远轮不到', 'a group without conditions hides those after it'),
    );
  }
  if (last && group.rows.some((row) => row.start === null)) {
    found.push(
      problem(where, '最后一个人群的每一行都要写明起始', 'every line of the last group must settle the start'),
    );
  }
  group.rows.forEach((row, line) => {
    const at = `${where} › 第${line + 1}行`;
    const final = line === group.rows.length - 1;
    if (final && row.until !== null)
      found.push(problem(at, '末行有止日，其后的日期无人管（有空档）', 'a gap: nothing applies after the last line'));
    if (!final && row.until === null)
      found.push(
        problem(at, '中间的行没有止日，盖住其后各行（有重叠）', 'an overlap: a line without end covers those after it'),
      );
    const before = group.rows[line - 1]?.until;
    const [earlier, later] = [fixed(before), fixed(row.until)];
    if (earlier !== undefined && later !== undefined && later <= earlier) {
      found.push(
        problem(
          at,
          `止日 ${later} 不晚于上一行的 ${earlier}（有重叠）`,
          'an overlap: the line ends no later than the one before',
        ),
      );
    }
    if (row.birthYear && !group.birthYear)
      found.push(problem(at, '写了 birthYear，但人群没有 birthYear 条款', 'the group has no birthYear clause'));
  });
  return found;
}

const fixed = (until: PackDay | null | undefined): string | undefined =>
  typeof until === 'string' ? until : undefined;

function checkRepricing(pack: PolicyPack): PackProblem[] {
  return pack.repricing.flatMap((row, index) => {
    const where = `repricing › 第${index + 1}行`;
    const final = index === pack.repricing.length - 1;
    if (final !== (row.until === null)) {
      return [
        problem(
          where,
          final ? '末行不得有止日（有空档）' : '只有末行可以没有止日（有重叠）',
          final ? 'a gap after the last line' : 'an overlap: only the last line may be open',
        ),
      ];
    }
    if ((row.until === null) !== (row.basis === null)) {
      return [problem(where, 'basis 与 until 要么都写、要么都不写', 'basis and until go together')];
    }
    return [];
  });
}

// A rule that nothing cites is a rule that nobody applies: as wrong as a citation that leads nowhere.
function checkCitations(pack: PolicyPack): PackProblem[] {
  const cited = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'rule' && typeof inner === 'string') cited.add(inner);
        else if (key !== 'rules') walk(inner);
      }
    }
  };
  walk({ ...pack, silence: { rule: pack.silence.refund } });
  const missing = [...cited].filter((id) => !(id in pack.rules));
  const idle = Object.keys(pack.rules).filter((id) => !cited.has(id));
  const unexplained = Object.values(pack.rules).filter((entry) => entry.quote === null && !entry.assumption);
  return [
    ...missing.map((id) => problem('rules', `引用了没有写明的规则 ${id}`, `the rule ${id} is cited but not given`)),
    ...idle.map((id) => problem('rules', `规则 ${id} 没有被任何一行引用`, `nothing cites the rule ${id}`)),
    ...unexplained.map((entry) =>
      problem(
        `rules › ${entry.id}`,
        '没有引文的规则必须标明 assumption',
        'a rule without words of the text must be marked as assumption',
      ),
    ),
  ];
}
