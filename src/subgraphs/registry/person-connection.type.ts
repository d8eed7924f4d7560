import { Field, Int, ObjectType } from 'type-graphql';
import type { PersonRoot } from '../person-key.ts';
import { PageInfo } from '../page-info.type.ts';
import { RegistryPerson } from './person.type.ts';

/** One person of a page. */
@ObjectType('PersonEdge', { simpleResolvers: true, description: '人员条目：One person of a page.' })
export class PersonEdge {
  @Field(() => String, { description: 'The cursor of this person, to pass as `after`.' })
  cursor: string;

  @Field(() => RegistryPerson, { description: '人员：The person.' })
  node: PersonRoot;
}

/** A page of persons. */
@ObjectType('PersonConnection', {
  simpleResolvers: true,
  description: '人员分页：A page of persons, in an order that keeps equal names together and stays the same.',
})
export class PersonConnection {
  @Field(() => [PersonEdge], { description: 'The persons of the page, each with its cursor.' })
  edges: PersonEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, {
    nullable: true,
    description:
      '总数：How many persons there are in all: exactly where all of them are on this page, or where the request gives a reason and may see names and numbers whole (`person:reveal`); else in full tens, rounded down, null below ten.',
  })
  totalCount: number | null;
}
