import type { Claim } from '../../src/domain/claims/claim.ts';
import { canonicalContent } from '../../src/domain/claims/claims-from-row.ts';
import type { Jurisdiction } from '../../src/domain/access/caller.ts';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { Agency } from '../../src/domain/intake/words.ts';
import type { ListPush } from '../../src/flows/flows.ts';
import type { StoredSubmission, SubjectKeys } from '../../src/flows/ports.ts';
import type { TakeInPorts } from '../../src/flows/ports-take-in.ts';
import { queuedSubmission } from '../../src/flows/push-results.ts';
import { receiveList, type ReceiveListPorts } from '../../src/flows/receive-list.ts';
import { takeInList } from '../../src/flows/take-in-list.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { contentHashOf } from '../../src/storage/content-hash.ts';
import { NamesByKey, type KeptName } from '../../src/storage/sealed-names.ts';
import { hashedContent, openOwnAttributes } from '../../src/storage/sealed-claims.ts';
import type { PlaceSeal } from '../../src/storage/sealing/place-seal.ts';
import { hmacSubjectKeys, type PepperKeys } from '../../src/storage/subject-keys.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { takeInStore } from '../../src/storage/take-in-store.ts';
import type { TestDatabase } from './database.ts';
import { documentsOf } from './documents.ts';
import { callerOf, jurisdictionWith } from './jurisdictions.ts';
import { noSignatures } from './signatures.ts';

/** What a test says of a push; the rest is filled in. */
export type PushSketch = Pick<ListPush, 'list' | 'rows'> & Partial<ListPush> & { readonly agency: Agency };

/** A hub's intake on a database of a test, with a clock that the test sets. */
export interface Intake {
  readonly database: TestDatabase;
  readonly ports: ReceiveListPorts & TakeInPorts & { readonly subjectKeys: PepperKeys };
  setNow(now: Date): void;
  /** Pushes rows as the graph does. */
  push(place: string, sketch: PushSketch): Promise<StoredSubmission>;
  /** Keeps rows whole, as a file is, to be taken in. */
  keep(place: string, sketch: PushSketch, said?: Partial<StoredSubmission>): Promise<StoredSubmission>;
  /** Takes in what waits on a list. */
  takeIn(submission: Pick<StoredSubmission, 'jurisdiction' | 'agency' | 'list'>): Promise<void>;
  submission(place: string, id: string): Promise<StoredSubmission>;
  /** All that is kept of a jurisdiction, ids aside: equal where the same was made of the same pushes. */
  state(place: string): Promise<unknown>;
}

/** Every list may be pushed in a test's jurisdiction, under limits that the test sets. */
export function openPlace(id: string, limits?: Jurisdiction['limits']): Jurisdiction {
  const grant = (...lists: string[]) => ({
    name: '测试局',
    pushes: Object.fromEntries(lists.map((list) => [list, {}])),
  });
  return {
    ...jurisdictionWith({
      'civil-affairs': grant('hardship', 'deaths'),
      'disabled-federation': grant('disability'),
      health: grant('births', 'deaths'),
      tax: grant('payments', 'registrations'),
      'medical-insurance': grant('enrolments', 'registrations'),
      'public-security': grant('residents', 'births', 'registrations'),
    }),
    id,
    ...(limits ? { limits } : {}),
  };
}

let pushes = 0;

/** The pepper of intakes. */
export const INTAKE_PEPPER = 'pepper for tests, long enough for anything';

/**
 * Makes an intake. `placeOf` gives the jurisdiction of an id; `subjectKeys` whom documents name, where keys were rotated: its own `keyOf` stays
 * the pepper's.
 */
export function intakeOn(
  database: TestDatabase,
  placeOf: (id: string) => Jurisdiction = openPlace,
  subjectKeys: Partial<SubjectKeys> = {},
): Intake {
  let now = new Date('2025-11-01T10:00:00+08:00');
  const { walled } = database;
  const ids = uuidv7Ids();
  const clock = { now: () => now };
  const ports = {
    clock,
    ids,
    contentDigest,
    subjectKeys: { ...hmacSubjectKeys(INTAKE_PEPPER), ...subjectKeys },
    jurisdictions: { find: placeOf, all: () => [] },
    signatures: noSignatures,
    store: receiveStore(walled, ids),
    takeIn: takeInStore(walled, ids, clock),
  };
  const submissions = submissionStore(walled);
  const pushOf = ({ agency: _agency, ...sketch }: PushSketch): ListPush => ({
    idempotencyKey: `push-${(pushes += 1)}`,
    mode: 'DELTA',
    period: null,
    documentNumber: null,
    jurisdiction: null,
    dryRun: false,
    signature: null,
    ...sketch,
  });

  return {
    database,
    ports,
    setNow: (instant) => {
      now = instant;
    },
    push: async (place, sketch) => {
      const answer = await receiveList(pushOf(sketch), callerOf(placeOf(place), sketch.agency), ports);
      if (!answer.ok) throw new Error(`refused: ${answer.refusal.code}`);
      return answer.value.submission!;
    },
    keep: async (place, sketch, said = {}) => {
      const caller = callerOf(placeOf(place), sketch.agency);
      const received = { id: ids.next(), receivedAt: now };
      const content = { digest: '0'.repeat(64), signature: null };
      const queued = { ...queuedSubmission(pushOf(sketch), caller, content, received), ...said };
      await ports.store.inTransaction(queued.jurisdiction, (tx) => tx.addQueued(queued, sketch.rows));
      return queued;
    },
    takeIn: ({ jurisdiction, agency, list }) => takeInList({ jurisdiction, agency, list }, ports),
    submission: async (place, id) => (await submissions.find(place, id))!,
    state: (place) => stateOf(database, place),
  };
}

