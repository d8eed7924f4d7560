import type { ListName } from '../../domain/intake/words.ts';
import { mismatchOfCodes, type Mismatch } from './compare.ts';
import { personInCell, type StoryPush, type StoryStep, type StoryWithdrawal } from './step.ts';
import type { Story } from './story.ts';
import { tellSettling, tellUndoing } from './tell-review.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

/** Lets one step of a story happen; gives what was not as expected. */
export async function tellStep(step: StoryStep, index: number, telling: Telling): Promise<Mismatch[]> {
  const key = `${telling.story.lists}[${index}]`;
  switch (step.does) {
    case 'push':
      return tellPush(step, `${key} ${step.list}`, index, telling);
    case 'withdraw':
      return tellWithdrawal(step, `${key} withdraw`, telling);
    case 'settle':
      return tellSettling(step, `${key} settle`, telling);
    case 'undo':
      return tellUndoing(step, `${key} undo`, telling);
  }
}

const pascalCase = (list: ListName): string =>
  list.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());

const pushOperation = (list: ListName): string => `
  mutation ($input: Push${pascalCase(list)}Input!) {
    push${pascalCase(list)}(input: $input) {
      id
      verdicts(only: [REJECTED, FLAGGED], first: 5000) { edges { node { row outcome findings { code column } } } }
    }
  }`;

interface JudgedRow {
  readonly row: number;
  readonly outcome: 'REJECTED' | 'FLAGGED';
  readonly findings: readonly { readonly code: string; readonly column: string | null }[];
}

interface Pushed {
  readonly id: string;
  readonly verdicts: { readonly edges: readonly { readonly node: JudgedRow }[] };
}

async function tellPush(push: StoryPush, key: string, index: number, telling: Telling): Promise<Mismatch[]> {
  const { story, agencies, sent } = telling;
  const { agency, list, rows, mode, period } = push;
  const answer = await agencies(agency, push.operator).ask(pushOperation(list), {
    input: {
      idempotencyKey: `${story.id}-${index + 1}`,
      ...(mode === undefined ? {} : { mode }),
      ...(period === undefined ? {} : { period }),
      rows: rows.map((row) => rowOf(row, story)),
    },
  });
  const pushed = answer.data?.[`push${pascalCase(list)}`] as Pushed | null | undefined;
  if (!pushed) return [{ key, expected: 'received', got: whyNot(answer, 'nothing') }];

  sent.push({ submission: pushed.id, agency, key: push.key });
  return rowMismatches(
    push,
    key,
    pushed.verdicts.edges.map(({ node }) => node),
  );
}

/** A row is about the person it says it is `of`, or the story's only one; one with a number of its own has that number's kind. */
function rowOf({ of, ...row }: StoryPush['rows'][number], { persons }: Story): Record<string, unknown> {
  const [onlyPerson] = persons.size === 1 ? persons.values() : [];
  const person = typeof of === 'string' ? persons.get(of) : onlyPerson;
  const cells = Object.entries(row).map(([column, cell]) => {
    const named = personInCell(cell);
    return [column, named === undefined ? cell : persons.get(named)?.idNumber];
  });
  const { name, idNumber, idType } = person ?? {};
  const document = 'idNumber' in row ? {} : { idNumber, idType };
  return { ...(person ? { name, ...document } : {}), ...Object.fromEntries(cells) };
}

/** Rows are accepted unless the story says which are not; what is worth a look is told only where the story asks. */
function rowMismatches({ rowFlags, rejected }: StoryPush, key: string, rows: readonly JudgedRow[]): Mismatch[] {
  const codes = (outcome: JudgedRow['outcome']): string[] =>
    rows.flatMap((row) => (row.outcome === outcome ? row.findings.map(({ code }) => code) : []));
  return [
    ...(rejected === undefined ? rows.filter(({ outcome }) => outcome === 'REJECTED').map(rejection(key)) : []),
    ...(rejected === undefined ? [] : mismatchOfCodes(`${key} rejected`, rejected, codes('REJECTED'))),
    ...(rowFlags === undefined ? [] : mismatchOfCodes(`${key} rowFlags`, rowFlags, codes('FLAGGED'))),
  ];
}

const rejection =
  (key: string) =>
  ({ row, findings }: JudgedRow): Mismatch => ({
    key: `${key} row ${row}`,
    expected: 'accepted',
    got: findings.map(({ code, column }) => (column === null ? code : `${code} (${column})`)),
  });

const WITHDRAW = `
  mutation ($id: ID!, $reason: String!) { withdrawSubmission(id: $id, reason: $reason) { status } }`;

async function tellWithdrawal(step: StoryWithdrawal, key: string, { agencies, sent }: Telling): Promise<Mismatch[]> {
  const push = sent.find((one) => one.key === step.withdraw);
  if (!push) return [{ key, expected: 'withdrawn', got: `no push ${step.withdraw} was received` }];
  const answer = await agencies(push.agency, step.operator).ask(WITHDRAW, {
    id: push.submission,
    reason: step.because,
  });
  const withdrawn = answer.data?.['withdrawSubmission'] as { readonly status: string } | null | undefined;
  const got = withdrawn?.status ?? whyNot(answer, 'nothing');
  return got === 'WITHDRAWN' ? [] : [{ key, expected: 'WITHDRAWN', got }];
}
