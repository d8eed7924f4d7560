import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { attachedDatabase } from '../support/database.ts';
import { testHub, type TestHub } from '../support/hub.ts';
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

/** The same operation under another name is not published, so that the planner has to take it. */
const unpublished = ({ name, text }: Operation): string => text.replace(name, `${name}ByPlan`);

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
};
const clientFor = ({ needs }: Operation): string => CLIENTS[needs] ?? '130628:medical-insurance';

let hub: TestHub;
let submission: string;
/** A task about whom the push of registrations named. */
let task: string;
const pushes = operations.filter(({ name }) => name.startsWith('Push'));
const reads = operations.filter(({ kind }) => kind === 'query');
/** What is done with a submission; how a subscription is answered its own journey tells. */
const handlings = operations.filter(({ kind, name }) => kind === 'mutation' && !name.startsWith('Push'));

beforeAll(async () => {
  let now = NOW;
  hub = await testHub({ clock: { now: () => now }, work: 'elsewhere' });
  for (const push of pushes) {
    const { body } = await hub.ask(clientFor(push), { documentId: push.name, variables: push.example });
    expect([push.name, body.errors]).toEqual([push.name, undefined]);
    if (push.name === 'PushRegistrations') submission = body.data.pushRegistrations.id;
  }
  task = await openTask();
  now = ASKED;
});
afterAll(() => hub.stop());

async function openTask(): Promise<string> {
  const database = await attachedDatabase(hub.databaseUrl);
  const { rows } = await database.pool.query<{ key: string }>('select min(subject_key::text) as key from identifier');
  const subjects = rows.map(({ key }) => key);
  const matter = { kind: 'SAME_NUMBER_OTHER_NAME', about: subjects[0]!, subjects } as const;
  await peopleStore(database.walled, uuidv7Ids()).inTransaction('130628', (tx) =>
    tx.keepMatters('130628', subjects, [matter], { at: NOW, dueOn: '2026-12-01' }),
  );
  await database.close();
  const { body } = await hub.ask('130628:medical-insurance', { query: '{ reviewTasks { edges { node { id } } } }' });
  return body.data.reviewTasks.edges[0].node.id;
}

describe('published operations', () => {
  it.each(reads)('$name answers the same bytes by the hand-made join and by the planner', async (operation) => {
    const variables =
      'id' in operation.example
        ? { ...operation.example, id: operation.name === 'ReviewTask' ? task : submission, only: undefined }
        : operation.example;
    // Asking who looked is itself a look: the second answer is asked for those before both.
    const asked = operation.name === 'WhoLooked' ? { ...variables, after: '5' } : variables;
    const joined = await hub.ask(clientFor(operation), { documentId: operation.name, variables: asked });
    const planned = await hub.ask(clientFor(operation), { query: unpublished(operation), variables: asked });
    const counted = (text: string): string =>
      operation.name === 'WhoLooked' ? text.replace(/"totalCount":\d+/, '') : text;
    expect(joined.body.errors).toBeUndefined();
    // Nobody works here, lest two answers differ by what was decided between them; so nobody is counted yet either.
    if (operation.name !== 'PopulationSummary') expect(Object.values(joined.body.data as object)[0]).not.toBeNull();
    expect(counted(planned.text)).toBe(counted(joined.text));
  });

  it.each(pushes)('$name answers the same by both ways, but for the receipt’s own values', async (operation) => {
    const again = (suffix: string) => ({
      input: { ...operation.example['input'], idempotencyKey: `${operation.name}-${suffix}` },
    });
    const joined = await hub.ask(clientFor(operation), { documentId: operation.name, variables: again('1') });
    const planned = await hub.ask(clientFor(operation), { query: unpublished(operation), variables: again('2') });
    expect(joined.body.errors).toBeUndefined();
    const submitted = (text: string): string => text.replace(/"id":"[0-9a-f-]+"/, '');
    expect(submitted(planned.text)).toBe(submitted(joined.text));
  });

  it.each(handlings)('$name is answered and refused alike by both ways', async (operation) => {
    const withoutIds = (text: string): string => text.replaceAll(/"requestId":"[^"]+"/g, '');
    const variables = { ...operation.example, id: submission };
    const joined = await hub.ask(clientFor(operation), { documentId: operation.name, variables });
    const planned = await hub.ask(clientFor(operation), { query: unpublished(operation), variables });
    expect(withoutIds(planned.text)).toBe(withoutIds(joined.text));
  });

  const persons = operations.find(({ name }) => name === 'PeopleDecisions')!;

  it('answers many people, unknown ones and repeated ones alike', async () => {
    const [known, other] = persons.example['idNumbers'] as [string, string];
    const variables = { ...persons.example, idNumbers: [residentId(5), known, other, known, residentId(6)] };
    const joined = await hub.ask(clientFor(persons), { documentId: persons.name, variables });
    const planned = await hub.ask(clientFor(persons), { query: unpublished(persons), variables });
    expect(joined.body.data.people.map((one: unknown) => one !== null)).toEqual([false, true, true, true, false]);
    expect(planned.text).toBe(joined.text);
  });

  it('carries the instant asked for over to the other subgraphs', async () => {
    for (const [knownAt, known] of [
      [LATER.toISOString(), true],
      ['2025-11-30T00:00:00.000Z', false],
    ] as const) {
      const variables = { ...persons.example, knownAt };
      const joined = await hub.ask(clientFor(persons), { documentId: persons.name, variables });
      const planned = await hub.ask(clientFor(persons), { query: unpublished(persons), variables });
      const instants = joined.body.data.people.map((one: any) => one?.benefit.knownAt ?? null);
      expect(instants).toEqual(known ? [knownAt, knownAt] : [null, null]);
      expect(planned.text).toBe(joined.text);
    }
  });

  it('refuses alike: a purpose or a decision that the asker is not granted', async () => {
    const withoutIds = (text: string): string => text.replaceAll(/"requestId":"[^"]+"/g, '');
    for (const [client, purpose] of [
      ['130628:medical-insurance', 'AUDIT'],
      ['130628:tax', 'BENEFIT_ADMINISTRATION'],
      ['130628:civil-affairs', 'LIST_VERIFICATION'],
    ] as const) {
      const variables = { ...persons.example, purpose };
      const joined = await hub.ask(client, { documentId: persons.name, variables });
      const planned = await hub.ask(client, { query: unpublished(persons), variables });
      expect([client, withoutIds(planned.text)]).toEqual([client, withoutIds(joined.text)]);
    }
  });

  it('is known by its text too, however that is laid out', async () => {
    const query = persons.text.replaceAll(/\n\s+/g, ' ').replace(/^#.*\n/gm, '');
    const byText = await hub.ask(clientFor(persons), { query, variables: persons.example });
    const byId = await hub.ask(clientFor(persons), { documentId: persons.name, variables: persons.example });
    expect(byText.text).toBe(byId.text);
  });
});
