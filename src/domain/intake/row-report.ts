import type { RowFinding, RowVerdict } from './list-definition.ts';
import { MOST_EXAMPLES, type FindingCount } from './submission.ts';

/** Adds up what was found among rows, by code and column, over as many verdicts as come. */
export class RowReport {
  readonly #counts = new Map<string, { finding: RowFinding; rows: number; examples: number[] }>();

  /** Counts the findings of one row; rows come in ascending order. */
  add({ row, findings }: Pick<RowVerdict, 'row' | 'findings'>): void {
    for (const finding of findings) {
      const matter = `${finding.code}|${finding.column ?? ''}`;
      const known = this.#counts.get(matter) ?? { finding, rows: 0, examples: [] };
      this.#counts.set(matter, known);
      known.rows += 1;
      if (known.examples.length < MOST_EXAMPLES) known.examples.push(row);
    }
  }

  /** The counts, the most frequent first. */
  counts(): FindingCount[] {
    return [...this.#counts.values()]
      .map(({ finding: { code, column, severity, zh, en }, rows, examples }) => ({
        ...{ code, column, severity, zh, en },
        ...{ rows, examples },
      }))
      .sort((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1));
  }
}

/** What was found among rows, by code and column, the most frequent first. */
export function reportOf(verdicts: readonly RowVerdict[]): FindingCount[] {
  const report = new RowReport();
  for (const verdict of verdicts) report.add(verdict);
  return report.counts();
}
