import { atMost, type Figure } from './report.ts';

/** What a run measures: its populations, and the rows of an ordinary push, which are the same for all of them. */
export interface Extents {
  readonly sizes: readonly number[];
  readonly rows: number;
}

/** Kinds of work whose cost must not grow with the population, as their figures are called. */
const GROWING = [
  'link',
  'decide-population',
  'upload-accepted.ndjson',
  'upload-accepted.csv',
  'push-whole.ndjson',
  'push-whole.csv',
  'push-whole.xlsx',
  'snapshot-again',
];

const FORMATS = ['ndjson', 'csv', 'xlsx'];

const BAR = atMost(1.3, 1.1);

/**
 * How the cost of a row or person grows, in microseconds: from the smallest to the greatest population for the same work, and from
 * an ordinary push to one with a row for every person.
 *
 * @param found the figures of one part; nothing is told of what none of them completes
 * @param before all figures told before
 */
export function growthOf(found: readonly Figure[], before: readonly Figure[], { sizes, rows }: Extents): Figure[] {
  const all = [...before, ...found];
  const grown = (name: string, from: string, to: string): Figure[] => {
    const [limit, value] = [from, to].map((of) => costOf(all.find((figure) => figure.name === of)));
    const completed = found.some((figure) => figure.name === from || figure.name === to);
    if (!completed || limit === undefined || value === undefined) return [];
    return [{ name, unit: 'µs', value, limit, ratio: value / limit, bar: BAR }];
  };
  const costOf = (figure: Figure | undefined): number | undefined =>
    figure && (figure.unit === '/s' ? 1e6 / figure.value : (figure.value * 1000) / rows);

  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const ofPersons = (what: string): Figure[] =>
    least === most ? [] : grown(`${most}-against-${least}.${what}`, `${least}.${what}`, `${most}.${what}`);
  const ofRows = (what: string): Figure[] =>
    sizes.flatMap((size) =>
      grown(`${size}.large.${what}-against-${rows}-rows`, `${size}.${what}`, `${size}.large.${what}`),
    );
  return [...GROWING.flatMap(ofPersons), ...FORMATS.flatMap((format) => ofRows(`push-whole.${format}`))];
}
