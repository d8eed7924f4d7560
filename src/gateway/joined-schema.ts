import { mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  buildASTSchema,
  defaultFieldResolver,
  defaultTypeResolver,
  getNamedType,
  isAbstractType,
  isEnumType,
  isObjectType,
  isScalarType,
  Kind,
  type DocumentNode,
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import type { Subgraph } from '../subgraphs/federated-schema.ts';

type Resolver = GraphQLFieldResolver<unknown, unknown>;

/**
 * The public graph as one executable schema over subgraphs of this process: the federated join done by hand. Every field is answered by
 * the subgraph that owns it. A value that came from another subgraph is first handed over as a reference, through the owner's own
 * `_entities`, so that access is decided just as when a planner makes the join.
 */
export function joinSubgraphs(publicGraph: DocumentNode, subgraphs: readonly Subgraph[]): GraphQLSchema {
  const origins = rememberedOrigins(subgraphs, typesOfManyOrigins(subgraphs));
  const bare = buildASTSchema(publicGraph, { assumeValidSDL: true });

  return mapSchema(bare, {
    [MapperKind.SCALAR_TYPE]: (type) => subgraphs.map(({ schema }) => schema.getType(type.name)).find(isScalarType),
    [MapperKind.ENUM_VALUE]: (config, typeName, _schema, name) => {
      const own = subgraphs
        .map(({ schema }) => schema.getType(typeName))
        .find(isEnumType)
        ?.getValue(name);
      return own ? { ...config, value: own.value } : config;
    },
    [MapperKind.ABSTRACT_TYPE]: (type) => {
      type.resolveType = typeByOrigin(type, origins);
      return type;
    },
    [MapperKind.OBJECT_FIELD]: (config, fieldName, typeName) => ({
      ...config,
      resolve: resolveByOwner({ typeName, fieldName, answers: getNamedType(config.type).name }, subgraphs, origins),
      subscribe: ownersOf(typeName, fieldName, subgraphs)[0]?.subscribe,
    }),
  });
}

/**
 * The types whose values must tell which subgraph they came from: several subgraphs have them, and not all of their fields are
 * mere properties. Any other value is read alike wherever it came from, and most values are such.
 */
function typesOfManyOrigins(subgraphs: readonly Subgraph[]): ReadonlySet<string> {
  const types = subgraphs.flatMap(({ schema }) => Object.values(schema.getTypeMap()));
  const names = [...new Set(types.map(({ name }) => name))];
  return new Set(
    names.filter((name) => {
      const ofName = types.filter((type) => type.name === name);
      if (ofName.some(isAbstractType)) return true;
      const worked = ofName.filter(isObjectType).some((type) => Object.values(type.getFields()).some(isWorkedOut));
      return ofName.length > 1 && worked;
    }),
  );
}

const isWorkedOut = ({ resolve }: { readonly resolve?: Resolver }): boolean =>
  resolve !== undefined && resolve !== defaultFieldResolver;

/** Which subgraphs produced an object: each of them takes it as its own. One bit a subgraph. */
interface Origins {
  /** Must values of the type be marked? */
  matterTo(typeName: string): boolean;
  of(value: object): number;
  mark(value: unknown, origin: number): void;
  subgraphsOf(value: unknown): readonly Subgraph[];
}

function rememberedOrigins(subgraphs: readonly Subgraph[], types: ReadonlySet<string>): Origins {
  const known = new WeakMap<object, number>();
  const of = (value: object): number => known.get(value) ?? 0;
  const mark = (value: unknown, origin: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) for (const item of value) mark(item, origin);
    else known.set(value, of(value) | origin);
  };
  return {
    matterTo: (typeName) => types.has(typeName),
    of,
    mark,
    subgraphsOf: (value) => subgraphs.filter((_, index) => (of(value as object) & (1 << index)) !== 0),
  };
}

/** A subgraph that has a field, as the join sees it. */
interface Owner {
  readonly subgraph: Subgraph;
  /** Its bit among the origins. */
  readonly origin: number;
  readonly resolve: Resolver;
  /** Where the events of a subscription come from; undefined for any other field. */
  readonly subscribe: Resolver | undefined;
  /** The keys by which it knows things of the field's type. */
  readonly keys: readonly string[];
}

function ownersOf(typeName: string, fieldName: string, subgraphs: readonly Subgraph[]): Owner[] {
  return subgraphs.flatMap((subgraph, index) => {
    const type = subgraph.schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field || !isObjectType(type)) return [];
    const { resolve = defaultFieldResolver, subscribe } = field;
    return [{ subgraph, origin: 1 << index, resolve, subscribe, keys: keysOf(type) }];
  });
}

