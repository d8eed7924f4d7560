import {
  Kind,
  specifiedRules,
  validate,
  ValuesOfCorrectTypeRule,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';
import type { PublishedOperation, PublishedOperations } from './published-operations.ts';
import { parseWithinLimits } from './query-limits.ts';

/** Documents remembered once read and validated. */
const REMEMBERED_DOCUMENTS = 300;
/** Problems told of one document. */
const MOST_PROBLEMS = 10;

/** A document that has been read, measured and validated, and may be executed. */
export interface PreparedDocument {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly published: PublishedOperation | undefined;
  /** Does it ask about the schema: nothing else, besides other things, or not at all? */
  readonly introspection: 'only' | 'mixed' | 'none';
}

/** What a client named: a document, a published one, and which operation of it. */
export interface DocumentChoice {
  readonly query: string | undefined;
  readonly documentId: string | undefined;
  readonly operationName: string | undefined;
}

/** Prepares documents, each text once. Refuses with a `RequestRefused` what may not be executed. */
export function documentPreparer(schema: GraphQLSchema, published: PublishedOperations) {
  const documents = new Map<string, DocumentNode>();
  const ready = new Map(published.all.map((operation) => [operation.text, prepared(operation.text, operation)]));

  const read = (text: string): DocumentNode => {
    const known = documents.get(text);
    if (known) return known;
    const document = parseWithinLimits(text);
    assertValid(schema, document);
    if (documents.size >= REMEMBERED_DOCUMENTS) documents.delete(documents.keys().next().value!);
    documents.set(text, document);
    return document;
  };

  return ({ query, documentId, operationName }: DocumentChoice): PreparedDocument => {
    if (query === undefined) {
      const operation = published.find(documentId ?? '');
      if (!operation) throw new RequestRefused('UNKNOWN_DOCUMENT');
      return ready.get(operation.text)!;
    }
    const known = ready.get(query);
    if (known) return known;
    const document = read(query);
    const same = published.findSame(document);
    if (same) return ready.get(same.text)!;
    return { text: query, document, ...about(document, operationOf(document, operationName)), published: undefined };
  };
}

function prepared(text: string, published: PublishedOperation): PreparedDocument {
  const { document, operation } = published;
  return { text, document, ...about(document, operation), published };
}

function about(document: DocumentNode, operation: OperationDefinitionNode) {
  return { operation, introspection: introspectionOf(document, operation) };
}

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const chosen = name === undefined ? operations : operations.filter((node) => node.name?.value === name);
  if (chosen.length === 1) return chosen[0]!;
  throw new RequestRefused('BAD_USER_INPUT', [
    { zh: '应以 operationName 指明要执行的操作', en: 'operationName must name one operation of the document' },
  ]);
}

function introspectionOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PreparedDocument['introspection'] {
  const roots = new Set(rootFields(document, operation.selectionSet));
  const asked = ['__schema', '__type'].filter((name) => roots.delete(name));
  if (asked.length === 0) return 'none';
  roots.delete('__typename');
  return roots.size === 0 ? 'only' : 'mixed';
}

function rootFields(document: DocumentNode, set: SelectionSetNode): string[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node.name.value];
    if (node.kind === Kind.INLINE_FRAGMENT) return rootFields(document, node.selectionSet);
    const fragment = document.definitions.find(
      (found) => found.kind === Kind.FRAGMENT_DEFINITION && found.name.value === node.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? rootFields(document, fragment.selectionSet) : [];
  });
}

const rulesWithoutValues = specifiedRules.filter((rule) => rule !== ValuesOfCorrectTypeRule);

/** This one rule quotes the value it finds; its finding is told without it. All others name words of the schema or the document. */
function assertValid(schema: GraphQLSchema, document: DocumentNode): void {
  const options = { maxErrors: MOST_PROBLEMS };
  const problems = [
    ...validate(schema, document, rulesWithoutValues, options).map((error) => ({
      zh: '查询语句与接口定义不符',
      en: withoutSuggestions(error.message),
      locations: error.locations,
    })),
    ...validate(schema, document, [ValuesOfCorrectTypeRule], options).map((error) => ({
      zh: '值不符合类型',
      en: 'a value does not fit its type',
      locations: error.locations,
    })),
  ];
  if (problems.length > 0) throw new RequestRefused('GRAPHQL_VALIDATION_FAILED', problems);
}

/** "Did you mean" would tell the schema to who may not read it. */
function withoutSuggestions(message: GraphQLError['message']): string {
  return message.replace(/ Did you mean.*$/s, '');
}
