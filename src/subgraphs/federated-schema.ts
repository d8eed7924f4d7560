import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { isObjectType, parse, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { resolveReferencesBy, type ReferenceResolvers } from './entity-references.ts';
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

/** Builds a subgraph: only what its own classes reach belongs to it. Rejects where the classes make no sound schema. */
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
  const sdl = `${LINK}\n\n${printSchemaWithDirectives(described)}\n`;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: createResolversMap(described) as never }]);
  resolveReferencesBy(schema, parts.references);
  return { name, sdl, schema };
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
