import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  valueFromASTUntyped,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestRefused } from './error-answer.ts';

/** What one request may bring: things on pages, pages within pages multiplied, and what is dear about each of them. */
const MOST_COST = 10_000;

type Variables = Readonly<Record<string, unknown>>;

/** What an operation costs with these variables. Refuses with `COST_LIMIT` beyond the limit, with `BAD_USER_INPUT` a page of no size. */
export type CostOf = (variables: Variables) => number;

/** What the graph says of a field's cost: `@cost` and `@listSize` (IBM's GraphQL Cost Directives, as Apollo Federation 2.9 has them). */
interface FieldCost {
  readonly weight: number;
  /** The arguments that give the size of the page. */
  readonly slicing: readonly string[];
  /** The fields that hold the page; empty where the field itself does. */
  readonly sized: readonly string[];
  /** Most that a list without pages can hold. */
  readonly assumed: number | undefined;
}

/** Reads a count off the variables. */
type Count = (variables: Variables) => number;

/** Makes what tells the cost of operations, each of them looked through once. */
export function costCounter(schema: GraphQLSchema, subgraphs: readonly { readonly sdl: string }[]) {
  const costs = fieldCosts(subgraphs);
  return (document: DocumentNode, operation: OperationDefinitionNode): CostOf => {
    const root = schema.getRootType(operation.operation);
    const count = root ? costOfSelections(operation.selectionSet, root, { schema, costs, document, operation }) : ONE;
    return (variables) => {
      const cost = count(variables);
      if (cost > MOST_COST) throw new RequestRefused('COST_LIMIT');
      return cost;
    };
  };
}

interface Looked {
  readonly schema: GraphQLSchema;
  readonly costs: ReadonlyMap<string, FieldCost>;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

const ONE: Count = () => 1;

function costOfSelections(set: SelectionSetNode, type: GraphQLCompositeType, looked: Looked): Count {
  return sumOf(fieldsOf(set, type, looked).map(([field, on]) => costOfField(field, on, looked)));
}

/** The fields of a selection with the types they are asked of, fragments written out. The document has been measured before. */
function fieldsOf(
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  looked: Looked,
): readonly (readonly [FieldNode, GraphQLCompositeType])[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [[node, type] as const];
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragmentOf(node.name.value, looked.document);
    if (!inner) return [];
    const on = inner.typeCondition ? looked.schema.getType(inner.typeCondition.name.value) : type;
    return isCompositeType(on) ? fieldsOf(inner.selectionSet, on, looked) : [];
  });
}

function fragmentOf(name: string, { definitions }: DocumentNode): FragmentDefinitionNode | undefined {
  return definitions.find((node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name) as
    FragmentDefinitionNode | undefined;
}

function costOfField(node: FieldNode, on: GraphQLCompositeType, looked: Looked): Count {
  const { schema, costs } = looked;
  const field = 'getFields' in on ? on.getFields()[node.name.value] : undefined;
  const type = field && getNamedType(field.type);
  if (!field || !type) return NOTHING;
  const cost = costs.get(`${on.name}.${field.name}`);
  const isRoot = on === schema.getRootType(looked.operation.operation);
  const own = cost?.weight ?? (isRoot ? 1 : 0);
  const size = cost && sizeOf(node, field, cost, looked);
  if (!isCompositeType(type) || !node.selectionSet) return size ?? constant(own);
  if (!size) return sumOf([constant(own), costOfSelections(node.selectionSet, type, looked)]);
  const inner = fieldsOf(node.selectionSet, type, looked).map(
    ([one, inside]) => [one.name.value, costOfField(one, inside, looked)] as const,
  );
  const isOfEach = (name: string): boolean => cost.sized.length === 0 || cost.sized.includes(name);
  const each = sumOf([ONE, ...inner.flatMap(([name, count]) => (isOfEach(name) ? [count] : []))]);
  const once = sumOf([constant(own), ...inner.flatMap(([name, count]) => (isOfEach(name) ? [] : [count]))]);
  return (variables) => once(variables) + size(variables) * each(variables);
}

/** How many things a field can bring; undefined for one of which the graph says nothing. */
function sizeOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  cost: FieldCost,
  looked: Looked,
): Count | undefined {
  const sizes = cost.slicing.map((name) => pageSize(argumentOf(node, field, name, looked)));
  if (sizes.length > 0) return (variables) => Math.max(...sizes.map((size) => size(variables)));
  const { assumed } = cost;
  if (assumed === undefined) return undefined;
  // One thing for each that is asked for, where they are asked for by name.
  const names = field.args.find(({ type }) => isListType(isNonNullType(type) ? type.ofType : type))?.name;
  if (names === undefined) return constant(assumed);
  const asked = argumentOf(node, field, names, looked);
  return (variables) => {
    const value = asked(variables);
    if (!Array.isArray(value)) return 1;
    if (value.length > assumed) throw new RequestRefused('COST_LIMIT');
    return value.length;
  };
}

