import { Directive, Field, Int, ObjectType } from 'type-graphql';
import type { RowCode, RowFinding, RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import { PageInfo } from './page-info.type.ts';
import { RowCodeWord, RowOutcomeWord, SeverityWord } from './states.ts';

/** One thing found about a row. */
@Directive('@shareable')
@ObjectType('RowFinding', {
  simpleResolvers: true,
  description: '校验问题：One thing found about a row. It never repeats what the row says.',
})
export class RowFindingType implements RowFinding {
  @Field(() => RowCodeWord, { description: '问题代码：The stable code.' })
  code: RowCode;

  @Field(() => String, {
    nullable: true,
    description: '列名：The column, by its field name; null where the row as a whole is meant.',
  })
  column: string | null;

  @Field(() => SeverityWord, { description: '问题级别：Whether it rejects the row or marks it.' })
  severity: RowFinding['severity'];

  @Field(() => String, { description: '中文说明：What is wrong and what to do, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;
}

/** The verdict on one row. */
@Directive('@shareable')
@ObjectType('RowVerdict', { simpleResolvers: true, description: '行校验结论：The verdict on one row.' })
export class RowVerdictType implements RowVerdict {
  @Field(() => Int, { description: '行号：The row, counted from 1 in the order sent.' })
  row: number;

  @Field(() => RowOutcomeWord, { description: '结果：What became of the row.' })
  outcome: RowOutcome;

  @Field(() => [RowFindingType], { description: '校验问题：Everything found about the row; empty where nothing was.' })
  findings: readonly RowFinding[];

  /** The submission of the row. Not a field of the graph. */
  submission: string;
}

/** One verdict of a page. */
@Directive('@shareable')
@ObjectType('RowVerdictEdge', { simpleResolvers: true, description: '行校验结论条目：One verdict of a page.' })
export class RowVerdictEdge {
  @Field(() => String, { description: 'The cursor of this verdict, to pass as `after`.' })
  cursor: string;

  @Field(() => RowVerdictType, { description: 'The verdict.' })
  node: RowVerdictType;
}

/** A page of verdicts. */
@Directive('@shareable')
@ObjectType('RowVerdictConnection', {
  simpleResolvers: true,
  description: '行校验结论分页：A page of row verdicts in row order.',
})
export class RowVerdictConnection {
  @Field(() => [RowVerdictEdge], { description: 'The verdicts of the page, each with its cursor.' })
  edges: RowVerdictEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many verdicts there are in all, of the outcomes asked for.' })
  totalCount: number;
}
