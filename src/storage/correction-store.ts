import type { Agency, ListName } from '../domain/intake/words.ts';
import type { CorrectionState } from '../domain/review/settlement.ts';
import type { CorrectionRequest, CorrectionStore } from '../flows/ports-review.ts';
import { openText, sealText } from './sealed-text.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Queryable, WalledDatabase } from './walled-database.ts';

/** Columns of requests that lie sealed: what people wrote about a row. Bound to the request. */
export const CORRECTION_COLUMNS = { reason: 'correction_request.reason', answer: 'correction_request.answer' } as const;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Keeps requests to correct rows, the newest first. */
export function correctionStore(walled: WalledDatabase): CorrectionStore {
  return {
    find: async (jurisdiction, id) => {
      if (!UUID.test(id)) return undefined;
      const inside = walled.of(jurisdiction);
      const found = await inside.query<CorrectionRecord>(FIND, [jurisdiction, id]);
      return found.rows[0] && correctionOf(inside.seal, found.rows[0]);
    },
    page: async (jurisdiction, { of, by, state }, first, after) => {
      const filter = [jurisdiction, of ?? null, by ?? null, state ?? null];
      const counted = await walled.of(jurisdiction).query<{ total: number }>(COUNT, filter);
      const { total } = counted.rows[0]!;
      if (after !== null && !UUID.test(after)) return { items: [], next: null, total };
      const found = await walled.of(jurisdiction).query<CorrectionRecord>(PAGE, [...filter, after, first + 1]);
      const { seal } = walled.of(jurisdiction);
      const items = found.rows.slice(0, first).map((record) => correctionOf(seal, record));
      return { items, next: found.rows.length > first ? (items.at(-1)?.id ?? null) : null, total };
    },
    ofTasks: async (jurisdiction, tasks) => {
      const inside = walled.of(jurisdiction);
      const found = await inside.query<CorrectionRecord>(OF_TASKS, [jurisdiction, tasks]);
      return found.rows.map((record) => correctionOf(inside.seal, record));
    },
    add: (request) => {
      const inside = walled.of(request.jurisdiction);
      return addCorrection(inside, inside.seal, request);
    },
    save: (request) => {
      const inside = walled.of(request.jurisdiction);
      return saveCorrection(inside, inside.seal, request);
    },
  };
}

/** Keeps a new request. */
export async function addCorrection(client: Queryable, seal: PlaceSeal, request: CorrectionRequest): Promise<void> {
  const { id, jurisdiction, task, askedBy, askedAt, dueOn, agency, list } = request;
  await client.query(ADD, [
    ...[id, jurisdiction, task, askedBy.agency, askedBy.operator, askedAt, dueOn, agency, list],
    ...[request.submission, request.row, request.subjectKey, request.about],
    ...[sealText(seal, CORRECTION_COLUMNS.reason, [id], request.reason), request.state],
  ]);
}

/** See `CorrectionStore.save`. */
export async function saveCorrection(
  client: Queryable,
  seal: PlaceSeal,
  { id, version, state, answer, answeredBy, answeredAt }: CorrectionRequest,
): Promise<CorrectionRequest | undefined> {
  const sealed = answer && sealText(seal, CORRECTION_COLUMNS.answer, [id], answer);
  const saved = await client.query<CorrectionRecord>(SAVE, [id, version, state, sealed, answeredBy, answeredAt]);
  return saved.rows[0] && correctionOf(seal, saved.rows[0]);
}

interface CorrectionRecord {
  readonly id: string;
  readonly jurisdiction: string;
  readonly task: string | null;
  readonly asked_by_agency: Agency;
  readonly asked_by: string | null;
  readonly asked_at: Date;
  readonly due_on: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly submission: string;
  readonly row_number: number;
  readonly subject_key: string;
  readonly about: string;
  readonly reason: string;
  readonly state: CorrectionState;
  readonly version: number;
  readonly answer: string | null;
  readonly answered_by: string | null;
  readonly answered_at: Date | null;
}

const correctionOf = (seal: PlaceSeal, record: CorrectionRecord): CorrectionRequest => ({
  id: record.id,
  jurisdiction: record.jurisdiction,
  task: record.task,
  askedBy: { agency: record.asked_by_agency, operator: record.asked_by },
  askedAt: record.asked_at,
  dueOn: record.due_on,
  agency: record.agency,
  list: record.list,
  submission: record.submission,
  row: record.row_number,
  subjectKey: record.subject_key,
  about: record.about,
  reason: openText(seal, CORRECTION_COLUMNS.reason, [record.id], record.reason),
  state: record.state,
  version: record.version,
  answer: record.answer && openText(seal, CORRECTION_COLUMNS.answer, [record.id], record.answer),
  answeredBy: record.answered_by,
  answeredAt: record.answered_at,
});

const FIND = 'select * from correction_request where jurisdiction = $1 and id = $2';

const OF_FILTER = `jurisdiction = $1 and ($2::text is null or agency = $2)
  and ($3::text is null or asked_by_agency = $3) and ($4::text[] is null or state = any($4))`;

const COUNT = `select count(*)::integer as total from correction_request where ${OF_FILTER}`;

const PAGE = `
select * from correction_request where ${OF_FILTER} and ($5::uuid is null or id < $5)
order by id desc
limit $6`;

const OF_TASKS = `
select * from correction_request where jurisdiction = $1 and task = any($2::uuid[]) order by id`;

const ADD = `
insert into correction_request (id, jurisdiction, task, asked_by_agency, asked_by, asked_at, due_on, agency, list, submission,
  row_number, subject_key, about, reason, state)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

const SAVE = `
update correction_request
set version = version + 1, state = $3, answer = $4, answered_by = $5, answered_at = $6
where id = $1 and version = $2
returning *`;
