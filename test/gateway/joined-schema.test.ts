import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { startHub, type RunningHub } from '../../src/main.ts';
import { attackGround, type AttackGround } from '../support/attack-ground.ts';
import { asOwner, attachedDatabase } from '../support/database.ts';
import { post, type HubResponse } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const OPERATIONS = resolve(import.meta.dirname, '../../operations');
const NOW = new Date('2025-12-01T02:00:00Z');
/** After everything was pushed, and before the instant at which it is asked about. */
const LATER = new Date('2025-12-01T03:00:00Z');
const ASKED = new Date('2025-12-02T02:00:00Z');

interface Operation {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly text: string;
  readonly needs: string;
  readonly example: Record<string, any>;
}

const operations: readonly Operation[] = readdirSync(OPERATIONS)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => {
    const text = readFileSync(join(OPERATIONS, file), 'utf8');
    let example = {};
    try {
      example = JSON.parse(readFileSync(join(OPERATIONS, file.replace('.graphql', '.json')), 'utf8'));
    } catch {
      // Not every operation takes variables.
    }
    const [, kind, name] = /^(query|mutation|subscription) (\w+)/m.exec(text)!;
    return {
      file,
      text,
      example,
      kind: kind!,
      name: name!,
      needs: /^# needs: (.+)$/m.exec(text)?.[1] ?? '',
    };
  });

/** The same operation under another name is not published, and so not compiled. */
const unpublished = ({ name, text }: Operation): string => text.replace(name, `${name}Again`);

/** Who may use an operation in Gaoyang. */
const CLIENTS: Readonly<Record<string, string>> = {
  'list:hardship:push': '130628:civil-affairs',
  'list:deaths:push': '130628:civil-affairs',
  'list:life-events:push': '130628:civil-affairs',
  'list:disability:push': '130628:disabled-federation',
  'list:students:push': '130628:education',
  'list:residents:push': '130628:public-security',
  'list:migrant-workers:push': '130628:town',
  'list:births:push': '130628:health',
  'list:payments:push': '130628:tax',
  'list:refund-applications:push': '130628:tax',
  'person:read person:emergency': '130628:public-security',
};
const clientFor = ({ needs }: Operation): string => CLIENTS[needs] ?? '130628:medical-insurance';

let ground: AttackGround;
/** The same hub with one subgraph in another process, so that the planner has to answer. */
let apart: RunningHub;
let submission: string;
/** A task about whom the push of registrations named. */
let task: string;
const pushes = operations.filter(({ name }) => name.startsWith('Push'));
const reads = operations.filter(({ kind }) => kind === 'query');
/** What is done with a submission; how a subscription is answered its own journey tells. */
const handlings = operations.filter(({ kind, name }) => kind === 'mutation' && !name.startsWith('Push'));

beforeAll(async () => {
  let now = NOW;
  const clock = { now: () => now };
  ground = await attackGround({ clock });
  const settings = { ...ground.trusting, SUBGRAPHS: `hardship=${ground.subgraph.url}/graphql` };
  apart = await startHub({ clock, config: ground.config(settings), work: 'elsewhere' });
  for (const push of pushes) {
    const { body } = await compiled(clientFor(push), push, push.example);
    expect([push.name, body.errors]).toEqual([push.name, undefined]);
    if (push.name === 'PushRegistrations') submission = body.data.pushRegistrations.id;
  }
  task = await openTask();
  now = ASKED;
});
afterAll(async () => {
  await apart?.stop();
  await ground?.stop();
});

const tokens = new Map<string, string>();
async function tokenOf(client: string): Promise<string> {
  const { hub } = ground;
  const known = tokens.get(client);
  if (known !== undefined) return known;
  const { access_token: token } = await obtainToken(client, hub.issuer, await hub.privateKeyOf(client), hub.url);
  tokens.set(client, token);
  return token;
}
const asked = async (url: string, client: string, request: object): Promise<HubResponse> =>
  post(`${url}/graphql`, request, await tokenOf(client));

/** The three ways in which an operation may be answered: the joined graph, compiled or by the book, and the planner. */
const compiled: Way = (client, { name }, variables) => asked(ground.hub.url, client, { documentId: name, variables });
const executed: Way = (client, operation, variables) =>
  asked(ground.hub.url, client, { query: unpublished(operation), variables });
const planned: Way = (client, { name }, variables) => asked(apart.url, client, { documentId: name, variables });
type Way = (client: string, operation: Operation, variables: object) => Promise<HubResponse>;

async function openTask(): Promise<string> {
  const database = await attachedDatabase(asOwner(ground.databaseUrl));
  const { rows } = await database.pool.query<{ key: string }>('select min(subject_key::text) as key from identifier');
  const subjects = rows.map(({ key }) => key);
  const matter = { kind: 'SAME_NUMBER_OTHER_NAME', about: subjects[0]!, subjects } as const;
  await peopleStore(database.walled, uuidv7Ids()).inTransaction('130628', (tx) =>
    tx.keepMatters('130628', subjects, [matter], { at: NOW, dueOn: '2026-12-01' }),
  );
  await database.close();
  const query = '{ reviewTasks { edges { node { id } } } }';
  const { body } = await asked(ground.hub.url, '130628:medical-insurance', { query });
  return body.data.reviewTasks.edges[0].node.id;
}

