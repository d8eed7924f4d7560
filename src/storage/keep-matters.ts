import type pg from 'pg';
import type { IdentityMatter } from '../domain/identity/identity-matter.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import type { TaskState, TaskStep } from '../domain/review/settlement.ts';
import { joinsWhatWasSeen } from '../domain/review/matter-again.ts';
import type { Ids } from '../flows/ports.ts';
import type { OpenedTasks } from '../flows/ports-people.ts';
import { uuidArray } from './array-text.ts';
import { isAbout } from './concerned-tasks.ts';
import { standingNames } from './sealed-names.ts';
import { matterHasSign, matterId, NAMESAKES_MATTER, settledIn, type TaskRecord } from './review-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** A matter with the id by which its task is known. */
type NamedMatter = IdentityMatter & { readonly matter: string };

/** What becomes of a task that there is. */
interface Change {
  readonly id: string;
  readonly state: TaskState;
  readonly subjects: readonly string[];
  readonly did: TaskStep;
  /** Comes up again: opened now, due anew. */
  readonly again: boolean;
}

/**
 * Opens, grows and sets aside tasks so that of the subjects exactly these matters are open: four statements at most, however many
 * matters, and one for each task about namesakes that is adopted. Tasks are held in order of id, against settlements and against whoever does the same.
 */
export async function keepMatters(
  client: pg.ClientBase,
  { ids, seal }: { readonly ids: Ids; readonly seal: PlaceSeal },
  jurisdiction: string,
  subjects: readonly string[],
  matters: readonly IdentityMatter[],
  opened: OpenedTasks,
): Promise<void> {
  const named = new Map(
    matters.map((one): [string, NamedMatter] => [matterId(one), { ...one, matter: matterId(one) }]),
  );
  const found = await client.query<TaskRecord>(TASKS_CONCERNED, [jurisdiction, [...named.keys()], uuidArray(subjects)]);
  await adopt(client, found.rows, [...named.values()]);
  const tasks = new Map(found.rows.map((task) => [task.matter, task]));
  const seenAgain = found.rows.filter(({ matter, settlement }) => named.has(matter) && settlement !== null);
  const names = await namesOf(client, seal, jurisdiction, [
    ...new Set(seenAgain.flatMap(({ matter }) => named.get(matter)!.subjects)),
  ]);

  const changes = found.rows.flatMap((task) => changeOf(seal, task, named.get(task.matter), names) ?? []);
  if (changes.length > 0) await client.query(CHANGE_TASKS, [JSON.stringify(changes), opened.at, opened.dueOn]);
  const fresh = [...named.values()]
    .filter(({ matter }) => !tasks.has(matter))
    .map(({ kind, matter, subjects: about }) => ({ id: ids.next(), kind, matter, subjects: about }));
  if (fresh.length > 0) {
    await client.query(OPEN_TASKS, [jurisdiction, JSON.stringify(fresh), opened.at, opened.dueOn]);
  }
}

/** Is it a task about namesakes that is known by a hash of a name in clear? */
const isOfBefore = ({ kind, matter }: TaskRecord): boolean =>
  kind === 'SAME_NAME_OTHER_NUMBER' && !matterHasSign(matter);

/** A task about namesakes that is known by a matter of before is the one about the same people; from now on it is known by theirs. */
async function adopt(client: pg.ClientBase, tasks: TaskRecord[], matters: readonly NamedMatter[]): Promise<void> {
  for (const [place, task] of tasks.entries()) {
    if (!isOfBefore(task)) continue;
    const same = matters.find(({ kind, matter, subjects }) => {
      const isKnown = tasks.some((other) => other.matter === matter);
      return kind === task.kind && !isKnown && subjects.filter((key) => task.subjects.includes(key)).length > 1;
    });
    if (!same) continue;
    await client.query('update review_task set matter = $2 where id = $1', [task.id, same.matter]);
    tasks[place] = { ...task, matter: same.matter };
  }
}

type NamesOf = (subjects: readonly string[]) => readonly string[];

function changeOf(
  seal: PlaceSeal,
  task: TaskRecord,
  matter: NamedMatter | undefined,
  namesOfAll: NamesOf,
): Change | undefined {
  const { id, state, subjects } = task;
  const isOpen = state === 'OPEN' || state === 'ASKED' || state === 'PROPOSED';
  // Whose matter is not there may only wait for the cards of the others, which are made some thousand at a time.
  if (!matter) return isOpen && !isOfBefore(task) ? setAside(task) : undefined;

  const now = matter.subjects;
  if (isOpen) return isSame(subjects, now) ? undefined : { id, state, subjects: now, did: 'CHANGED', again: false };
  const settled = settledIn(seal, task);
  const settledAsItIs = settled && !joinsWhatWasSeen(settled.seen, matter, namesOfAll(now));
  return settledAsItIs ? undefined : { id, state: 'OPEN', subjects: now, did: 'REOPENED', again: true };
}

/** What is settled still holds although it has done away with the matter: a proposal to settle it otherwise goes on. */
function setAside({ id, state, subjects, settlement }: TaskRecord): Change | undefined {
  if (settlement === null) return { id, state: 'OBSOLETE', subjects, did: 'OBSOLETE', again: false };
  return state === 'PROPOSED' ? undefined : { id, state: 'SETTLED', subjects, did: 'OBSOLETE', again: false };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

/** The names, as names are compared, that standing claims give some subjects. */
async function namesOf(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  subjects: readonly string[],
): Promise<NamesOf> {
  if (subjects.length === 0) return () => [];
  const names = await standingNames(client, seal, jurisdiction, subjects);
  return (keys) => keys.flatMap((key) => [...(names.get(key) ?? [])].map(bareName));
}

const TASKS_CONCERNED = `
select t.* from review_task t
where t.jurisdiction = $1
  and (t.matter = any($2::uuid[])
    or ((t.state in ('OPEN', 'ASKED', 'PROPOSED') or ${NAMESAKES_MATTER.isOld}) and ${isAbout('$3')}))
order by t.id
for update`;

// A proposal that was made before does not outlive the matter; what stood is in the steps.
const CHANGE_TASKS = `
with changed as (
  update review_task t
  set state = c.state, subjects = c.subjects, version = t.version + 1,
    opened_at = case when c.again then $2 else t.opened_at end,
    due_on = case when c.again then $3::date else t.due_on end,
    proposal = case when c.state = 'PROPOSED' then t.proposal end,
    proposed_by = case when c.state = 'PROPOSED' then t.proposed_by end,
    proposed_at = case when c.state = 'PROPOSED' then t.proposed_at end
  from json_to_recordset($1::json) as c(id uuid, state text, subjects uuid[], did text, again boolean)
  where t.id = c.id
  returning t.id, t.version, c.did
)
insert into review_step (task, version, did, at, difference)
select id, version, did, $2, '[]' from changed`;

const OPEN_TASKS = `
with opened as (
  insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
  select m.id, $1, m.kind, m.matter, 'OPEN', m.subjects, $3, $4
  from json_to_recordset($2::json) as m(id uuid, kind text, matter uuid, subjects uuid[])
  order by m.matter
  on conflict (jurisdiction, matter) do nothing
  returning id, version
)
insert into review_step (task, version, did, at, difference)
select id, version, 'OPENED', $3, '[]' from opened`;
