import { GraphQLError, isObjectType, Kind, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { HubContext } from './context.ts';

/** References that one question may make; more than any page of anything holds. */
const MOST_REFERENCES = 1_000;

/** Resolves a reference that another subgraph made, given its key fields; null where there is no such thing for this caller. */
export type ReferenceResolver = (reference: Readonly<Record<string, unknown>>, context: HubContext) => unknown;

/** How references are resolved, by type name. */
export type ReferenceResolvers = Readonly<Record<string, ReferenceResolver>>;

const refusal = (zh: string, en: string, http?: { readonly status: number }): GraphQLError =>
  new GraphQLError(`${zh} / ${en}`, { extensions: { code: 'BAD_USER_INPUT', ...(http ? { http } : {}) } });

/**
 * Makes `_entities` answer just what this subgraph resolves. The library's own hands a reference back as it came where a type has no
 * resolver, with whatever was written into it, and lets everything through to those that have one: here only the keys that the type
 * declares get through, each reference is decided for itself, and one that is none is null beside an error that repeats nothing of it.
 */
export function resolveReferencesBy(schema: GraphQLSchema, resolvers: ReferenceResolvers): void {
  const entities = schema.getQueryType()?.getFields()['_entities'];
  if (!entities) return;
  const keys = new Map(Object.keys(resolvers).map((type) => [type, keysOf(schema, type)]));

  const resolveOne = async (told: unknown, context: HubContext): Promise<unknown> => {
    const given = (told ?? {}) as Readonly<Record<string, unknown>>;
    const typeName = own(given, '__typename');
    const known =
      typeof typeName === 'string' ? keys.get(typeName)?.filter((key) => isKey(own(given, key))) : undefined;
    if (!known || known.length === 0) throw refusal('没有这样的引用', 'there is no such reference');
    const reference = Object.fromEntries(known.map((key) => [key, own(given, key)]));
    return named(await resolvers[String(typeName)]!(reference, context), String(typeName));
  };

  const resolve: GraphQLFieldResolver<unknown, HubContext> = (_source, args, context) => {
    const { representations } = args as { readonly representations: readonly unknown[] };
    if (representations.length > MOST_REFERENCES) {
      const [zh, en] = [`一次最多引用 ${MOST_REFERENCES} 项`, `at most ${MOST_REFERENCES} references at once`];
      throw refusal(zh, en, { status: 400 });
    }
    return representations.map((one) => resolveOne(one, context));
  };
  entities.resolve = resolve;
}

const own = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

const isKey = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

/** The executor learns from it which type of all that can be referred to this is. */
function named(found: unknown, typeName: string): unknown {
  if (typeof found !== 'object' || found === null) return null;
  return Object.defineProperty(found, '__typename', { value: typeName });
}

/** The fields by which a type says that it is known. */
function keysOf(schema: GraphQLSchema, typeName: string): string[] {
  const type = schema.getType(typeName);
  const directives = isObjectType(type) ? (type.astNode?.directives ?? []) : [];
  const keys = directives
    .filter(({ name }) => name.value === 'key')
    .flatMap(({ arguments: given = [] }) => given.filter(({ name }) => name.value === 'fields'))
    .map(({ value }) => (value.kind === Kind.STRING ? value.value : ''));
  if (keys.length === 0 || !keys.every((key) => /^\w+$/.test(key))) {
    throw new Error(`${typeName} is referred to, so it needs keys of one field each`);
  }
  return keys;
}
