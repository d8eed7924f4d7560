import type { Claim } from '../../src/domain/claims/claim.ts';
import type { Subject } from '../../src/domain/identity/subject.ts';
import type { Job, ReceiveStore, ReceiveTransaction, StoredRow, StoredSubmission } from '../../src/flows/ports.ts';

/** A receive store in memory, with what it holds open to tests. */
export interface MemoryReceiveStore extends ReceiveStore {
  readonly submissions: readonly StoredSubmission[];
  readonly rows: readonly StoredRow[];
  readonly documents: readonly Subject[];
  /** Subjects around which who is who was to follow. */
  readonly resolved: readonly string[];
  /** Every claim ever told, with its end. */
  readonly claims: readonly Claim[];
  readonly jobs: readonly Job[];
  /** Claims that stand. */
  standing(): readonly Claim[];
}

/** Makes an empty store. */
export function memoryReceiveStore(): MemoryReceiveStore {
  const held = {
    submissions: [] as StoredSubmission[],
    rows: [] as StoredRow[],
    documents: [] as Subject[],
    resolved: [] as string[],
    claims: [] as Claim[],
    jobs: [] as Job[],
  };
  const standing = (): Claim[] => held.claims.filter(({ endedAt }) => endedAt === null);

  const tx: ReceiveTransaction = {
    lockList: async () => {},
    findByIdempotencyKey: async (jurisdiction, agency, key) =>
      held.submissions.find(
        (submission) =>
          submission.jurisdiction === jurisdiction && submission.agency === agency && submission.idempotencyKey === key,
      ),
    standingClaims: async ({ jurisdiction, agency, list, subjectKeys, period }) => {
      const ofPeriod = new Set(held.submissions.filter((one) => one.period === period).map(({ id }) => id));
      return standing().filter(
        (claim) =>
          claim.jurisdiction === jurisdiction &&
          claim.agency === agency &&
          claim.list === list &&
          (!subjectKeys || subjectKeys.includes(claim.subjectKey)) &&
          (period === null || period === undefined || ofPeriod.has(claim.submission)),
      );
    },
    namesOf: async (jurisdiction, subjectKeys) =>
      new Map(
        subjectKeys.map((key) => [
          key,
          new Set(
            standing()
              .filter((claim) => claim.jurisdiction === jurisdiction && claim.subjectKey === key)
              .map(({ attributes }) => attributes.name),
          ),
        ]),
      ),
    namesakesOf: async () => new Set(),
    stateOf: async ({ jurisdiction, agency, list }) => {
      const ofList = held.submissions.filter(
        (one) => one.jurisdiction === jurisdiction && one.agency === agency && one.list === list,
      );
      return {
        unfinished: ofList.some(({ status }) => status === 'QUEUED' || status === 'WORKING'),
        snapshotPeriods: ofList.flatMap(({ mode, period }) => (mode === 'SNAPSHOT' && period !== null ? [period] : [])),
        newestIndexKey: 0,
      };
    },
    addQueued: async (submission) => {
      held.submissions.push(submission);
    },
    addJob: async (job) => {
      held.jobs.push(job);
    },
    addSubmission: async (submission, rows) => {
      held.submissions.push(submission);
      held.rows.push(...rows);
    },
    lockIdentities: async () => {},
    linkSubjects: async (_jurisdiction, subjects) => {
      held.documents.push(...subjects);
    },
    resolveIdentities: async (_jurisdiction, subjects) => {
      held.resolved.push(...subjects);
    },
    endClaims: async (claims, at) => {
      const ids = new Set(claims.map(({ id }) => id));
      held.claims = held.claims.map((claim) => (ids.has(claim.id) ? { ...claim, endedAt: at } : claim));
    },
    addClaims: async (claims) => {
      held.claims.push(...claims);
    },
  };

  return {
    get submissions() {
      return held.submissions;
    },
    get rows() {
      return held.rows;
    },
    get documents() {
      return held.documents;
    },
    get resolved() {
      return held.resolved;
    },
    get claims() {
      return held.claims;
    },
    get jobs() {
      return held.jobs;
    },
    standing,
    inTransaction: (_, work) => work(tx),
  };
}
