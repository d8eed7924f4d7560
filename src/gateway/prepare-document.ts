import {
  GraphQLError,
  Kind,
  specifiedRules,
  validate,
  ValuesOfCorrectTypeRule,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';
import { sha256Of, type PublishedOperation, type PublishedOperations } from './published-operations.ts';
import type { CostOf } from './query-cost.ts';
import { parseWithinLimits } from './query-limits.ts';

/** Characters of the documents that are remembered: their trees take 80 to 250 bytes for each. */
const REMEMBERED_CHARACTERS = 100_000;
/** Problems told of one document: looking for more would cost more than a read. */
const MOST_PROBLEMS = 5;

/** A document that has been read, measured and validated, and may be executed. */
export interface PreparedDocument {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly published: PublishedOperation | undefined;
  /** What it costs with given variables. */
  readonly costOf: CostOf;
  /** Does it ask about the schema: nothing else, besides other things, or not at all? */
  readonly introspection: 'only' | 'mixed' | 'none';
}

/** What a client named: a document, a published one by name or hash, and which operation of it. */
export interface DocumentChoice {
  readonly query: string | undefined;
  readonly documentId: string | undefined;
  /** The SHA-256 that the client says its document has, in lower-case hex. */
  readonly sha256: string | undefined;
  readonly operationName: string | undefined;
}

/** A document of a client's own, with those of its operations that have been asked for. */
interface RememberedDocument {
  readonly document: DocumentNode;
  readonly prepared: Map<OperationDefinitionNode, PreparedDocument>;
}

/** What documents are prepared with. */
export interface DocumentGround {
  readonly schema: GraphQLSchema;
  readonly published: PublishedOperations;
  costOf(document: DocumentNode, operation: OperationDefinitionNode): CostOf;
}

/** Prepares documents, and remembers them. */
export interface DocumentPreparer {
  /**
   * Refuses with a `RequestRefused` what may not be executed. `mayAskFreely` tells whether the client may send documents of its own, and
   * with them questions about the schema; without it nothing but a published operation is even read.
   */
  prepare(choice: DocumentChoice, mayAskFreely: boolean): PreparedDocument;
  /** Of what nobody refuses: the next time it need not be read and validated. What was remembered first is forgotten first. */
  remember(prepared: PreparedDocument): void;
}

/** Makes what prepares documents for a graph. */
export function documentPreparer({ schema, published, costOf }: DocumentGround): DocumentPreparer {
  const about = (text: string, document: DocumentNode, operation: OperationDefinitionNode) => ({
    ...{ text, document, operation, introspection: introspectionOf(document, operation) },
    costOf: costOf(document, operation),
  });
  const publishedOnes = new Map(
    published.all.map((one): [string, PreparedDocument] => [
      one.name,
      { ...about(one.text, one.document, one.operation), published: one },
    ]),
  );
  const words = wordsOf(schema);
  // Not in a weak map by the document: once its table has grown old, it keeps what was refused until everything is collected.
  const documents = new Map<string, RememberedDocument>();

  const read = (text: string): DocumentNode => {
    const document = parseWithinLimits(text);
    assertValid(schema, words, document);
    return document;
  };
  const forgetOldest = (): void => {
    let characters = [...documents.keys()].reduce((sum, text) => sum + text.length, 0);
    for (const text of documents.keys()) {
      if (characters <= REMEMBERED_CHARACTERS) return;
      documents.delete(text);
      characters -= text.length;
    }
  };
  const own = (text: string, operationName: string | undefined): PreparedDocument => {
    const known = documents.get(text);
    const document = known?.document ?? read(text);
    const operation = operationOf(document, operationName);
    return known?.prepared.get(operation) ?? { ...about(text, document, operation), published: undefined };
  };
  const findPublished = ({ query, documentId, sha256 }: DocumentChoice): PublishedOperation | undefined => {
    if (query === undefined) return published.find(documentId ?? sha256 ?? '');
    if (sha256 !== undefined && sha256 !== sha256Of(query)) throw new RequestRefused('BAD_USER_INPUT');
    return published.findText(query) ?? (documents.has(query) ? undefined : published.findSame(query));
  };

  return {
    prepare: (choice, mayAskFreely) => {
      const known = findPublished(choice);
      if (known) return publishedOnes.get(known.name)!;
      const { query, operationName } = choice;
      // Nothing that a client sends is ever kept under a hash for later: what is not published is not there.
      if (query === undefined || !mayAskFreely) throw new RequestRefused('UNKNOWN_DOCUMENT');
      return own(query, operationName);
    },
    remember: (prepared) => {
      const { text, document, operation, published: isPublished } = prepared;
      if (isPublished) return;
      const known = documents.get(text);
      // Of the same text read twice the first tree is kept: the other would be kept beside it, and nobody would look for it.
      if (known?.document === document) known.prepared.set(operation, prepared);
      if (known) return;
      documents.set(text, { document, prepared: new Map([[operation, prepared]]) });
      forgetOldest();
    },
  };
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

const MISFIT = 'a value does not fit its type';

/** The one rule that quotes the value it finds: what it finds is told by its place. */
const valuesOfCorrectType: ValidationRule = (context) => ValuesOfCorrectTypeRule(new Proxy(context, TELLING_PLACES));

// Not an object made on the context: V8 gives each prototype a map of its own, which keeps the document until everything is collected.
const TELLING_PLACES: ProxyHandler<ValidationContext> = {
  get: (context, name) =>
    name === 'reportError'
      ? ({ nodes }: GraphQLError) => context.reportError(new GraphQLError(MISFIT, { nodes }))
      : (Reflect.get(context, name) as unknown),
};

const RULES = specifiedRules.map((rule) => (rule === ValuesOfCorrectTypeRule ? valuesOfCorrectType : rule));

function assertValid(schema: GraphQLSchema, words: ReadonlySet<string>, document: DocumentNode): void {
  const problems = validate(schema, document, RULES, { maxErrors: MOST_PROBLEMS, hideSuggestions: true });
  if (problems.length === 0) return;
  throw new RequestRefused(
    'GRAPHQL_VALIDATION_FAILED',
    problems.map(({ message, locations }) =>
      message === MISFIT
        ? { zh: '值不符合类型', en: MISFIT, locations }
        : { zh: '查询语句与接口定义不符', en: inOurWords(message, words), locations },
    ),
  );
}

/** All names of the schema. */
function wordsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const types = Object.values(schema.getTypeMap());
  const fields = types.flatMap((type) => ('getFields' in type ? Object.values(type.getFields()) : []));
  const given = [...fields, ...schema.getDirectives()].flatMap((one) => ('args' in one ? one.args : []));
  return new Set([...types, ...fields, ...given, ...schema.getDirectives()].map(({ name }) => name));
}

/** What a rule found, quoting words of the schema alone: any other is the sender's, and may be an id number used as a name. */
function inOurWords(message: string, words: ReadonlySet<string>): string {
  return message.replace(/"([^"]*)"/g, (quoted, text: string) =>
    text.split(/[.[\]!@]/).every((word) => word === '' || words.has(word)) ? quoted : '"…"',
  );
}
