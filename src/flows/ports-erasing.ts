import type { Column, RawRow } from '../domain/intake/list-definition.ts';
import type { SubmissionFormat } from '../domain/intake/submission.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { IdentityDocument } from '../domain/identity/subject.ts';

/** What a submission says of its rows, as judging them takes it. */
export interface RowsSource {
  readonly agency: Agency;
  readonly list: ListName;
  readonly format: SubmissionFormat;
  readonly receivedAt: Date;
}

/** Reads rows as sent once more, long after they were taken in, in one jurisdiction. */
export interface SentRowReader {
  columnsOf(list: ListName): readonly Column[];
  /**
   * Which subjects rows are about, judged as when they came, or by the shape of their number where its kind was told wrongly; `null` where that
   * cannot be told. Enters nobody.
   */
  subjectsOf(source: RowsSource, rows: readonly RawRow[]): Promise<readonly (string | null)[]>;
  /** The subject to whom a document's number leads by itself; `null` for a placeholder, which leads to nobody. */
  ownerOf(document: IdentityDocument): Promise<string | null>;
}