async function stateOf({ pool, walled }: TestDatabase, place: string): Promise<unknown> {
  const store = submissionStore(walled);
  const found = await store.page(place, {}, 1_000, null);
  const submissions = found.items.toReversed();
  const numberOf = new Map(submissions.map(({ id }, index) => [id, index]));
  const rows = await Promise.all(submissions.map(({ id }) => store.rows(place, id, null, 10_000, null)));
  const links = await pool.query<{ submission: string; subject_key: string }>(
    `select subject_key, person_id, because, submission, since, until from subject_link
    where jurisdiction = $1 order by subject_key, since, until, person_id`,
    [place],
  );
  const claims = await pool.query<ClaimRecord>(
    `select * from claim where jurisdiction = $1 order by subject_key, told_at, id`,
    [place],
  );
  const kept = await pool.query<KeptName>(
    `select subject_key as subject, name_key as key, encode(sealed, 'hex') as sealed from subject_name where jurisdiction = $1`,
    [place],
  );
  const names = new NamesByKey(walled.of(place).seal, kept.rows);
  const subjects = [...new Set(links.rows.map(({ subject_key: key }) => key))];
  const at = new Date('2100-01-01T00:00:00Z');
  const persons = await personStore(walled).findBySubjects(place, subjects, at);
  return {
    submissions: submissions.map((one, index) => ({
      ...{ status: one.status, counts: one.counts, changes: one.changes, report: one.report, remarks: one.remarks },
      ...{ claimsAdded: one.claimsAdded, claimsEnded: one.claimsEnded, takenInAt: one.takenInAt },
      rows: rows[index]!.items,
    })),
    claims: claims.rows.map(({ id: _id, jurisdiction: _place, submission, ended_by: endedBy, ...claim }) => ({
      ...claim,
      ...toldBy(walled.of(place).seal, names, claim),
      submission: numberOf.get(submission),
      endedBy: endedBy && numberOf.get(endedBy),
    })),
    links: links.rows.map((link) => ({ ...link, submission: numberOf.get(link.submission) })),
    identifiers: await documentsOf(walled, place),
    persons: [...persons].map(([key, person]) => [
      key,
      person.id,
      person.subjects,
      person.claims.map((claim) => [claim.key, canonicalContent(claim), claim.toldAt, claim.firstToldAt, claim.row]),
    ]),
  };
}

/** What a claim says, opened; of its digest, which is another in another place, whether it is that of what the claim says. */
function toldBy(
  seal: PlaceSeal,
  names: NamesByKey,
  {
    subject_key: subjectKey,
    key,
    attributes,
    valid_from: validFrom,
    valid_to: validTo,
    content_hash: hash,
  }: Omit<ClaimRecord, 'id' | 'jurisdiction' | 'submission' | 'ended_by'>,
) {
  const said = hashedContent(seal, { subjectKey, key, attributes, validFrom, validTo });
  return {
    attributes: openOwnAttributes(seal, { subjectKey, key }, attributes, names),
    content_hash: hash && hash.replaceAll('-', '') === contentHashOf(seal, said) ? 'true' : hash,
  };
}

interface ClaimRecord {
  readonly id: string;
  readonly subject_key: string;
  readonly key: string;
  readonly attributes: Claim['attributes'];
  readonly valid_from: string | null;
  readonly valid_to: string | null;
  readonly content_hash: string | null;
  readonly jurisdiction: string;
  readonly submission: string;
  readonly ended_by: string | null;
}

/** Rows of many persons: the same for equal numbers. */
export const manyRows = (count: number, rowOf: (index: number) => RawRow): RawRow[] =>
  Array.from({ length: count }, (_, index) => rowOf(index));
