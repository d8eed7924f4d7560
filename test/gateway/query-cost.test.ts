import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type OperationDefinitionNode } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { costsUnderWay } from '../../src/gateway/costs-under-way.ts';
import { RequestRefused } from '../../src/gateway/error-answer.ts';
import { hubGraph, type HubGraph } from '../../src/gateway/hub-graph.ts';

const OPERATIONS = join(import.meta.dirname, '../../operations');

let costOf: HubGraph['costOf'];
beforeAll(async () => {
  ({ costOf } = await hubGraph());
});

const cost = (text: string, variables: Readonly<Record<string, unknown>> = {}): number => {
  const document = parse(text);
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition') as OperationDefinitionNode;
  return costOf(document, operation)(variables);
};
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('the cost of an operation', () => {
  const pages =
    '{ submissions(first: 10) { totalCount edges { node { id verdicts(first: 20) { edges { node { row } } } } } } }';
  const people =
    'query Q($n: [String!]!) { people(idNumbers: $n, purpose: AUDIT) { id benefit(policyYear: 2026) { outcome } } }';
  const cases: ReadonlyArray<[why: string, text: string, variables: object, cost: number]> = [
    ['one call', '{ lists { name } }', {}, 1],
    ['two calls', '{ a: lists { name } b: lists { name } }', {}, 2],
    [
      'a person with a decision',
      '{ person(idNumber: "1", purpose: AUDIT) { benefit(policyYear: 2026) { outcome } } }',
      {},
      6,
    ],
    [
      'two decisions of a person',
      '{ person(idNumber: "1", purpose: AUDIT) { a: benefit(policyYear: 2026) { outcome } b: benefit(policyYear: 2025) { outcome } } }',
      {},
      11,
    ],
    ['three persons with decisions', people, { n: numbers(3) }, 1 + 3 * 6],
    ['a thousand of them', people, { n: numbers(1_000) }, 6_001],
    ['nobody', people, { n: [] }, 1],
    ['one instead of a list', people, { n: '1' }, 7],
    ['pages within pages', pages, {}, 1 + 10 * (1 + 1 + 20)],
    ['the page by default', '{ submissions { edges { node { id } } } }', {}, 21],
    ['the page by a variable', 'query Q($f: Int! = 7) { submissions(first: $f) { edges { node { id } } } }', {}, 8],
    ['… that is given', 'query Q($f: Int! = 7) { submissions(first: $f) { edges { node { id } } } }', { f: 9 }, 10],
    ['a page counted alone', '{ submissions(first: 5000) { totalCount } }', {}, 5_001],
    [
      'in fragments',
      '{ ...Q } fragment Q on Query { submissions(first: 10) { ... on SubmissionConnection { edges { ...E } } } } fragment E on SubmissionEdge { node { verdicts(first: 20) { totalCount } } }',
      {},
      1 + 10 * (1 + 1 + 20),
    ],
  ];
  it.each(cases)('counts %s', (_why, text, variables, expected) => {
    expect(cost(text, variables as Readonly<Record<string, unknown>>)).toBe(expected);
  });

  it.each([
    ['a page past all pages', '{ submissions(first: 1000000000) { totalCount } }', {}, 'COST_LIMIT'],
    [
      'pages of pages',
      '{ submissions(first: 200) { edges { node { verdicts(first: 100) { totalCount } } } } }',
      {},
      'COST_LIMIT',
    ],
    ['more persons than the graph says', people, { n: numbers(1_001) }, 'COST_LIMIT'],
    ['a page of nothing', '{ submissions(first: 0) { totalCount } }', {}, 'BAD_USER_INPUT'],
    ['a page of less', '{ submissions(first: -1) { totalCount } }', {}, 'BAD_USER_INPUT'],
  ])('refuses %s', (_why, text, variables, code) => {
    expect(() => cost(text, variables)).toThrow(code);
  });

  it('is known of every published operation, and far from the limit but for whole pages of persons', () => {
    const files = readdirSync(OPERATIONS).filter((file) => file.endsWith('.graphql'));
    const costs = files.map((file) => {
      const example = join(OPERATIONS, file.replace('.graphql', '.json'));
      const variables = readdirSync(OPERATIONS).includes(file.replace('.graphql', '.json'))
        ? (JSON.parse(readFileSync(example, 'utf8')) as Readonly<Record<string, unknown>>)
        : {};
      return [file, cost(readFileSync(join(OPERATIONS, file), 'utf8'), variables)] as const;
    });
    expect(Object.fromEntries(costs)).toMatchObject({ 'person-decision.graphql': 6, 'list-catalogue.graphql': 1 });
    for (const [file, value] of costs) expect([file, value > 0 && value <= 1_500]).toEqual([file, true]);
  });
});

describe('what costs at one time', () => {
  it('counts each client for itself, refuses what would be too much, and forgets what is over', async () => {
    const whileItCosts = costsUnderWay();
    const [first, second, third] = [0, 1, 2].map(() => Promise.withResolvers<string>());
    const running = [whileItCosts('a', 10_000, () => first!.promise), whileItCosts('a', 10_000, () => second!.promise)];
    await expect(whileItCosts('a', 1, async () => 'no')).rejects.toThrow(RequestRefused);
    await expect(whileItCosts('b', 10_000, async () => 'another')).resolves.toBe('another');
    first!.resolve('done');
    second!.reject(new Error('broken'));
    await expect(running[0]).resolves.toBe('done');
    await expect(running[1]).rejects.toThrow('broken');
    third!.resolve('again');
    await expect(whileItCosts('a', 20_000, () => third!.promise)).resolves.toBe('again');
  });
});
