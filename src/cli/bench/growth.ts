import { atMost, type Figure } from './report.ts';

/** Figures in rows or persons a second whose cost must not grow with the population, with what they are called. */
const GROWING = ['link', 'decide-population', 'push-whole.ndjson', 'push-whole.csv', 'push-whole.xlsx'];

/** How the cost of a row or person grows from the smallest to the greatest population, in microseconds. */
export function growthOf(figures: readonly Figure[], sizes: readonly number[]): Figure[] {
  const [from, to] = [Math.min(...sizes), Math.max(...sizes)];
  if (from === to) return [];
  return GROWING.flatMap((what): Figure[] => {
    const costOf = (size: number): number | undefined => {
      const found = figures.find(({ name }) => name === `${size}.${what}`);
      return found && 1e6 / found.value;
    };
    const [limit, value] = [costOf(from), costOf(to)];
    if (limit === undefined || value === undefined) return [];
    return [
      { name: `${to}-against-${from}.${what}`, unit: 'µs', value, limit, ratio: value / limit, bar: atMost(1.3, 1.1) },
    ];
  });
}
