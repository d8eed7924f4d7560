import {
  GraphQLError,
  Kind,
  parse,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';

/**
 * What a document may hold before anybody looks at what it asks. Rows of a push belong in variables, which these do not count. Every
 * limit leaves room beyond what the greatest published operation needs (222 tokens, 189 selections), and is low enough that refusing costs
 * little more than reading a person (docs/adr/0015).
 */
const QUERY_LIMITS = {
  /** Lines of the text: the library counts them anew for each place that a mistake is told at, from the first on. */
  lines: 500,
  /** Words and signs of the document. Counted while it is read, so that no size of nonsense is ever held. */
  tokens: 400,
  operations: 5,
  /** Of all operations: each is looked for by itself. */
  variables: 30,
  fragments: 20,
  /** Fields and fragments once every fragment is written out. */
  selections: 250,
  /** Levels of selection. */
  depth: 16,
  /** Fields of the root: each is a call of its own. */
  rootFields: 20,
  /** Fields under a name that is not their own. */
  aliases: 30,
  /** Fields whose name in the answer stood beside them before: each is compared with every other of that name. */
  repeats: 20,
  directives: 20,
  /** Levels of lists and objects in an argument. */
  nesting: 10,
  /** Values of arguments, in lists and objects too: a rule or two looks at each, and a list of persons belongs in variables. */
  values: 200,
} as const;

type Limit = keyof typeof QUERY_LIMITS;

/** Characters that a document may have: tokens are counted one by one, comments and strings are not. */
const LONGEST_DOCUMENT = 20_000;

/** What ends a line of a document, as the language has it. */
const LINE_ENDS = /\r\n|[\n\r]/;

/** Reads a document within the limits; refuses with `GRAPHQL_PARSE_FAILED` (naming the place only) or `DOCUMENT_TOO_COMPLEX`. */
export function parseWithinLimits(text: string): DocumentNode {
  if (text.length > LONGEST_DOCUMENT) throw new RequestRefused('DOCUMENT_TOO_COMPLEX');
  assertWithin('lines', text.split(LINE_ENDS).length);
  const document = parseDocument(text);
  measure(document);
  return document;
}

function parseDocument(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: QUERY_LIMITS.tokens });
  } catch (error) {
    // Anything else than a syntax error is a document nested deeper than the parser can go.
    const isSyntax = error instanceof GraphQLError && !error.message.includes('tokens. Parsing aborted');
    if (!isSyntax) throw new RequestRefused('DOCUMENT_TOO_COMPLEX');
    // The parser's own text quotes the word it stumbled over, which may be anything that was sent.
    throw new RequestRefused('GRAPHQL_PARSE_FAILED', [
      { zh: '查询语句有语法错误', en: 'the document has a syntax error', locations: error.locations },
    ]);
  }
}

/** Names that the answer has at a level so far, with those below each: what is asked for twice is answered, and compared, as one. */
interface Names extends Map<string, Names> {}

/** Where in the document the measure stands. */
interface Place {
  readonly depth: number;
  readonly names: Names;
  /** Fragments that are being written out here. */
  readonly within: readonly string[];
}

/**
 * Measures every operation with its fragments written out, and stops at the first limit that is passed: what doubles from fragment to
 * fragment is never written out.
 */
function measure({ definitions }: DocumentNode): void {
  const counts: Partial<Record<Limit, number>> = {};
  const count = (what: Limit): void => {
    counts[what] = (counts[what] ?? 0) + 1;
    assertWithin(what, counts[what]);
  };
  const fragments = new Map<string, FragmentDefinitionNode>();
  const written = new Set<string>();

  const selections = (set: SelectionSetNode, place: Place): void => {
    assertWithin('depth', place.depth);
    for (const node of set.selections) {
      count('selections');
      countDirectives(node.directives);
      if (node.kind === Kind.FIELD) field(node, place);
      else if (node.kind === Kind.INLINE_FRAGMENT) selections(node.selectionSet, place);
      else fragment(node.name.value, place);
    }
  };

  const field = ({ name, alias, arguments: given = [], selectionSet }: FieldNode, place: Place): void => {
    if (place.depth === 1) count('rootFields');
    if (alias) count('aliases');
    const shown = (alias ?? name).value;
    assertOrdinary(alias?.value);
    const before = place.names.get(shown);
    if (before) count('repeats');
    const names: Names = before ?? new Map();
    place.names.set(shown, names);
    for (const { value } of given) countValues(value);
    if (selectionSet) selections(selectionSet, { ...place, depth: place.depth + 1, names });
  };

  const fragment = (name: string, place: Place): void => {
    if (place.within.includes(name)) throw new RequestRefused('GRAPHQL_VALIDATION_FAILED');
    const found = fragments.get(name);
    if (!found) return;
    written.add(name);
    selections(found.selectionSet, { ...place, within: [...place.within, name] });
  };

  const countDirectives = (directives: readonly DirectiveNode[] = []): void => {
    for (const { arguments: given = [] } of directives) {
      count('directives');
      for (const { value } of given) countValues(value);
    }
  };

  const countValues = (value: ValueNode, depth = 0): void => {
    assertWithin('nesting', depth);
    count('values');
    if (value.kind === Kind.LIST) for (const item of value.values) countValues(item, depth + 1);
    if (value.kind === Kind.OBJECT) for (const item of value.fields) countValues(item.value, depth + 1);
  };

  for (const node of definitions) {
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue;
    count('fragments');
    countDirectives(node.directives);
    fragments.set(node.name.value, node);
  }
  for (const node of definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    count('operations');
    countDirectives(node.directives);
    for (const { directives, defaultValue, variable } of node.variableDefinitions ?? []) {
      count('variables');
      assertOrdinary(variable.name.value);
      countDirectives(directives);
      if (defaultValue) countValues(defaultValue);
    }
    selections(node.selectionSet, { depth: 1, names: new Map(), within: [] });
  }
  // A fragment that nothing spreads is still validated.
  for (const name of fragments.keys()) {
    if (!written.has(name)) fragment(name, { depth: 1, names: new Map(), within: [] });
  }
}

function assertWithin(what: Limit, size: number): void {
  const limit = QUERY_LIMITS[what];
  if (size <= limit) return;
  throw new RequestRefused('DOCUMENT_TOO_COMPLEX', [
    { zh: `查询语句过于复杂（${what} 上限 ${limit}）`, en: `the document is too complex (limit of ${what}: ${limit})` },
  ]);
}

/** Names that begin with two underscores are the language's own; as a key of an answer `__proto__` is more than a name. */
function assertOrdinary(name: string | undefined): void {
  if (name?.startsWith('__')) throw new RequestRefused('GRAPHQL_VALIDATION_FAILED');
}
