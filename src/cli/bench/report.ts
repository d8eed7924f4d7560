/** One measured figure: the median of several runs. */
export interface Figure {
  /** `<persons>.<way of asking>.<what>`. */
  readonly name: string;
  readonly unit: 'µs' | 'ms' | '/s';
  readonly value: number;
  /** The same of the bare answer, where there is one. */
  readonly limit?: number;
  /** Value by limit. */
  readonly ratio?: number;
  /** The greatest ratio that will do, where there is one. */
  readonly must?: number;
}

/** The middle value. */
export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A table to read. */
export function tableOf(figures: readonly Figure[]): string[] {
  const cells = figures.map(({ name, unit, value, limit, ratio }) => [
    name,
    `${short(value)} ${unit}`,
    limit === undefined ? '' : `${short(limit)} ${unit}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
  ]);
  const rows = [['', 'hub', 'bare', ''], ...cells];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
}

/** Lines for programs, tab-separated: figure, value, limit, ratio, must, and `ok` or `short` where there is a must. */
export function figureLines(figures: readonly Figure[]): string[] {
  return [
    ['figure', 'value', 'limit', 'ratio', 'must', ''],
    ...figures.map(({ name, value, limit, ratio, must }) => [
      name,
      short(value),
      limit === undefined ? '' : short(limit),
      ratio?.toFixed(2) ?? '',
      must === undefined ? '' : `<=${must}`,
      must === undefined || ratio === undefined ? '' : ratio <= must ? 'ok' : 'short',
    ]),
  ].map((cells) => cells.join('\t'));
}

const short = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
