import 'reflect-metadata';
import { isObjectType } from 'graphql';
import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { hubGraph } from '../../src/gateway/hub-graph.ts';
import { buildSubgraph } from '../../src/subgraphs/federated-schema.ts';
import { isRuled, ROOT_RULES, TYPE_RULES } from '../../src/subgraphs/field-rules.ts';
import { PersonKey } from '../../src/subgraphs/person-key.ts';

@ObjectType({ description: 'A type of which nobody has thought.' })
class Unruled {
  @Field(() => String, { description: 'A field of which nobody has thought.' })
  secret: string;
}

@Resolver()
class UnruledResolver {
  @Query(() => Unruled, { description: 'A question of which nobody has thought.' })
  unruled(): Unruled {
    return { secret: '' };
  }
}

describe('every field of the graph has a rule', () => {
  it('in the schema that clients see, and no rule is of a field that is not there', async () => {
    const { joined } = await hubGraph();
    const fields = Object.values(joined.getTypeMap()).flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__')
        ? Object.keys(type.getFields()).map((field) => [type.name, field] as const)
        : [],
    );
    expect(fields.length).toBeGreaterThan(400);
    expect(fields.filter(([type, field]) => !isRuled(type, field))).toEqual([]);

    const known = new Set(fields.map((one) => one.join('.')));
    const types = new Set(fields.map(([type]) => type));
    const declared = Object.entries(TYPE_RULES).flatMap(([type, rules]) =>
      rules === 'NOBODY' ? [] : Object.keys(rules).map((field) => `${type}.${field}`),
    );
    // Inaccessible to clients; only subgraphs refer by it.
    const stale = [...Object.keys(ROOT_RULES), ...declared].filter(
      (one) => !known.has(one) && one !== 'Person.asKnown',
    );
    expect(stale).toEqual([]);
    expect(Object.keys(TYPE_RULES).filter((type) => !types.has(type))).toEqual([]);
  });

  it('or the graph is not built', async () => {
    const building = buildSubgraph('careless', {
      resolvers: [UnruledResolver],
      person: PersonKey,
      entities: [],
      references: {},
    });
    await expect(building).rejects.toThrow(
      /no rule .* for (Unruled.secret, Query.unruled|Query.unruled, Unruled.secret)/,
    );
  });
});
