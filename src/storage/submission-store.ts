import type { EntityManager, FilterQuery, InferEntity, MikroORM } from '@mikro-orm/postgresql';
import type { StoredRow, StoredSubmission, SubmissionStore } from '../flows/ports.ts';
import { SubmissionEntity, SubmissionRowEntity } from './entities.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ROW_NUMBER = /^\d{1,9}$/;

/**
 * Reads kept submissions, newest first, and their rows in row order. A cursor is the last item's id or row number; one
 * that this store did not give leads to an empty page.
 */
export function submissionStore(orm: MikroORM): SubmissionStore {
  const fork = (): EntityManager => orm.em.fork() as EntityManager;
  return {
    find: async (jurisdiction, id) => {
      if (!UUID.test(id)) return undefined;
      const found = await fork().findOne(SubmissionEntity, { id, jurisdiction });
      return found ? submissionOf(found) : undefined;
    },
    page: async (jurisdiction, { agency, list }, first, after) => {
      const em = fork();
      const where: FilterQuery<SubmissionRecord> = { jurisdiction, ...(agency && { agency }), ...(list && { list }) };
      const total = await em.count(SubmissionEntity, where);
      if (after !== null && !UUID.test(after)) return { items: [], next: null, total };
      const found = await em.find(SubmissionEntity, after === null ? where : { ...where, id: { $lt: after } }, {
        orderBy: { id: 'desc' },
        limit: first + 1,
      });
      return { ...pageOf(found.map(submissionOf), first, ({ id }) => id), total };
    },
    rows: async (jurisdiction, submission, only, first, after) => {
      if (!UUID.test(submission)) return { items: [], next: null, total: 0 };
      const em = fork();
      const where: FilterQuery<RowRecord> = { submission, jurisdiction, ...(only && { outcome: { $in: [...only] } }) };
      const total = await em.count(SubmissionRowEntity, where);
      if (after !== null && !ROW_NUMBER.test(after)) return { items: [], next: null, total };
      const found = await em.find(
        SubmissionRowEntity,
        after === null ? where : { ...where, rowNumber: { $gt: Number(after) } },
        { orderBy: { rowNumber: 'asc' }, limit: first + 1 },
      );
      return { ...pageOf(found.map(rowOf), first, ({ row }) => String(row)), total };
    },
  };
}

type SubmissionRecord = InferEntity<typeof SubmissionEntity>;
type RowRecord = InferEntity<typeof SubmissionRowEntity>;

/** One item more than asked for was read: whether it is there tells whether there is more. */
function pageOf<T>(found: readonly T[], first: number, cursorOf: (item: T) => string) {
  const items = found.slice(0, first);
  const last = items.at(-1);
  return { items, next: found.length > first && last !== undefined ? cursorOf(last) : null };
}

const submissionOf = (record: SubmissionRecord): StoredSubmission => ({
  id: record.id,
  jurisdiction: record.jurisdiction,
  agency: record.agency,
  list: record.list,
  mode: record.mode,
  period: record.period ?? null,
  documentNumber: record.documentNumber ?? null,
  idempotencyKey: record.idempotencyKey,
  digest: record.digest,
  receivedAt: record.receivedAt,
  counts: {
    sent: record.rowsSent,
    accepted: record.rowsAccepted,
    unchanged: record.rowsUnchanged,
    flagged: record.rowsFlagged,
    rejected: record.rowsRejected,
  },
  claimsAdded: record.claimsAdded,
  claimsEnded: record.claimsEnded,
});

const rowOf = (record: RowRecord): StoredRow => ({
  row: record.rowNumber,
  outcome: record.outcome,
  findings: record.findings,
  subjectKey: record.subjectKey ?? null,
  sent: record.sent,
});