/** Asks in all three ways, one after the other; the first is the one that the others are held against. */
async function inAllWays(
  operation: Operation,
  variables: object | ((way: number) => object),
  client = clientFor(operation),
): Promise<readonly [HubResponse, HubResponse, HubResponse]> {
  const of = (way: number): object => (typeof variables === 'function' ? variables(way) : variables);
  return [
    await compiled(client, operation, of(0)),
    await executed(client, operation, of(1)),
    await planned(client, operation, of(2)),
  ];
}
const withoutIds = (text: string): string => text.replaceAll(/"requestId":"[^"]+"/g, '');

describe('published operations', () => {
  it.each(reads)('$name answers the same bytes by the joined graph and by the planner', async (operation) => {
    const variables =
      'id' in operation.example
        ? { ...operation.example, id: operation.name === 'ReviewTask' ? task : submission, only: undefined }
        : operation.example;
    // Asking who looked is itself a look: the later answers are asked for those before all.
    const [joined, ...others] = await inAllWays(
      operation,
      operation.name === 'WhoLooked' ? { ...variables, after: '5' } : variables,
    );
    const counted = (text: string): string =>
      operation.name === 'WhoLooked' ? text.replace(/"totalCount":\d+/, '') : text;
    expect(joined.body.errors).toBeUndefined();
    // Nobody works here, lest two answers differ by what was decided between them; so nobody is counted yet either.
    if (operation.name !== 'PopulationSummary') expect(Object.values(joined.body.data as object)[0]).not.toBeNull();
    for (const other of others) expect(counted(other.text)).toBe(counted(joined.text));
  });

  it.each(pushes)('$name answers the same in all ways, but for the receipt’s own values', async (operation) => {
    const [joined, ...others] = await inAllWays(operation, (way) => ({
      input: { ...operation.example['input'], idempotencyKey: `${operation.name}-${way}` },
    }));
    expect(joined.body.errors).toBeUndefined();
    const submitted = (text: string): string => text.replace(/"id":"[0-9a-f-]+"/, '');
    for (const other of others) expect(submitted(other.text)).toBe(submitted(joined.text));
  });

  it.each(handlings)('$name is answered and refused alike in all ways', async (operation) => {
    const [joined, ...others] = await inAllWays(operation, { ...operation.example, id: submission });
    for (const other of others) expect(withoutIds(other.text)).toBe(withoutIds(joined.text));
  });

  const persons = operations.find(({ name }) => name === 'PeopleDecisions')!;

  it('answers many people, unknown ones and repeated ones alike', async () => {
    const [known, other] = persons.example['idNumbers'] as [string, string];
    const idNumbers = [residentId(5), known, other, known, residentId(6)];
    const [joined, ...others] = await inAllWays(persons, { ...persons.example, idNumbers });
    expect(joined.body.data.people.map((one: unknown) => one !== null)).toEqual([false, true, true, true, false]);
    expect(others.map(({ text }) => text)).toEqual([joined.text, joined.text]);
  });

  it('carries the instant asked for over to the other subgraphs', async () => {
    for (const [knownAt, known] of [
      [LATER.toISOString(), true],
      ['2025-11-30T00:00:00.000Z', false],
    ] as const) {
      const [joined, ...others] = await inAllWays(persons, { ...persons.example, knownAt });
      const instants = joined.body.data.people.map((one: any) => one?.benefit.knownAt ?? null);
      expect(instants).toEqual(known ? [knownAt, knownAt] : [null, null]);
      expect(others.map(({ text }) => text)).toEqual([joined.text, joined.text]);
    }
  });

  it('refuses alike: a purpose or a decision that the asker is not granted', async () => {
    for (const [client, purpose] of [
      ['130628:medical-insurance', 'AUDIT'],
      ['130628:tax', 'BENEFIT_ADMINISTRATION'],
      ['130628:civil-affairs', 'LIST_VERIFICATION'],
    ] as const) {
      const [joined, ...others] = await inAllWays(persons, { ...persons.example, purpose }, client);
      for (const other of others) expect([client, withoutIds(other.text)]).toEqual([client, withoutIds(joined.text)]);
    }
  });

  it('is known by its text too, however that is laid out', async () => {
    const query = persons.text.replaceAll(/\n\s+/g, ' ').replace(/^#.*\n/gm, '');
    const client = clientFor(persons);
    const byText = await asked(ground.hub.url, client, { query, variables: persons.example });
    expect(byText.text).toBe((await compiled(client, persons, persons.example)).text);
  });
});
