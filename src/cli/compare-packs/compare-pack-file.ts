import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { revealReasonHeader } from '../../gateway/reveal-reason.ts';
import { progressOn, type Screen } from '../push/progress.ts';
import type { HubAccess } from '../push/tokens.ts';
import type { CompareOptions } from './compare-options.ts';
import { comparisonLines, type ShownComparison } from './comparison-report.ts';

/** Where the command speaks. */
export interface CompareScreen {
  /** One line of the outcome. */
  print(line: string): void;
  /** For progress. */
  readonly screen: Screen;
}

/** Why the file of persons is asked for with whole names and numbers, as the hub's audit log keeps it. */
const REVEAL_BECAUSE = '比对政策包：查看受影响人员';

/** The hub, and why it is asked for exact figures; `null`: it is not. */
interface Asking extends HubAccess {
  readonly because: string | null;
}

/** Milliseconds between questions: few at first, so that a small population is soon told, then growing. */
const PAUSE = { first: 200, growth: 1.4, longest: 5_000 };

/** Has a changed pack compared, waits for it and prints what it would mean. Throws with the hub's words where it will not. */
export async function comparePackFile(
  options: CompareOptions,
  access: HubAccess,
  { print, screen }: CompareScreen,
): Promise<void> {
  const pack = await readFile(options.file, 'utf8');
  const { asOf, knownAt } = options;
  const input = { policyYear: options.policyYear ?? planYearIn(pack), pack, asOf, knownAt };
  const asking: Asking = { ...access, because: options.exactBecause };
  const { comparePacks: asked } = await ask<{ comparePacks: ShownComparison }>(asking, ASK, { input });
  const done = await waitFor(asked.id, asking, screen);
  for (const line of comparisonLines(done)) print(line);
  if (options.persons !== null) {
    await savePersons(done.id, options.persons, access);
    print(`变化人员 / persons who differ: ${options.persons}`);
  }
}

// Only to save naming it: the hub reads the pack itself, and says what is wrong with it.
function planYearIn(pack: string): number {
  const [, year] = /^policyYear:\s*(\d{4})\s*(?:#.*)?$/m.exec(pack) ?? [];
  if (year === undefined)
    throw new Error('文件没有写明 policyYear，请用 --year / the file names no policyYear, use --year');
  return Number(year);
}

async function waitFor(id: string, access: Asking, screen: Screen): Promise<ShownComparison> {
  const progress = progressOn(screen);
  try {
    for (let wait = PAUSE.first; ; wait = Math.min(wait * PAUSE.growth, PAUSE.longest)) {
      const { packComparison: found } = await ask<{ packComparison: ShownComparison | null }>(access, FIND, { id });
      if (!found) throw new Error('没有这次比对 / there is no such comparison');
      if (found.status === 'DONE') return found;
      if (found.status === 'FAILED') throw new Error(`比对失败 / the comparison failed: ${id}`);
      if (found.personsToDo !== null) progress.begin('核定 / deciding', found.personsToDo);
      progress.at(found.personsDone);
      await pause(wait);
    }
  } finally {
    progress.end();
  }
}

async function savePersons(id: string, path: string, { hub, token }: HubAccess): Promise<void> {
  const response = await fetch(`${hub}/comparisons/${id}/persons.csv?purpose=SUBSIDY_ADMINISTRATION`, {
    headers: { authorization: `Bearer ${await token()}`, ...revealReasonHeader(REVEAL_BECAUSE) },
  });
  if (!response.ok || !response.body) {
    const { errors } = (await response.json()) as { readonly errors?: readonly { readonly message: string }[] };
    throw new Error(errors?.map(({ message }) => message).join('\n') ?? `HTTP ${response.status}`);
  }
  // Whole numbers of persons: for whoever runs the command, and nobody else on the machine.
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path, { mode: 0o600 }));
}

async function ask<T>({ hub, token, because }: Asking, query: string, variables: object): Promise<T> {
  const response = await fetch(`${hub}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      ...revealReasonHeader(because ?? undefined),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as {
    readonly data?: T | null;
    readonly errors?: readonly { readonly message: string }[];
  };
  if (!errors && data) return data;
  throw new Error(errors?.map(({ message }) => message).join('\n') ?? `HTTP ${response.status}`);
}

const COST = 'persons subsidy payable refunds';
const GROUP = `category fundedBy before { ${COST} } after { ${COST} } difference { ${COST} }`;
const SHOWN = `id status pack asOf knownAt personsToDo personsDone
  totals { exact persons winners losers unchanged newlyInReview total { ${GROUP} } groups { ${GROUP} } }`;
const ASK = `mutation Asked($input: ComparePacksInput!) { comparePacks(input: $input) { ${SHOWN} } }`;
const FIND = `query Found($id: ID!) { packComparison(id: $id) { ${SHOWN} } }`;
