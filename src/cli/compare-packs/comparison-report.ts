import { CATEGORIES, FUND_SOURCES } from '../../domain/intake/words.ts';
import { textTable, type Cell } from '../demo/text-table.ts';

/** What a pack costs some persons and funds, as the graph shows it: yuan as text. */
interface ShownCost {
  readonly persons: number;
  readonly subsidy: string;
  readonly payable: string;
  readonly refunds: string;
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
    readonly persons: number;
    readonly winners: number;
    readonly losers: number;
    readonly unchanged: number;
    readonly newlyInReview: number;
    readonly total: ShownGroup;
    readonly groups: readonly ShownGroup[];
  } | null;
}

/** Says what a comparison came to: who gains and loses, then a table of costs, before → after (difference). */
export function comparisonLines({ pack, asOf, knownAt, totals }: ShownComparison): string[] {
  if (!totals) return [];
  return [
    `对照 ${pack}，核定日期 ${asOf}，获知时点 ${knownAt} / compared with ${pack}, as of ${asOf}, known at ${knownAt}`,
    `共 ${totals.persons} 人 persons：受益 winners ${totals.winners}，受损 losers ${totals.losers}，不变 unchanged ${totals.unchanged}；新增待核 newly in review ${totals.newlyInReview}`,
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

function lineOf({ before, after, difference }: ShownGroup, names: readonly string[]): Cell[] {
  const change = (of: keyof ShownCost): Cell =>
    before[of] === after[of]
      ? String(before[of])
      : `${before[of]} → ${after[of]} (${String(difference[of]).startsWith('-') ? '' : '+'}${difference[of]})`;
  return [...names, change('persons'), change('subsidy'), change('payable'), change('refunds')];
}
