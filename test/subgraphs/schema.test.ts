import 'reflect-metadata';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  valueFromASTUntyped,
  visit,
  type ASTNode,
  type DirectiveNode,
  type FieldDefinitionNode,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type StringValueNode,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ColumnKind } from '../../src/domain/intake/list-definition.ts';
import { LISTS, type ListName } from '../../src/domain/intake/words.ts';
import { schemaFiles } from '../../src/gateway/schema-files.ts';
import { allLists, getList } from '../../src/lists/registry.ts';
import { hubSubgraphs } from '../../src/subgraphs/all.ts';
import type { Subgraph } from '../../src/subgraphs/federated-schema.ts';

let subgraphs: readonly Subgraph[];
beforeAll(async () => {
  subgraphs = await hubSubgraphs();
});

test('schema/ holds the graph as it is now (npm run schema renews it)', async () => {
  const files = await schemaFiles(await readFile(join('schema', 'owners.yaml'), 'utf8'));
  expect((await readdir('schema')).toSorted()).toEqual([...files.keys()].toSorted());
  for (const [name, sdl] of files) {
    const isFresh = (await readFile(join('schema', name), 'utf8')) === sdl;
    expect(isFresh, `schema/${name} is stale: run npm run schema`).toBe(true);
  }
});

test('the graph has the subgraphs of the design, and all speak of persons by id', () => {
  expect(subgraphs.map(({ name }) => name).toSorted()).toEqual(
    ['disability', 'education', 'exchange', 'hardship', 'insurance', 'registry', 'tax', 'vital'].toSorted(),
  );
  for (const subgraph of subgraphs) {
    expect(subgraph.sdl, subgraph.name).toMatch(/type Person @key\(fields: "id"/);
  }
});

const DESCRIBED: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
]);

test('every type, field, argument, input field and enum value says what it is', () => {
  const silent: string[] = [];
  for (const { name, sdl } of subgraphs) {
    const path: string[] = [name];
    visit(parse(sdl), {
      enter(node: ASTNode) {
        if (!('name' in node) || !DESCRIBED.has(node.kind)) return;
        path.push(node.name?.value ?? '');
        const { description } = node as { description?: StringValueNode };
        if (!description?.value.trim()) silent.push(path.join('.'));
      },
      leave(node: ASTNode) {
        if (DESCRIBED.has(node.kind)) path.pop();
      },
    });
  }
  expect(silent).toEqual([]);
});

interface RootField {
  readonly of: 'Query' | 'Mutation' | 'Subscription';
  readonly field: FieldDefinitionNode;
}

const rootFields = (): RootField[] =>
  subgraphs.flatMap(({ sdl }) =>
    parse(sdl).definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION && ['Query', 'Mutation', 'Subscription'].includes(node.name.value)
        ? (node.fields ?? []).map((field): RootField => ({ of: node.name.value as RootField['of'], field }))
        : [],
    ),
  );

const scopesOf = (directive: DirectiveNode | undefined): unknown =>
  directive?.arguments?.[0] && valueFromASTUntyped(directive.arguments[0].value);

const ruleOf = ({ field }: RootField): unknown => {
  const named = (name: string): DirectiveNode | undefined => field.directives?.find((one) => one.name.value === name);
  return scopesOf(named('requiresScopes')) ?? (named('authenticated') ? 'any token' : 'NONE');
};

test('every root field says which token it takes', () => {
  const rules = Object.fromEntries(rootFields().map((root) => [root.field.name.value, ruleOf(root)]));
  const push = (list: ListName): string[][] => [[`list:${list}:push`]];
  const anyPush = (Object.keys(LISTS) as ListName[]).flatMap(push);
  expect(rules).toEqual({
    submission: [['submission:read']],
    submissions: [['submission:read']],
    submissionProgress: [['submission:read']],
    withdrawSubmission: anyPush,
    redriveSubmission: anyPush,
    releaseSubmission: [['submission:release']],
    populationSummary: [['benefit:read']],
    changes: [['change:read']],
    comparePacks: [['benefit:read']],
    packComparison: [['benefit:read']],
    lists: 'any token',
    person: [['person:read']],
    people: [['person:read']],
    searchPeople: [['person:read', 'person:search']],
    household: [['person:read']],
    whoLooked: [['person:read', 'audit:read']],
    emergencies: [['person:read', 'person:emergency']],
    requestEmergency: [['person:read', 'person:emergency']],
    approveEmergency: [['person:read', 'person:emergency']],
    endEmergency: [['person:read', 'person:emergency']],
    policyPack: 'any token',
    policyPacks: 'any token',
    reviewTasks: [['review:read']],
    reviewTask: [['review:read']],
    settleReview: [['review:read', 'review:settle']],
    confirmReview: [['review:read', 'review:settle']],
    undoSettlement: [['review:read', 'review:settle']],
    corrections: [['review:read']],
    requestCorrection: [['review:read', 'person:read']],
    answerCorrection: [['review:read']],
    pushDeaths: push('deaths'),
    pushBirths: push('births'),
    pushRegistrations: push('registrations'),
    pushHardship: push('hardship'),
    pushDisability: push('disability'),
    pushStudents: push('students'),
    pushEnrolments: push('enrolments'),
    pushPayments: push('payments'),
    pushRefundApplications: push('refund-applications'),
    pushLifeEvents: push('life-events'),
    pushMigrantWorkers: push('migrant-workers'),
    pushResidents: push('residents'),
  });
});

/** `refund-applications` is pushed by `pushRefundApplications`. */
const mutationOf = (list: ListName): string =>
  `push${list.replaceAll(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase())}`;

function rowInputOf(list: ListName): GraphQLInputObjectType {
  const homes = subgraphs.filter(({ schema }) => schema.getMutationType()?.getFields()[mutationOf(list)]);
  expect(homes, `home of ${list}`).toHaveLength(1);
  const input = homes[0]?.schema.getMutationType()?.getFields()[mutationOf(list)]?.args[0]?.type;
  const push = input && getNamedType(input);
  const rows = isInputObjectType(push) ? push.getFields()['rows'] : undefined;
  const row = rows && getNamedType(rows.type);
  if (!isInputObjectType(row)) throw new Error(`${list} has no typed rows`);
  return row;
}

const SCALARS: Readonly<Record<Exclude<ColumnKind['kind'], 'word'>, string>> = {
  text: 'String',
  'region-code': 'String',
  'id-number': 'RowIdNumber',
  day: 'RowDay',
  money: 'RowMoney',
  'whole-number': 'Int',
  'yes-no': 'Boolean',
};

/** What the graph takes in a cell: a scalar's name, or the words of an enum. */
function cellOf(type: GraphQLInputType): string | string[] {
  // A cell that may not be null would cost the whole push where it is missing, not its row.
  expect(isNonNullType(type) || isListType(type)).toBe(false);
  const named = getNamedType(type);
  return isEnumType(named) ? named.getValues().map(({ name }) => name) : named.name;
}

describe('the rows of a push have the columns of their list', () => {
  test('and every list has a push', () => {
    expect(
      allLists()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(Object.keys(LISTS).toSorted());
  });

  test.each(Object.keys(LISTS) as ListName[])('%s', (list) => {
    const fields = Object.values(rowInputOf(list).getFields());
    const cells = Object.fromEntries(fields.map(({ name, type }) => [name, cellOf(type)]));
    const columns = getList(list).columns.map(({ name, holds }) => [
      name,
      holds.kind === 'word' ? Object.keys(holds.words) : SCALARS[holds.kind],
    ]);
    expect(cells).toEqual(Object.fromEntries(columns));
  });
});
