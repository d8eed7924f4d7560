import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  isObjectType,
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { resolveReferencesBy, type ReferenceResolvers } from './entity-references.ts';
import { isRuled, scopesOfField } from './field-rules.ts';
import { withPersonType, type PersonKey } from './person-key.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@authenticated", "@requiresScopes", "@cost", "@listSize"])`;

/** One part of the graph: what it says of itself, and what answers. */
export interface Subgraph {
  /** As in the supergraph and in `schema/<name>.graphql`. */
  readonly name: string;
  /** The subgraph's own definitions in Federation 2 SDL, with its link to the specification. */
  readonly sdl: string;
  /** The executable schema, with `_entities` and `_service`. Its context is a `HubContext`. */
  readonly schema: GraphQLSchema;
}

/** What a subgraph is made of. */
interface SubgraphParts {
  /** Every resolver class, named one by one: type-graphql keeps the classes of all subgraphs in one place. */
  readonly resolvers: NonEmptyArray<Function>;
  /** Its `Person`, to which the types point that subgraphs share. */
  readonly person: new () => PersonKey;
  /** Entity classes that no root field answers, so that only references reach them. */
  readonly entities: Function[];
  /** How a reference to an entity is resolved, by type name. */
  readonly references: ReferenceResolvers;
}

/** Builds a subgraph: only what its own classes reach belongs to it. Rejects where they make no sound schema, or no rule tells who may see a field. */
export async function buildSubgraph(name: string, parts: SubgraphParts): Promise<Subgraph> {
  // skipCheck: a subgraph need not have a query of its own. validate: rows are judged by the lists, not by class-validator.
  const described = withPersonType(parts.person, () =>
    buildSchemaSync({
      resolvers: parts.resolvers,
      orphanedTypes: parts.entities,
      validate: false,
      skipCheck: true,
      pubSub: NO_PUB_SUB,
    }),
  );
  describeRoots(described);
  inWrittenOrder(described);
  const sdl = `${LINK}\n\n${print(withRules(name, parse(printSchemaWithDirectives(described))))}\n`;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: createResolversMap(described) as never }]);
  resolveReferencesBy(schema, parts.references);
  return { name, sdl, schema };
}

/** Tells in the schema which scopes each field takes. Throws where a field has no rule: nobody would have decided who may see it. */
function withRules(subgraph: string, sdl: DocumentNode): DocumentNode {
  const unruled: string[] = [];
  const ruled = visit(sdl, {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: (type.fields ?? []).map((field) => {
        if (!isRuled(type.name.value, field.name.value)) unruled.push(`${type.name.value}.${field.name.value}`);
        const scopes = scopesOfField(type.name.value, field.name.value);
        return scopes ? { ...field, directives: [scopeDirective(scopes), ...(field.directives ?? [])] } : field;
      }),
    }),
  });
  if (unruled.length > 0) throw new Error(`${subgraph}: no rule in field-rules.ts for ${unruled.join(', ')}`);
  return ruled;
}

function scopeDirective(scopes: readonly (readonly string[])[]): ConstDirectiveNode {
  const text = scopes.length === 0 ? '@authenticated' : `@requiresScopes(scopes: ${JSON.stringify(scopes)})`;
  const [definition] = parse(`scalar S ${text}`).definitions;
  if (definition?.kind !== Kind.SCALAR_TYPE_DEFINITION) throw new Error('a scalar is a scalar');
  return definition.directives![0]!;
}

/** type-graphql wants one wherever there is a subscription, although each of ours says itself where its events come from. */
const NO_PUB_SUB: PubSub = {
  publish: () => {},
  subscribe: () => {
    throw new Error('a subscription of the hub names the source of its events');
  },
};

/** type-graphql has no place for the descriptions of the root types; they must be the same in every subgraph. */
function describeRoots(schema: GraphQLSchema): void {
  const [query, mutation, subscription] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  if (query) query.description = '查询：What can be read. Every field names the scope that a token needs for it.';
  if (mutation) mutation.description = '报送：What can be pushed: one mutation a list, each with a scope of its own.';
  if (subscription) subscription.description = '订阅：What can be watched, over `accept: text/event-stream`.';
}

/** Parameter decorators run from the last to the first, so that type-graphql lists arguments backwards. */
function inWrittenOrder(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.args = field.args.toReversed();
  }
}
