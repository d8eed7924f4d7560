import type { RowFinding, RowVerdict } from './list-definition.ts';
import { MOST_EXAMPLES, type FindingCount } from './submission.ts';

/** Adds up what was found among rows, by code and column, over as many verdicts as come. */
export class RowReport {
  readonly #counts = new Map<string, { finding: RowFinding; rows: number; examples: number[] }>();

  /** Counts the findings of one row; rows may come in any order. */
  add({ row, findings }: Pick<RowVerdict, 'row' | 'findings'>): void {
    for (const finding of findings) {
      const matter = placeOf(finding);
      const known = this.#counts.get(matter) ?? { finding, rows: 0, examples: [] };
      this.#counts.set(matter, known);
      known.rows += 1;
      keepFirst(known.examples, row);
    }
  }

  /** The counts, the most frequent first. */
  counts(): FindingCount[] {
    return [...this.#counts.values()]
      .map(({ finding: { code, column, severity, zh, en }, rows, examples }) => ({
        ...{ code, column, severity, zh, en },
        ...{ rows, examples },
      }))
      .sort((a, b) => b.rows - a.rows || (placeOf(a) < placeOf(b) ? -1 : 1));
  }

  /** A report that goes on from here by itself. */
  copy(): RowReport {
    const copy = new RowReport();
    for (const [matter, known] of this.#counts) copy.#counts.set(matter, { ...known, examples: [...known.examples] });
    return copy;
  }
}

const placeOf = ({ code, column }: Pick<RowFinding, 'code' | 'column'>): string => `${code}|${column ?? ''}`;

/** Keeps the smallest row numbers, in order. */
function keepFirst(examples: number[], row: number): void {
  const last = examples.at(-1);
  if (examples.length === MOST_EXAMPLES && (last === undefined || row > last)) return;
  examples.push(row);
  examples.sort((a, b) => a - b);
  examples.length = Math.min(examples.length, MOST_EXAMPLES);
}

/** What was found among rows, by code and column, the most frequent first. */
export function reportOf(verdicts: readonly RowVerdict[]): FindingCount[] {
  const report = new RowReport();
  for (const verdict of verdicts) report.add(verdict);
  return report.counts();
}
