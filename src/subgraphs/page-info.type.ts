import { Directive, Field, ObjectType } from 'type-graphql';

/** Where a page lies in its connection. */
@Directive('@shareable')
@ObjectType('PageInfo', {
  simpleResolvers: true,
  description: '分页信息：Where a page ends, after the Relay convention.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Is there more after this page?' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Was the page asked for after a cursor, so that something lies before it?' })
  hasPreviousPage: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the first item of the page; null on an empty page.',
  })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor to pass as `after` for the next page; null where there is no more.',
  })
  endCursor: string | null;
}
