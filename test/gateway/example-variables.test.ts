import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsOf, type HubClient } from '../../src/gateway/clients.ts';
import { exampleFor, isOfUse, readOwnExamples } from '../../src/gateway/example-variables.ts';
import { hubGraph } from '../../src/gateway/hub-graph.ts';
import type { PublishedOperation } from '../../src/gateway/published-operations.ts';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { testHub, type TestHub } from '../support/hub.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const OPERATIONS = join(ROOT, 'operations');

const NEEDS_AN_ID =
  / (?:(?:Withdraw|Release|Redrive)Submission|(?:Settle|Confirm)Review|UndoSettlement|(?:Request|Answer)Correction|(?:Approve|End)Emergency)$/;

let operations: readonly PublishedOperation[];
beforeAll(async () => {
  operations = (await hubGraph()).published.all;
});

describe('the example variables of an agency', () => {
  let hub: TestHub;
  let clients: readonly HubClient[];
  beforeAll(async () => {
    hub = await testHub();
    const years = new Map(readPacks(join(ROOT, 'packs')).map(({ id, policyYear }) => [id, policyYear]));
    clients = clientsOf(loadJurisdictions(join(ROOT, 'jurisdictions'), (id) => years.get(id))).all();
  });
  afterAll(() => hub.stop());

  const answersOf = async (kind: string): Promise<Record<string, unknown>> => {
    const examples = readOwnExamples(OPERATIONS, operations);
    const answers: Record<string, unknown> = {};
    const askAll = async (client: HubClient): Promise<void> => {
      for (const one of operations.filter(({ operation }) => operation.operation === kind)) {
        if (!one.needs.every((scope) => (client.scopes as readonly string[]).includes(scope))) continue;
        if (!isOfUse(one, examples, client)) continue;
        const variables = exampleFor(one, examples, client);
        const { body } = await hub.ask(client.id, { documentId: one.name, variables });
        answers[`${client.id} ${one.name}`] = body.errors?.[0]?.extensions.code ?? Object.values(body.data)[0];
      }
    };
    // Each agency asks one thing after the other, and none waits for another.
    await Promise.all(clients.map(askAll));
    return answers;
  };

  it('are granted to it, whichever agency tries them', { timeout: 120_000 }, async () => {
    const pushed = await answersOf('mutation');
    expect(Object.keys(pushed).length).toBeGreaterThan(clients.length);
    for (const [what, answer] of Object.entries(pushed)) {
      // Which submission, task or request is for whoever tries it to fill in, and in whose name an emergency is asked for.
      const unnamed = what.endsWith(' RequestEmergency') ? 'FORBIDDEN' : expect.any(Object);
      const named = NEEDS_AN_ID.test(what) ? 'NOT_FOUND' : unnamed;
      expect([what, answer]).toEqual([what, named]);
    }

    const read = await answersOf('query');
    for (const [what, answer] of Object.entries(read)) {
      expect([what, answer]).not.toEqual([what, expect.any(String)]);
    }
    expect(read['130628:civil-affairs PersonRecord']).toMatchObject({ name: '王**' });
    expect(read['130628:rural-affairs PersonRecord']).toMatchObject({ name: '刘**' });
    expect(read['130628:medical-insurance PersonDecision']).toMatchObject({
      benefit: { pack: { id: 'gaoyang-2026' } },
    });
    expect(read['140405:tax PolicyPack']).toMatchObject({ id: 'tunliu-2024' });
  });

  it('name people of the sample lists of the place', () => {
    const samples = readdirSync(join(ROOT, 'demo')).map((file) => readFileSync(join(ROOT, 'demo', file), 'utf8'));
    const [decision] = operations.filter(({ name }) => name === 'PersonDecision') as [PublishedOperation];
    for (const client of clients.filter(({ agency }) => agency === 'medical-insurance')) {
      const variables = exampleFor(decision, readOwnExamples(OPERATIONS, operations), client)!;
      const sample = samples.find((text) => text.includes(`'${String(variables['idNumber'])}'`));
      expect([client.id, sample?.match(/^pack: .*-(\d{4})$/m)?.[1]]).toEqual([
        client.id,
        String(variables['policyYear']),
      ]);
    }
  });

  it('prefer what is true of one office of one place, then of the office, then of the place', () => {
    const [operation] = operations.filter(({ name }) => name === 'PersonDecision') as [PublishedOperation];
    const client = clients.find(({ id }) => id === '140405:tax')!;
    const examples = {
      '140405': { PersonDecision: { idNumber: 'place', purpose: 'place', policyYear: 'place' } },
      tax: { PersonDecision: { idNumber: 'office', purpose: 'office' } },
      '140405:tax': { PersonDecision: { idNumber: 'client' } },
      '130628': { PersonDecision: { policyYear: 'elsewhere' } },
    };
    expect(exampleFor(operation, examples, client)).toEqual({
      idNumber: 'client',
      purpose: 'office',
      policyYear: 'place',
    });
    expect(exampleFor({ ...operation, example: undefined }, examples, client)).toBeUndefined();
  });
});

it('stops at an operation that is not published, naming it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yidang-examples-'));
  writeFileSync(join(folder, 'examples.yaml'), 'tax:\n  PersonDecisions: { purpose: AUDIT }\n');
  expect(() => readOwnExamples(folder, operations)).toThrow('tax: no operation is named PersonDecisions');
  rmSync(folder, { recursive: true });
});
