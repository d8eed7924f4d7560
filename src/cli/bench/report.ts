/** How a figure is held against its limit: by the ratio of the two, or by the value itself where there is no limit to measure. */
export interface Bar {
  readonly by: 'ratio' | 'value';
  /** Which way is good. */
  readonly holds: 'at-least' | 'at-most';
  readonly must: number;
  readonly aim?: number;
}

/** One measured figure: the median of several runs. */
export interface Figure {
  /** `<persons>.<what was done>.<what of it>`. */
  readonly name: string;
  readonly unit: 'µs' | 'ms' | '/s' | 'MB' | '×';
  readonly value: number;
  /** The least that the same work could cost, measured in the same run, where there is such a thing. */
  readonly limit?: number;
  /** How value and limit compare; which of the two is divided depends on the figure. */
  readonly ratio?: number;
  /** How far the runs' ratios lie apart: their standard deviation as a share of their mean. Beyond 0.05 the machine was not quiet enough to quote. */
  readonly spread?: number;
  readonly bar?: Bar;
}

/** Must the figure be explained? `undefined` where nothing was asked of it. */
export type Verdict = 'ok' | 'short' | undefined;

/** The bar of a ratio that must not be smaller. */
export const atLeast = (must: number, aim?: number): Bar => ({ by: 'ratio', holds: 'at-least', must, aim });

/** The bar of a ratio that must not be greater. */
export const atMost = (must: number, aim?: number): Bar => ({ by: 'ratio', holds: 'at-most', must, aim });

/** The bar of a value that must not be greater. */
export const valueAtMost = (must: number, aim?: number): Bar => ({ by: 'value', holds: 'at-most', must, aim });

/** The middle value. */
export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One run of a figure with a limit. */
export interface Run {
  readonly value: number;
  readonly limit: number;
}

/** What several runs come to: the medians of both, how the medians compare, and how far the runs lie apart. */
export function comparisonOf(runs: readonly Run[]): Required<Pick<Figure, 'value' | 'limit' | 'ratio' | 'spread'>> {
  const [value, limit] = [medianOf(runs.map((run) => run.value)), medianOf(runs.map((run) => run.limit))];
  return { value, limit, ratio: value / limit, spread: spreadOf(runs.map((run) => run.value / run.limit)) };
}

function spreadOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) / mean;
}

/** Is a figure as good as it must be? One that could not be told (no number) is short. */
export function verdictOn({ value, ratio, bar }: Figure): Verdict {
  if (!bar) return undefined;
  const held = bar.by === 'value' ? value : (ratio ?? Number.NaN);
  return (bar.holds === 'at-least' ? held >= bar.must : held <= bar.must) ? 'ok' : 'short';
}

/** A table to read. */
export function tableOf(figures: readonly Figure[]): string[] {
  const cells = figures.map((figure) => [
    figure.name,
    `${short(figure.value)} ${figure.unit}`,
    figure.limit === undefined ? '' : `${short(figure.limit)} ${figure.unit}`,
    figure.ratio === undefined ? '' : `${short(figure.ratio)} ×`,
    figure.spread === undefined ? '' : `±${(figure.spread * 100).toFixed(0)} %`,
    boundOf(figure.bar, figure.bar?.must),
    boundOf(figure.bar, figure.bar?.aim),
    verdictOn(figure) ?? '',
  ]);
  const rows = [['', 'hub', 'limit', 'ratio', 'spread', 'must', 'aim', ''], ...cells];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Lines for programs, tab-separated, under a line of headings; the cells from `must` on are empty where nothing was asked of a figure. */
export function figureLines(figures: readonly Figure[]): string[] {
  return [
    ['figure', 'value', 'limit', 'ratio', 'must', 'ok|short', 'aim', 'spread'],
    ...figures.map((figure) => [
      figure.name,
      short(figure.value),
      figure.limit === undefined ? '' : short(figure.limit),
      figure.ratio === undefined ? '' : short(figure.ratio),
      boundOf(figure.bar, figure.bar?.must),
      verdictOn(figure) ?? '',
      boundOf(figure.bar, figure.bar?.aim),
      figure.spread === undefined ? '' : short(figure.spread),
    ]),
  ].map((cells) => cells.join('\t'));
}

const boundOf = (bar: Bar | undefined, bound: number | undefined): string =>
  bar === undefined || bound === undefined ? '' : `${bar.holds === 'at-least' ? '>=' : '<='}${bound}`;

/** Three digits, which is more than such figures are worth. */
function short(value: number): string {
  const size = Math.abs(value);
  return size < 1 ? value.toFixed(3) : size < 10 ? value.toFixed(2) : size < 100 ? value.toFixed(1) : value.toFixed(0);
}
