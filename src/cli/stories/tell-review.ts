import type { HubAnswer } from '../hub-client.ts';
import { personIdOf } from './ask-person.ts';
import type { Mismatch } from './compare.ts';
import type { StorySettlement, StorySettling, StoryUndoing } from './step.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

const TASKS = `
  query ($kind: [MatterKind!]) {
    reviewTasks(kind: $kind, first: 100) {
      edges { node { id kind state version sides { subject idType number { revealed } names { value } } } }
    }
  }`;

const SETTLE = `
  mutation ($id: ID!, $version: Int!, $settlement: SettlementInput!, $because: String!) {
    settleReview(id: $id, version: $version, settlement: $settlement, because: $because) { id state version }
  }`;

const UNDO = `
  mutation ($id: ID!, $version: Int!, $because: String!) {
    undoSettlement(id: $id, version: $version, because: $because) { id state version }
  }`;

const CONFIRM = `
  mutation ($id: ID!, $version: Int!) { confirmReview(id: $id, version: $version) { id state version } }`;

interface Side {
  readonly subject: string;
  readonly idType: string;
  readonly number: { readonly revealed: string };
  readonly names: readonly { readonly value: string }[];
}

interface SettledTask {
  readonly id: string;
  readonly state: string;
  readonly version: number;
}

interface Task extends SettledTask {
  readonly kind: string;
  readonly sides: readonly Side[];
}

/** Every task of the story's jurisdiction of which the insurance office sees all sides; why not where it is not answered. */
async function tasksOf(telling: Telling, kind?: string): Promise<readonly Task[] | { readonly whyNot: unknown }> {
  const answer = await telling.agencies('medical-insurance').ask(TASKS, { kind: kind === undefined ? null : [kind] });
  const page = answer.data?.['reviewTasks'] as
    { readonly edges: readonly { readonly node: Task }[] } | null | undefined;
  return page?.edges.map(({ node }) => node) ?? { whyNot: whyNot(answer, 'nothing') };
}

/** Holds the tasks that there are against those expected: these and no others, in any order. */
export async function taskMismatches(
  expected: readonly { readonly kind: string; readonly state: string }[],
  telling: Telling,
): Promise<Mismatch[]> {
  const tasks = await tasksOf(telling);
  if ('whyNot' in tasks) return [{ key: 'tasks', expected, got: tasks.whyNot }];
  const got = tasks.map(({ kind, state }) => ({ kind, state }));
  const written = (all: typeof expected): string => JSON.stringify(all.map(({ kind, state }) => [kind, state]).sort());
  return written(expected) === written(got) ? [] : [{ key: 'tasks', expected, got }];
}

/** Settles a task as the story says; gives what became of it otherwise. */
export async function tellSettling(step: StorySettling, key: string, telling: Telling): Promise<Mismatch[]> {
  const found = await theTask(step.settle, telling);
  if ('whyNot' in found) return [{ key, expected: 'one task', got: found.whyNot }];
  const settlement = await settlementInput(step.settlement, found, telling);
  const leaves = step.leaves ?? ('askOwner' in step.settlement ? 'ASKED' : 'SETTLED');
  const variables = { id: found.id, version: found.version, settlement, because: step.because };
  return tellAct(step, SETTLE, variables, leaves, key, telling);
}

/** Undoes what a task settled; gives what became of it otherwise. */
export async function tellUndoing(step: StoryUndoing, key: string, telling: Telling): Promise<Mismatch[]> {
  const found = await theTask(step.undo, telling);
  if ('whyNot' in found) return [{ key, expected: 'one task', got: found.whyNot }];
  const variables = { id: found.id, version: found.version, because: step.because };
  return tellAct(step, UNDO, variables, step.leaves ?? 'OPEN', key, telling);
}

/** One person acts, and a second confirms where the story names one: then, and only then, the first was not to be enough. */
async function tellAct(
  { by, confirmedBy }: StorySettling | StoryUndoing,
  operation: string,
  variables: Readonly<Record<string, unknown>>,
  leaves: string,
  key: string,
  { agencies }: Telling,
): Promise<Mismatch[]> {
  const acted = settledTask(await agencies(by.agency, by.operator).ask(operation, variables));
  const first = confirmedBy ? 'PROPOSED' : leaves;
  if (!('state' in acted) || acted.state !== first || !confirmedBy) return mismatchOfState(key, first, acted);
  const { id, version } = acted;
  const confirmed = await agencies(confirmedBy.agency, confirmedBy.operator).ask(CONFIRM, { id, version });
  return mismatchOfState(`${key} confirmed`, leaves, settledTask(confirmed));
}

type Acted = SettledTask | { readonly whyNot: unknown };

const settledTask = (answer: HubAnswer): Acted =>
  (Object.values(answer.data ?? {}).find((task) => task !== null) as SettledTask | undefined) ?? {
    whyNot: whyNot(answer, 'nothing'),
  };

function mismatchOfState(key: string, expected: string, acted: Acted): Mismatch[] {
  const got = 'state' in acted ? acted.state : acted.whyNot;
  return got === expected ? [] : [{ key, expected, got }];
}

async function theTask(
  wanted: StorySettling['settle'],
  telling: Telling,
): Promise<Task | { readonly whyNot: unknown }> {
  const tasks = await tasksOf(telling, wanted.kind);
  if ('whyNot' in tasks) return tasks;
  const about = tasks.filter(({ sides }) =>
    (wanted.of ?? []).every((name) => sides.some((side) => isSideOf(side, name, telling))),
  );
  return about.length === 1 ? about[0]! : { whyNot: `${about.length} tasks` };
}

/** What is settled as the hub takes it: subjects by key. */
async function settlementInput(settlement: StorySettlement, { sides }: Task, telling: Telling): Promise<unknown> {
  const key = async (name: string) => subjectOf(name, sides, telling);
  if ('samePerson' in settlement)
    return { samePerson: { subjects: await Promise.all(settlement.samePerson.map(key)) } };
  if ('differentPeople' in settlement) {
    return { differentPeople: { subjects: await Promise.all(settlement.differentPeople.map(key)) } };
  }
  if ('otherPersonsNames' in settlement) {
    const { of, names } = settlement.otherPersonsNames;
    return { otherPersonsNames: { subject: await key(of), names } };
  }
  if ('keepName' in settlement) {
    const { of, name } = settlement.keepName;
    return { keepValue: { subject: await key(of), attribute: 'NAME', value: name } };
  }
  const { push, row, about } = settlement.askOwner;
  return { askOwner: { submission: telling.sent.find((one) => one.key === push)?.submission, row, about } };
}

/**
 * The subject that a document of the story is: the side of its number, of its name too where several sides have the number. One that
 * the task is not about is known by its person.
 */
async function subjectOf(name: string, sides: readonly Side[], telling: Telling): Promise<string | undefined> {
  const ofNumber = sides.filter((side) => isSideOf(side, name, telling));
  const ofName = ofNumber.find(({ names }) =>
    names.some(({ value }) => value === telling.story.persons.get(name)!.name),
  );
  return (ofName ?? ofNumber[0])?.subject ?? personIdOf(name, telling);
}

const isSideOf = ({ number }: Side, name: string, { story }: Telling): boolean =>
  number.revealed === story.persons.get(name)!.idNumber;
