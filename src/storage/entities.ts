import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ListMode, RowFinding, RowOutcome } from '../domain/intake/list-definition.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';

/** A kept submission, as its table has it. */
export const SubmissionEntity = defineEntity({
  name: 'Submission',
  tableName: 'submission',
  properties: {
    id: p.uuid().primary(),
    jurisdiction: p.text(),
    agency: p.text().$type<Agency>(),
    list: p.text().$type<ListName>(),
    mode: p.text().$type<ListMode>(),
    period: p.text().nullable(),
    documentNumber: p.text().nullable(),
    idempotencyKey: p.text(),
    digest: p.text(),
    receivedAt: p.datetime(3),
    rowsSent: p.integer(),
    rowsAccepted: p.integer(),
    rowsUnchanged: p.integer(),
    rowsFlagged: p.integer(),
    rowsRejected: p.integer(),
    claimsAdded: p.integer(),
    claimsEnded: p.integer(),
  },
});

/** A row of a submission, as its table has it. */
export const SubmissionRowEntity = defineEntity({
  name: 'SubmissionRow',
  tableName: 'submission_row',
  properties: {
    submission: p.uuid().primary(),
    rowNumber: p.integer().primary(),
    jurisdiction: p.text(),
    subjectKey: p.uuid().nullable(),
    outcome: p.text().$type<RowOutcome>(),
    findings: p.json<readonly RowFinding[]>(),
    sent: p.json<Readonly<Record<string, unknown>>>(),
  },
});

/** A public key by which an agency proves itself, as its table has it. */
export const AgencyKeyEntity = defineEntity({
  name: 'AgencyKey',
  tableName: 'agency_key',
  properties: {
    jurisdiction: p.text().primary(),
    agency: p.text().$type<Agency>().primary(),
    thumbprint: p.text().primary(),
    jwk: p.json<Readonly<Record<string, unknown>>>(),
    addedAt: p.datetime(3),
  },
});
