import type { RowFinding } from './list-definition.ts';

/**
 * Where a submission stands. `QUEUED`: kept whole, waiting for its turn. `WORKING`: being judged and taken in.
 * `RECEIVED`: every row judged, its claims stand. `NEEDS_RELEASE`: judged and held, until a second person of the agency
 * releases it. `REFUSED`: judged and not taken in, by a limit of the jurisdiction. `FAILED`: the work broke off; it can be
 * driven again. `WITHDRAWN`: taken back whole; its claims no longer stand. `DRY_RUN`: only judged.
 */
export type SubmissionStatus =
  'QUEUED' | 'WORKING' | 'RECEIVED' | 'NEEDS_RELEASE' | 'REFUSED' | 'FAILED' | 'WITHDRAWN' | 'DRY_RUN';

/** What the hub is doing with a submission: judging rows, comparing them with what stands, keeping claims, deciding persons. */
export type WorkStage = 'JUDGING' | 'COMPARING' | 'TAKING_IN' | 'DECIDING';

/** How far the work on a submission has come. */
export interface WorkProgress {
  readonly stage: WorkStage;
  /** Rows that the stage is done with, out of those sent. */
  readonly rowsDone: number;
  /** When the stage began, and when `rowsDone` was last written. */
  readonly stageSince: Date;
  readonly updatedAt: Date;
}

/** What a push changes on its list, counted by matters (one key of one subject). */
export interface ListChanges {
  /** Nothing stood of the matter; now something does. */
  readonly added: number;
  /** The matter stood, and now stands with other content. */
  readonly changed: number;
  /** The matter stood, and no longer does or has been given its last day: removed, or left out of a snapshot. */
  readonly dropped: number;
  /** The push says what stood already. */
  readonly unchanged: number;
}

/** How often one thing was found among the rows of a submission. Codes and places only; never what a row says. */
export interface FindingCount {
  readonly code: RowFinding['code'];
  readonly column: string | null;
  readonly severity: RowFinding['severity'];
  readonly zh: string;
  readonly en: string;
  readonly rows: number;
  /** Numbers of the first rows it was found in, at most {@link MOST_EXAMPLES}. */
  readonly examples: readonly number[];
}

/** As many rows are named as examples of a finding. */
export const MOST_EXAMPLES = 5;

/** Why a submission is held, refused or failed: a stable code, told in both languages without any value of a row. */
export interface SubmissionRemark {
  readonly code:
    'SHRINKS_TOO_MUCH' | 'TOO_MANY_NEW_DEATHS' | 'TOO_MANY_BAD_ROWS' | 'CATEGORY_NOT_GRANTED' | 'WORK_BROKE_OFF';
  readonly zh: string;
  readonly en: string;
}

/** How a submission came: typed rows of the graph, or a file of a format. */
export type SubmissionFormat = 'GRAPHQL' | 'NDJSON' | 'CSV' | 'XLSX';

/** Are its cells text, to be read by their columns? Rows of the others have their types already. */
export const isTextFormat = (format: SubmissionFormat): boolean => format === 'CSV' || format === 'XLSX';

/** A column of a file: the column of the list, and its heading as the file has it. */
export interface FileColumn {
  readonly column: string;
  readonly heading: string;
}

/** What every submission says before anything is done with it. */
export const NOT_BEGUN = {
  status: 'QUEUED',
  claimsAdded: 0,
  claimsEnded: 0,
  changes: { added: 0, changed: 0, dropped: 0, unchanged: 0 },
  report: [],
  remarks: [],
  progress: null,
  attempts: 0,
  takenInAt: null,
  decidedAt: null,
  releasedBy: null,
  releasedAt: null,
  withdrawnAt: null,
  withdrawnBecause: null,
} as const;
