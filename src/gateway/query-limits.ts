import {
  GraphQLError,
  Kind,
  parse,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';

/** What a document may cost before anybody looks at what it asks. Rows of a push belong in variables, which these do not count. */
const QUERY_LIMITS = {
  /** Words and signs of the document. Counted while it is read, so that no size of nonsense is ever held. */
  tokens: 6_000,
  /** Levels of selection. */
  depth: 20,
  /** Fields once every fragment is written out. */
  fields: 2_000,
  /** Fields of the root: each is a call of its own. */
  rootFields: 20,
  /** Fields under a name that is not their own. */
  aliases: 60,
} as const;

/** Characters that a document may have: tokens are counted one by one, comments and strings are not. */
const LONGEST_DOCUMENT = 200_000;

/** Reads a document within the limits; refuses with `GRAPHQL_PARSE_FAILED` (naming the place only) or `DOCUMENT_TOO_COMPLEX`. */
export function parseWithinLimits(text: string): DocumentNode {
  if (text.length > LONGEST_DOCUMENT) throw new RequestRefused('DOCUMENT_TOO_COMPLEX');
  const document = parseDocument(text);
  const size = measure(document);
  const over = (Object.keys(size) as (keyof Size)[]).filter((what) => size[what] > QUERY_LIMITS[what]);
  if (over.length > 0) {
    throw new RequestRefused(
      'DOCUMENT_TOO_COMPLEX',
      over.map((what) => ({
        zh: `查询语句过于复杂（${what} 上限 ${QUERY_LIMITS[what]}）`,
        en: `the document is too complex (limit of ${what}: ${QUERY_LIMITS[what]})`,
      })),
    );
  }
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

interface Size {
  depth: number;
  fields: number;
  rootFields: number;
  aliases: number;
}

/** Measures every operation with its fragments written out. Each fragment is measured once, so that doubling ones cost nothing. */
function measure(document: DocumentNode): Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, Size>();

  const ofSelections = (set: SelectionSetNode | undefined): Size => {
    const total: Size = { depth: 0, fields: 0, rootFields: 0, aliases: 0 };
    for (const node of set?.selections ?? []) {
      if (node.kind === Kind.FIELD) {
        const inner = ofSelections(node.selectionSet);
        total.depth = Math.max(total.depth, inner.depth + 1);
        total.fields += inner.fields + 1;
        total.rootFields += 1;
        total.aliases += inner.aliases + (node.alias ? 1 : 0);
      } else {
        add(total, node.kind === Kind.INLINE_FRAGMENT ? ofSelections(node.selectionSet) : ofFragment(node.name.value));
      }
    }
    return total;
  };

  const ofFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known) return known;
    // Held while it is being measured: a fragment that contains itself adds nothing here, and validation refuses it.
    measured.set(name, { depth: 0, fields: 0, rootFields: 0, aliases: 0 });
    const size = ofSelections(fragments.get(name)?.selectionSet);
    measured.set(name, size);
    return size;
  };

  const whole: Size = { depth: 0, fields: 0, rootFields: 0, aliases: 0 };
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) add(whole, ofSelections(node.selectionSet));
    // A fragment that nothing spreads is still validated.
    if (node.kind === Kind.FRAGMENT_DEFINITION)
      whole.fields = Math.max(whole.fields, ofFragment(node.name.value).fields);
  }
  return whole;
}

function add(total: Size, part: Size): void {
  total.depth = Math.max(total.depth, part.depth);
  total.fields += part.fields;
  total.rootFields += part.rootFields;
  total.aliases += part.aliases;
}
