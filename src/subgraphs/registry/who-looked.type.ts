import { Field, Int, ObjectType } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { SeenKind } from '../../domain/audit/audit-entry.ts';
import type { Agency } from '../../domain/intake/words.ts';
import { PageInfo } from '../page-info.type.ts';
import { InstantScalar } from '../scalars.ts';
import { AgencyWord, PurposeWord, SeenKindWord } from '../words.ts';

/** One look at a person. */
@ObjectType('Look', {
  simpleResolvers: true,
  description: '访问记录：That an office looked at a person or worked on what is said of them. It names nobody else.',
})
export class Look {
  @Field(() => InstantScalar, { description: '访问时间：When.' })
  at: Date;

  @Field(() => AgencyWord, { nullable: true, description: '访问部门：Which office; null for the hub itself.' })
  agency: Agency | null;

  @Field(() => String, { description: '部门全称：The office’s full name, as on its seal.' })
  agencyName: string;

  @Field(() => PurposeWord, { nullable: true, description: '用途：What for; null for work that names no purpose.' })
  purpose: Purpose | null;

  @Field(() => String, { description: '用途说明：What for, in Chinese words.' })
  purposeName: string;

  @Field(() => [String], {
    description: '依据：By which scopes of the grant that the jurisdiction’s file gives the office.',
  })
  scopes: readonly string[];

  @Field(() => [SeenKindWord], { description: '查看内容：What kinds of things.' })
  kinds: readonly SeenKind[];
}

/** One look of a page. */
@ObjectType('LookEdge', { simpleResolvers: true, description: '访问记录条目：One look of a page.' })
export class LookEdge {
  @Field(() => String, { description: 'The cursor of this look, to pass as `after`.' })
  cursor: string;

  @Field(() => Look, { description: '访问记录：The look.' })
  node: Look;
}

/** A page of looks. */
@ObjectType('LookConnection', {
  simpleResolvers: true,
  description: '访问记录分页：A page of looks at one person, the newest first.',
})
export class LookConnection {
  @Field(() => [LookEdge], { description: 'The looks of the page, each with its cursor.' })
  edges: LookEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: '总数：How many looks there are in all, as far as they are told by now.' })
  totalCount: number;
}
