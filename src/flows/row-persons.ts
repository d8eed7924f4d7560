import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideRead, decideSubmissionRead } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { viewPersons, type AnswerPersonPorts, type PersonView } from './answer-person.ts';
import { findOwn, type FindSubmissionsPorts } from './find-submissions.ts';
import type { SearchStore } from './ports-search.ts';

/** What it takes to tell whom rows are about. */
export interface RowPersonsPorts extends FindSubmissionsPorts, AnswerPersonPorts {
  readonly search: SearchStore;
}

/** As many rows as one page of verdicts. */
const MOST_ROWS = 5_000;

/**
 * Tells whom rows of one of the agency's own submissions are about, as linked and known now, in the order of the rows. `null` for a
 * rejected row, for a row of anything but an own submission, where the caller may not read persons for the purpose, and for a person
 * of whom it may not know: a row that was taken back says nothing of anybody any more.
 */
export async function personsOfRows(
  submission: string,
  rows: readonly number[],
  purpose: Purpose,
  caller: Caller | null,
  ports: RowPersonsPorts,
): Promise<Answer<readonly (PersonView | null)[]>> {
  const own = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const reader = decideSubmissionRead(caller, own);
  const right = decideRead(caller, own, purpose);
  if (!caller) return refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');
  if (rows.length > MOST_ROWS) {
    return refused('BAD_USER_INPUT', `一次最多 ${MOST_ROWS} 行`, `At most ${MOST_ROWS} rows can be asked for at once`);
  }
  const nobody = granted(rows.map(() => null));
  if (!reader.ok || !right.ok || !(await findOwn(submission, reader.value, ports))) return nobody;

  const { id } = right.value.jurisdiction;
  const persons = await ports.search.personsOfRows(id, submission, rows);
  if (persons.size === 0) return nobody;
  const knownAt = ports.clock.now();
  const facts = await ports.persons.findByIds(id, [...new Set(persons.values())], knownAt);
  const found = rows.map((row) => facts.get(persons.get(row) ?? ''));
  return granted(viewPersons(found, { right: right.value, purpose, knownAt }));
}
