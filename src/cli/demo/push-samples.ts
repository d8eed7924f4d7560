import type { Jurisdiction } from '../../domain/access/caller.ts';
import type { RowCounts } from '../../domain/intake/list-definition.ts';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { signIn, type HubAddress, type HubClient } from '../hub-client.ts';
import type { SampleList, Samples } from './samples.ts';

/** The hub that samples are pushed to. */
export interface DemoHub extends HubAddress {
  /** Sets what the hub takes for now. */
  setClock(now: () => Date): void;
}

/** The agencies of a jurisdiction, signed in. */
export type SignedIn = ReadonlyMap<Agency, HubClient>;

/** What the demonstration says while it works. */
export type Print = (line: string) => void;

const pascalCase = (list: ListName): string =>
  list.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());

const pushOperation = (list: ListName): string => `
  mutation ($input: Push${pascalCase(list)}Input!) {
    push: push${pascalCase(list)}(input: $input) {
      id
      counts { sent accepted unchanged flagged rejected }
      verdicts(only: [FLAGGED, REJECTED]) { edges { node { row outcome findings { code column zh en } } } }
    }
  }`;

/** So many submissions no agency of the samples has. */
const RECEIVED = '{ submissions(first: 100) { edges { node { id } } } }';

interface Pushed {
  readonly id: string;
  readonly counts: RowCounts;
  readonly verdicts: { readonly edges: readonly { readonly node: Verdict }[] };
}

interface Verdict {
  readonly row: number;
  readonly outcome: 'FLAGGED' | 'REJECTED';
  readonly findings: readonly {
    readonly code: string;
    readonly column: string | null;
    readonly zh: string;
    readonly en: string;
  }[];
}

/** Every agency of the jurisdiction obtains a token of its own. */
export async function signInAll(hub: HubAddress, { id, agencies }: Jurisdiction): Promise<SignedIn> {
  const offices = Object.keys(agencies) as Agency[];
  return new Map(
    await Promise.all(offices.map(async (agency) => [agency, await signIn(hub, `${id}:${agency}`)] as const)),
  );
}

/**
 * Pushes the lists of a pack, each by its agency and on its day. Every push has a key of its own that stays the same, so that a second
 * run receives nothing again. Gives the number of lists that were new. Throws where a push is refused as a whole.
 */
export async function pushSamples(
  samples: Samples,
  clients: SignedIn,
  hub: DemoHub,
  print: Print,
  signal: AbortSignal,
): Promise<number> {
  const received = new Set((await Promise.all([...clients.values()].map(submissionsOf))).flat());
  let news = 0;
  for (const [index, list] of samples.lists.entries()) {
    signal.throwIfAborted();
    const client = clients.get(list.agency);
    if (!client) throw new Error(`${samples.pack}: its jurisdiction has no ${list.agency}`);
    // Nine in the morning, a second later for each list, so that those of one day keep their order.
    const on = new Date(Date.parse(`${list.on}T09:00:00+08:00`) + index * 1000);
    hub.setClock(() => on);
    const pushed = await push(list, `demo-${samples.pack}-${index + 1}`, client);
    const isNew = !received.has(pushed.id);
    if (isNew) news += 1;
    for (const line of linesOf(list, pushed, isNew)) print(line);
  }
  return news;
}

async function submissionsOf(client: HubClient): Promise<string[]> {
  const { data } = await client.ask(RECEIVED, {});
  const found = data as { submissions: { edges: { node: { id: string } }[] } } | null;
  // An agency that may not read submissions has pushed none.
  return found?.submissions?.edges.map(({ node }) => node.id) ?? [];
}

async function push(list: SampleList, idempotencyKey: string, client: HubClient): Promise<Pushed> {
  const { mode, documentNumber, rows } = list;
  const answer = await client.ask(pushOperation(list.list), { input: { idempotencyKey, mode, documentNumber, rows } });
  const pushed = answer.data?.['push'] as Pushed | null | undefined;
  if (pushed) return pushed;
  throw new Error(
    answer.errors.some((error) => error.startsWith('IDEMPOTENCY_CONFLICT'))
      ? '数据中已有另一版本的示例，请先清空 / the data hold another version of the samples, remove them first'
      : `${list.agency} ${list.list}: ${answer.errors.join('; ')}`,
  );
}

const OUTCOMES = [
  ['accepted', '接收 accepted'],
  ['unchanged', '未变 unchanged'],
  ['flagged', '提示 flagged'],
  ['rejected', '退回 rejected'],
] as const;

function linesOf({ on, agency, list, mode }: SampleList, { counts, verdicts }: Pushed, isNew: boolean): string[] {
  const outcomes = OUTCOMES.flatMap(([key, words]) => (counts[key] > 0 ? [`${counts[key]} ${words}`] : []));
  const whole = mode === 'SNAPSHOT' ? '（全量 snapshot）' : '';
  const head = `  ${on}  ${AGENCIES[agency]} → ${LISTS[list]}${whole} ${list}: ${counts.sent} 行 rows, ${outcomes.join(', ')}`;
  if (!isNew) return [`${head} · 此前已收到 already received`];
  return [head, ...verdicts.edges.flatMap(({ node }) => verdictLines(node))];
}

const verdictLines = ({ row, outcome, findings }: Verdict): string[] =>
  findings.map(
    ({ code, column, zh, en }) =>
      `      第 ${row} 行 row ${row} ${outcome} ${code}${column === null ? '' : ` (${column})`}: ${brief(zh)} / ${brief(en)}`,
  );

/** Some messages name every word that would have done. */
const brief = (text: string): string => (text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text);
const LONGEST_MESSAGE = 100;
