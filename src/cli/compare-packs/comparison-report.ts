import { CATEGORIES, FUND_SOURCES } from '../../domain/intake/words.ts';
import { textTable, type Cell } from '../demo/text-table.ts';

/** What a pack costs some persons and funds, as the graph shows it: yuan as text; `null`: held back. */
interface ShownCost {
  readonly persons: number | null;
  readonly subsidy: string | null;
  readonly payable: string | null;
  readonly refunds: string | null;
}

/** One line of costs by both packs. */
interface ShownGroup {
  readonly category: keyof typeof CATEGORIES | null;
  readonly fundedBy: keyof typeof FUND_SOURCES | null;
  readonly before: ShownCost;
  readonly after: ShownCost;
  readonly difference: ShownCost;
}

/** A comparison as the command needs it. */
export interface ShownComparison {
  readonly id: string;
  readonly status: 'QUEUED' | 'WORKING' | 'DONE' | 'FAILED';
  readonly pack: string;
  readonly asOf: string;
  readonly knownAt: string;
  readonly personsToDo: number | null;
  readonly personsDone: number;
  readonly totals: {
    readonly exact: boolean;
    readonly persons: number | null;
    readonly winners: number | null;
    readonly losers: number | null;
    readonly unchanged: number | null;
    readonly newlyInReview: number | null;
    readonly total: ShownGroup;
    readonly groups: readonly ShownGroup[];
  } | null;
}

/** Says what a comparison came to: who gains and loses, then a table of costs, before → after (difference). */
export function comparisonLines({ pack, asOf, knownAt, totals }: ShownComparison): string[] {
  if (!totals) return [];
  return [
    `对照 ${pack}，核定日期 ${asOf}，获知时点 ${knownAt} / compared with ${pack}, as of ${asOf}, known at ${knownAt}`,
    `共 ${told(totals.persons)} 人 persons：受益 winners ${told(totals.winners)}，受损 losers ${told(totals.losers)}，不变 unchanged ${told(totals.unchanged)}；新增待核 newly in review ${told(totals.newlyInReview)}`,
    ...(totals.exact
      ? []
      : [
          `人数按整十，金额只计整十；${HELD_BACK}：不足 10 人或没有 / in full tens, rounded down; ${HELD_BACK}: fewer than ten, or nobody`,
        ]),
    '',
    ...textTable(
      [
        ['身份类别', 'category'],
        ['资金来源', 'fund'],
        ['人数', 'persons'],
        ['资助（元）', 'subsidy'],
        ['个人应缴（元）', 'payable'],
        ['退费（元）', 'refunds'],
      ],
      [
        ...totals.groups.map((group) =>
          lineOf(group, [
            group.category ? CATEGORIES[group.category] : '普通居民',
            group.fundedBy ? FUND_SOURCES[group.fundedBy] : '—',
          ]),
        ),
        lineOf(totals.total, ['合计', '']),
      ],
    ),
  ];
}

const HELD_BACK = '<10';

const told = (figure: number | string | null): string => (figure === null ? HELD_BACK : String(figure));

function lineOf({ before, after, difference }: ShownGroup, names: readonly string[]): Cell[] {
  const change = (of: keyof ShownCost): Cell =>
    before[of] === after[of]
      ? told(before[of])
      : `${told(before[of])} → ${told(after[of])} (${String(difference[of] ?? '-').startsWith('-') ? '' : '+'}${told(difference[of])})`;
  return [...names, change('persons'), change('subsidy'), change('payable'), change('refunds')];
}
