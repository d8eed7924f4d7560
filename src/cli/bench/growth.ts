import { atMost, type Figure } from './report.ts';

/** Figures of pushes whose cost must not grow with the population, with what they are called. */
const PUSHES = ['push-whole.ndjson', 'push-whole.csv', 'push-whole.xlsx'];

/** How the cost of a row grows from the smallest to the greatest population: rows a second here by rows a second there. */
export function growthOf(figures: readonly Figure[], sizes: readonly number[]): Figure[] {
  const [from, to] = [Math.min(...sizes), Math.max(...sizes)];
  if (from === to) return [];
  return PUSHES.flatMap((push): Figure[] => {
    const costOf = (size: number): number | undefined => {
      const found = figures.find(({ name }) => name === `${size}.${push}`);
      return found && 1e6 / found.value;
    };
    const [limit, value] = [costOf(from), costOf(to)];
    if (limit === undefined || value === undefined) return [];
    return [
      { name: `${to}-against-${from}.${push}`, unit: 'µs', value, limit, ratio: value / limit, bar: atMost(1.3, 1.1) },
    ];
  });
}