/** A field of the graph, and the type of what it answers. */
interface FieldPlace {
  readonly typeName: string;
  readonly fieldName: string;
  readonly answers: string;
}

function resolveByOwner(
  { typeName, fieldName, answers }: FieldPlace,
  subgraphs: readonly Subgraph[],
  origins: Origins,
): Resolver | undefined {
  const owners = ownersOf(typeName, fieldName, subgraphs);
  const [first] = owners;
  if (!first) return undefined;

  const answer = origins.matterTo(answers)
    ? (owner: Owner, source: unknown, ...rest: Rest): unknown => marked(owner, owner.resolve(source, ...rest), origins)
    : (owner: Owner, source: unknown, ...rest: Rest): unknown => owner.resolve(source, ...rest);
  if (!origins.matterTo(typeName)) {
    // Without a resolver of ours the executor reads the property itself.
    if (first.resolve === defaultFieldResolver && !origins.matterTo(answers)) return undefined;
    return (source, ...rest) => answer(first, source, ...rest);
  }

  return (source, ...rest) => {
    if (source === undefined || source === null) return answer(first, source, ...rest);
    const origin = origins.of(source);
    const owner = owners.find((candidate) => (origin & candidate.origin) !== 0);
    if (owner) return answer(owner, source, ...rest);
    // Where the owner knows of no such thing for this caller, neither does the answer.
    return handOver(first, typeName, source, rest).then((own) => (own === null ? null : answer(first, own, ...rest)));
  };
}

function marked({ origin }: Owner, value: unknown, origins: Origins): unknown {
  if (!isPromise(value)) {
    origins.mark(value, origin);
    return value;
  }
  return value.then((settled) => {
    origins.mark(settled, origin);
    return settled;
  });
}

type Rest = [args: Record<string, unknown>, context: unknown, info: GraphQLResolveInfo];

/**
 * References handed over in one operation, so that a thing with many fields is asked for once. On the context itself: the tables of a weak
 * map that have grown old keep what was answered until everything is collected.
 */
const HANDED_OVER = Symbol('handedOver');

interface HandingOver {
  [HANDED_OVER]?: Map<string, Promise<unknown>>;
}

function handOver(to: Owner, typeName: string, source: object, [, context, info]: Rest): Promise<unknown> {
  const reference = { __typename: typeName, ...keyOf(source, to.keys) };
  const name = `${to.subgraph.name} ${JSON.stringify(reference)}`;
  const references = ((context as HandingOver)[HANDED_OVER] ??= new Map<string, Promise<unknown>>());
  const known = references.get(name) ?? resolveReference(reference, to.subgraph, context, info);
  references.set(name, known);
  return known;
}

/** Everything that the thing says of the keys by which its new owner knows it. */
function keyOf(source: object, keys: readonly string[]): Record<string, unknown> {
  const known = source as Readonly<Record<string, unknown>>;
  return Object.fromEntries(keys.filter((key) => known[key] !== undefined).map((key) => [key, known[key]]));
}

async function resolveReference(
  reference: Readonly<Record<string, unknown>>,
  subgraph: Subgraph,
  context: unknown,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const entities = subgraph.schema.getQueryType()?.getFields()['_entities']?.resolve;
  if (!entities) throw new Error(`subgraph ${subgraph.name} resolves no references`);
  const own = { ...info, schema: subgraph.schema };
  const found = (await entities(undefined, { representations: [reference] }, context, own)) as unknown[];
  return found[0];
}

/** The fields that a type's `@key` directives name. Keys of our graph are single fields. */
function keysOf(type: GraphQLObjectType): string[] {
  const directives = type.astNode?.directives?.filter(({ name }) => name.value === 'key') ?? [];
  return directives.map((directive) => {
    const fields = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
    if (fields?.kind !== Kind.STRING || !/^\w+$/.test(fields.value)) {
      throw new Error(`${type.name}: the hand-made join takes keys of one field only`);
    }
    return fields.value;
  });
}

function typeByOrigin(type: GraphQLAbstractType, origins: Origins): NonNullable<GraphQLAbstractType['resolveType']> {
  return (value, context, info) => {
    const [owner] = origins.subgraphsOf(value);
    const own = owner?.schema.getType(type.name);
    if (!owner || !own || !isAbstractType(own)) return defaultTypeResolver(value, context, info, type);
    return (own.resolveType ?? defaultTypeResolver)(value, context, { ...info, schema: owner.schema }, own);
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