function pageSize(argument: (variables: Variables) => unknown): Count {
  return (variables) => {
    const size = argument(variables);
    // What is no number at all is told as what does not fit its type.
    if (typeof size !== 'number') return 1;
    if (size >= 1) return size;
    throw new RequestRefused('BAD_USER_INPUT', [{ zh: '每页条数至少为 1', en: 'a page holds at least one item' }]);
  };
}

/** What an argument is given: in the document, by a variable, or by a default of either. */
function argumentOf(
  { arguments: given = [] }: FieldNode,
  field: GraphQLField<unknown, unknown>,
  name: string,
  { operation }: Looked,
): (variables: Variables) => unknown {
  const byDefault: unknown = field.args.find((argument) => argument.name === name)?.defaultValue;
  const value = given.find((argument) => argument.name.value === name)?.value;
  if (!value) return () => byDefault;
  const defaults = Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );
  return (variables) => {
    const told = valueFromASTUntyped(value, { __proto__: null, ...defaults, ...variables });
    return told === undefined ? byDefault : told;
  };
}

const NOTHING: Count = () => 0;
const constants = new WeakMap<Count, number>([
  [NOTHING, 0],
  [ONE, 1],
]);

function constant(value: number): Count {
  if (value === 0) return NOTHING;
  const count: Count = () => value;
  constants.set(count, value);
  return count;
}

/** Adds up, once for all where nothing depends on the variables: most fields cost nothing. */
function sumOf(counts: readonly Count[]): Count {
  const fixed = counts.reduce((sum, count) => sum + (constants.get(count) ?? 0), 0);
  const varying = counts.filter((count) => !constants.has(count));
  if (varying.length === 0) return constant(fixed);
  return (variables) => varying.reduce((sum, count) => sum + count(variables), fixed);
}

function fieldCosts(subgraphs: readonly { readonly sdl: string }[]): ReadonlyMap<string, FieldCost> {
  const costs = new Map<string, FieldCost>();
  for (const { sdl } of subgraphs) {
    visit(parse(sdl), {
      ObjectTypeDefinition: ({ name: type, fields = [] }) => {
        for (const { name, directives } of fields) {
          const cost = fieldCost(directives ?? []);
          if (cost) costs.set(`${type.value}.${name.value}`, cost);
        }
      },
    });
  }
  return costs;
}

function fieldCost(directives: readonly ConstDirectiveNode[]): FieldCost | undefined {
  const [cost, list] = ['cost', 'listSize'].map((name) => directives.find((one) => one.name.value === name));
  if (!cost && !list) return undefined;
  const told = (directive: ConstDirectiveNode | undefined): Readonly<Record<string, unknown>> =>
    Object.fromEntries((directive?.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
  const { slicingArguments = [], sizedFields = [], assumedSize } = told(list);
  return {
    weight: Number(told(cost)['weight'] ?? 1),
    slicing: slicingArguments as readonly string[],
    sized: sizedFields as readonly string[],
    assumed: assumedSize as number | undefined,
  };
}
