import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FormattedExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type SelectionSetNode,
} from 'graphql';
import { keyAlias, keysOf, type AskedOfSubgraph, type Reference } from './subgraph-question.ts';

const MOST_ERRORS = 100;
const LONGEST_MESSAGE = 500;
const LONGEST_PATH = 40;
/** Lists within lists; the graph has none within another. */
const DEEPEST_LIST = 3;
const CODE = /^[A-Z][A-Z_]{0,63}$/;

/** What may be answered under each name; `null` for a plain value. */
type Shape = Map<string, Shape | null>;

class NotAsAsked extends Error {}

/**
 * Reads the answer of a subgraph elsewhere: of all that it holds only what was asked is taken over, into objects of the gateway's own.
 * Tells instead what is wrong with it: it has another form than what was asked, or is about other things.
 */
export function readSubgraphAnswer(
  asked: AskedOfSubgraph,
  answer: unknown,
): FormattedExecutionResult | 'NOT_AS_ASKED' | 'OTHER_KEYS' {
  try {
    const told = asObject(answer);
    const errors = readErrors(told['errors']);
    if (told['data'] === undefined && errors.length === 0) return 'NOT_AS_ASKED';
    const data = asObject(taken(told['data'] ?? null, shapeOf(asked.document, asked.operationName), 0) ?? {});
    for (const [name, references] of asked.references) {
      if (!isAbout(data[name] ?? null, references)) return 'OTHER_KEYS';
    }
    const some = Object.keys(data).length > 0;
    return { ...(errors.length > 0 ? { errors } : {}), data: some ? data : null };
  } catch (error) {
    if (error instanceof NotAsAsked) return 'NOT_AS_ASKED';
    throw error;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAsAsked();
  return value as Readonly<Record<string, unknown>>;
}

/** What was asked of a value, and nothing else. A member that is missing stays missing: that is for the planner to judge. */
function taken(value: unknown, shape: Shape | null, depth: number): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    if (depth === DEEPEST_LIST) throw new NotAsAsked();
    return value.map((item) => taken(item, shape, depth + 1));
  }
  if (shape === null) {
    if (typeof value === 'object') throw new NotAsAsked();
    return value;
  }
  const told = asObject(value);
  const names = [...shape].filter(([name]) => Object.hasOwn(told, name));
  return Object.fromEntries(names.map(([name, inner]) => [name, taken(told[name], inner, 0)]));
}

/** Is the answer about just the things referred to, each in its place? One that the subgraph knows nothing of is null. */
function isAbout(answered: unknown, references: readonly Reference[]): boolean {
  if (answered === null) return true;
  if (!Array.isArray(answered) || answered.length !== references.length) return false;
  return references.every((reference, index) => {
    const found = answered[index] as Readonly<Record<string, unknown>> | null;
    return found === null || keysOf(reference).every((key) => found[keyAlias(key)] === reference[key]);
  });
}

function readErrors(told: unknown): GraphQLFormattedError[] {
  if (told === undefined) return [];
  if (!Array.isArray(told)) throw new NotAsAsked();
  return told.slice(0, MOST_ERRORS).map(readError);
}

function readError(told: unknown): GraphQLFormattedError {
  const { message, path, extensions } = asObject(told);
  const { code } = asObject(extensions ?? {});
  const isPath = Array.isArray(path) && path.length <= LONGEST_PATH && path.every(isStep);
  return {
    message: String(message).slice(0, LONGEST_MESSAGE),
    ...(isPath ? { path: path as (string | number)[] } : {}),
    extensions: { code: typeof code === 'string' && CODE.test(code) ? code : 'INTERNAL_SERVER_ERROR' },
  };
}

const isStep = (step: unknown): boolean =>
  Number.isSafeInteger(step) || (typeof step === 'string' && /^\w{1,100}$/.test(step));

const shapes = new WeakMap<DocumentNode, Shape>();

function shapeOf(document: DocumentNode, operationName: string | undefined): Shape {
  const known = shapes.get(document);
  if (known) return known;
  const operation = getOperationAST(document, operationName);
  const fragments = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const shape: Shape = new Map();
  if (operation) addSelections(shape, operation.selectionSet, fragments);
  shapes.set(document, shape);
  return shape;
}

// Whichever type a value has: what is asked of any of its types may be answered.
function addSelections(
  shape: Shape,
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  for (const node of selections) {
    if (node.kind === Kind.FIELD) {
      const name = (node.alias ?? node.name).value;
      const inner: Shape | null = node.selectionSet ? (shape.get(name) ?? new Map()) : null;
      if (inner && node.selectionSet) addSelections(inner, node.selectionSet, fragments);
      shape.set(name, inner);
      continue;
    }
    const set = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
    if (set) addSelections(shape, set.selectionSet, fragments);
  }
}
