import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { parse, type GraphQLSchema } from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray } from 'type-graphql';
import type { HubContext } from './context.ts';

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

/** Resolves a reference that another subgraph made, given its key fields; null where there is no such thing for this caller. */
export type ReferenceResolver = (reference: Readonly<Record<string, unknown>>, context: HubContext) => unknown;

/** What a subgraph is made of. */
interface SubgraphParts {
  /** Every resolver class, named one by one: type-graphql keeps the classes of all subgraphs in one place. */
  readonly resolvers: NonEmptyArray<Function>;
  /** Entity classes that no root field answers, so that only references reach them. */
  readonly entities: Function[];
  /** How a reference to an entity is resolved, by type name. */
  readonly references: Readonly<Record<string, ReferenceResolver>>;
}

/** Builds a subgraph: only what its own classes reach belongs to it. Rejects where the classes make no sound schema. */
export async function buildSubgraph(name: string, parts: SubgraphParts): Promise<Subgraph> {
  // skipCheck: a subgraph need not have a query of its own. validate: rows are judged by the lists, not by class-validator.
  const described = await buildSchema({
    resolvers: parts.resolvers,
    orphanedTypes: parts.entities,
    validate: false,
    skipCheck: true,
  });
  const resolverMap: Record<string, Record<string, unknown>> = { ...createResolversMap(described) } as never;
  for (const [type, resolve] of Object.entries(parts.references)) {
    resolverMap[type] = { ...resolverMap[type], __resolveReference: resolve };
  }
  const sdl = `${LINK}\n\n${printSchemaWithDirectives(described)}\n`;
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolverMap as never }]);
  return { name, sdl, schema };
}
