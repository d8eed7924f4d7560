import type { Claim } from '../../src/domain/claims/claim.ts';
import { NOT_BEGUN } from '../../src/domain/intake/submission.ts';
import type { Subject } from '../../src/domain/identity/subject.ts';
import type { StoredRow, StoredSubmission } from '../../src/flows/ports.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';

const ids = uuidv7Ids();
const keys = hmacSubjectKeys('pepper for tests, long enough for anything');

/** A subject by the number of a resident id, or of another document; equal ones are the same subject. */
export function subject(idNumber: string, idType: Subject['idType'] = 'RESIDENT_ID'): Subject {
  const document = { idType, idNumber };
  return { key: keys.keyOf(document), ...document };
}

/** A submission as the receive flow would store it; what a test does not say is filled in. */
export function submission(said: Partial<StoredSubmission> = {}): StoredSubmission {
  const id = ids.next();
  return {
    ...NOT_BEGUN,
    id,
    jurisdiction: '130628',
    agency: 'civil-affairs',
    list: 'hardship',
    mode: 'DELTA',
    period: null,
    documentNumber: null,
    idempotencyKey: `push-${id}`,
    digest: '0'.repeat(64),
    receivedAt: new Date('2025-11-01T08:00:00.000Z'),
    counts: { sent: 0, accepted: 0, unchanged: 0, flagged: 0, rejected: 0 },
    status: 'RECEIVED',
    dryRun: false,
    format: 'GRAPHQL',
    fileColumns: null,
    operator: null,
    signature: null,
    ...said,
  };
}

/** An accepted row of a submission. */
export function storedRow(row: number, said: Partial<StoredRow> = {}): StoredRow {
  return { row, outcome: 'ACCEPTED', findings: [], subjectKey: null, sent: { name: '张三' }, ...said };
}

/** A hardship claim about a subject, told by a submission; its key makes it unlike the subject's others. */
export function hardshipClaim(about: Subject, by: StoredSubmission, said: Partial<Claim> = {}): Claim {
  return {
    id: ids.next(),
    jurisdiction: by.jurisdiction,
    subjectKey: about.key,
    agency: by.agency,
    list: 'hardship',
    key: 'SUBSISTENCE_ALLOWANCE|2025-03-01',
    attributes: { name: '张三', category: 'SUBSISTENCE_ALLOWANCE', word: '低保对象' },
    validFrom: '2025-03-01',
    validTo: null,
    toldAt: by.receivedAt,
    firstToldAt: by.receivedAt,
    endedAt: null,
    submission: by.id,
    row: 1,
    ...said,
  } as Claim;
}
