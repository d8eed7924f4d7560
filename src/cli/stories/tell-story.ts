import type { Agency, ListName } from '../../domain/intake/words.ts';
import { endOfDayInShanghai } from '../../domain/time/plain-date.ts';
import { signIn, SignInRefused, type HubAddress, type HubAnswer, type HubClient } from '../hub-client.ts';
import { DECISION_FIELDS, mismatches, type AnsweredDecision, type Mismatch } from './compare.ts';
import type { Story, StoryAsk, StoryPush } from './story.ts';

/** The hub that a story is told to. */
export interface StoryHub extends HubAddress {
  /** Sets the day and time that the hub takes for now. */
  setClock(instant: Date): void;
}

const pascalCase = (list: ListName): string =>
  list.replaceAll(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());

const pushOperation = (list: ListName): string => `
  mutation ($input: Push${pascalCase(list)}Input!) {
    push${pascalCase(list)}(input: $input) {
      verdicts(only: [REJECTED], first: 5000) { edges { node { row findings { code column } } } }
    }
  }`;

const BENEFIT = `
  query ($idNumber: String!, $idType: IdType, $policyYear: Int!, $asOf: Date!, $knownAt: DateTime!) {
    person(idNumber: $idNumber, idType: $idType, purpose: BENEFIT_ADMINISTRATION) {
      benefit(policyYear: $policyYear, asOf: $asOf, knownAt: $knownAt) { ${DECISION_FIELDS} }
    }
  }`;

interface RejectedRows {
  readonly verdicts: {
    readonly edges: readonly {
      readonly node: {
        readonly row: number;
        readonly findings: readonly { readonly code: string; readonly column: string | null }[];
      };
    }[];
  };
}

/**
 * Tells one story to a hub, in a jurisdiction where nothing has happened yet: every push on its day and in its order, then
 * every question. The questions come last, so that each must be answered from what was known on its own day although the
 * hub has heard more since. Gives what was not as expected.
 */
export async function tellStory(story: Story, jurisdiction: string, hub: StoryHub): Promise<Mismatch[]> {
  const askAs = signedInOnce(jurisdiction, hub);
  const failed: Mismatch[] = [];
  for (const [index, push] of story.pushes.entries()) {
    hub.setClock(receivedAt(push, index));
    failed.push(...(await tellPush(story, push, index, askAs(push.agency))));
  }
  hub.setClock(lastInstant(story));
  for (const ask of story.asks) failed.push(...(await tellAsk(story, ask, askAs('medical-insurance'))));
  return failed;
}

/** Asks the hub as an agency, which signs in the first time. An agency that the hub does not let in is answered so. */
function signedInOnce(jurisdiction: string, hub: StoryHub): (agency: Agency) => HubClient {
  const clients = new Map<Agency, Promise<HubClient>>();
  return (agency) => ({
    ask: async (operation, variables) => {
      const signedIn = clients.get(agency) ?? signIn(hub, `${jurisdiction}:${agency}`);
      clients.set(agency, signedIn);
      try {
        return await (await signedIn).ask(operation, variables);
      } catch (error) {
        if (!(error instanceof SignInRefused)) throw error;
        return { data: null, errors: [error.message] };
      }
    },
  });
}

/** Nine in the morning, a second later for each push, so that those of one day keep their order. */
function receivedAt(push: StoryPush, index: number): Date {
  return new Date(Date.parse(`${push.on}T09:00:00+08:00`) + index * 1000);
}

/** When everything has been told and every day asked about is over. */
function lastInstant(story: Story): Date {
  return new Date(Math.max(...[...story.pushes, ...story.asks].map(({ on }) => endOfDayInShanghai(on).getTime())));
}

async function tellPush(story: Story, push: StoryPush, index: number, client: HubClient): Promise<Mismatch[]> {
  const answer = await client.ask(pushOperation(push.list), {
    input: {
      idempotencyKey: `${story.id}-${index + 1}`,
      rows: push.rows.map((row) => rowOf(row, story.person)),
    },
  });
  const key = `pushes[${index}] ${push.list}`;
  const pushed = answer.data?.[`push${pascalCase(push.list)}`] as RejectedRows | null | undefined;
  if (!pushed) return [{ key, expected: 'received', got: whyNot(answer) }];
  return pushed.verdicts.edges.map(({ node }) => ({
    key: `${key} row ${node.row}`,
    expected: 'accepted',
    got: node.findings.map(({ code, column }) => (column === null ? code : `${code} (${column})`)),
  }));
}

/** A row that names nobody is about the story's person; one with a number of its own has that number's kind. */
function rowOf(row: StoryPush['rows'][number], { name, ...document }: Story['person']): Record<string, unknown> {
  return { name, ...('idNumber' in row ? {} : document), ...row };
}

async function tellAsk(story: Story, ask: StoryAsk, client: HubClient): Promise<Mismatch[]> {
  const answer = await client.ask(BENEFIT, {
    idNumber: story.person.idNumber,
    idType: story.person.idType,
    policyYear: ask.policyYear,
    asOf: ask.on,
    knownAt: endOfDayInShanghai(ask.on).toISOString(),
  });
  const at = ` on ${ask.on}`;
  const person = answer.data?.['person'] as { readonly benefit: AnsweredDecision | null } | null | undefined;
  if (!person?.benefit) return [{ key: `answer${at}`, expected: 'a decision', got: whyNot(answer) }];
  return mismatches(ask.expect, person.benefit).map((mismatch) => ({ ...mismatch, key: mismatch.key + at }));
}

const whyNot = (answer: HubAnswer): unknown => (answer.errors.length > 0 ? answer.errors : 'no such person');
