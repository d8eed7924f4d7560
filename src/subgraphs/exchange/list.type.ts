import { Field, Int, ObjectType } from 'type-graphql';
import type { Column } from '../../domain/intake/list-definition.ts';
import type { Category, ListName } from '../../domain/intake/words.ts';
import type { CataloguedList } from '../../flows/list-catalogue.ts';
import { ColumnKindWord } from '../states.ts';
import { CategoryWord, ListWord } from '../words.ts';

/** A word of a column. */
@ObjectType('ColumnWord', { simpleResolvers: true, description: '代码值：A word that a column takes.' })
export class ColumnWord {
  @Field(() => String, { description: '代码：The word, as rows spell it.' })
  word: string;

  @Field(() => String, { description: '含义：Its official name in Chinese.' })
  zh: string;
}

/** A column of a list. */
@ObjectType('ListColumn', { simpleResolvers: true, description: '名单列：A column of a list.' })
export class ListColumn {
  @Field(() => String, { description: '字段名：The field of the row input.' })
  name: string;

  @Field(() => String, { description: '列名：The heading a clerk knows.' })
  zh: string;

  @Field(() => ColumnKindWord, { description: '列类型：What its cells hold.' })
  kind: Column['holds']['kind'];

  @Field(() => Boolean, { description: '是否必填：Must rows that add or correct fill it?' })
  required: boolean;

  @Field(() => Int, { nullable: true, description: '最大长度：Most characters of a text; null for other kinds.' })
  maxLength: number | null;

  @Field(() => Int, { nullable: true, description: '最小值：The least whole number; null for other kinds.' })
  min: number | null;

  @Field(() => Int, { nullable: true, description: '最大值：The greatest whole number; null for other kinds.' })
  max: number | null;

  @Field(() => [ColumnWord], { description: '代码表：The words it takes; empty for other kinds.' })
  words: ColumnWord[];
}

/** An owner's word for an identity. */
@ObjectType('CategoryUsage', {
  simpleResolvers: true,
  description: '身份类别用语：A word that owners use for an identity, as rows may spell it.',
})
export class CategoryUsage {
  @Field(() => String, { description: '用语：The word.' })
  word: string;

  @Field(() => CategoryWord, { description: '身份类别：The identity that it stands for.' })
  category: Category;
}

/** A list of the catalogue. */
@ObjectType('ListDescription', {
  simpleResolvers: true,
  description: '名单说明：A list that agencies push: its columns, its words, and what of it the caller may push.',
})
export class ListDescription {
  @Field(() => ListWord, { description: '名单：The list.' })
  name: ListName;

  @Field(() => String, { description: '名单名称：Its name in Chinese.' })
  zh: string;

  @Field(() => [ListColumn], { description: '列：Its columns, in order.' })
  columns: ListColumn[];

  @Field(() => [[String]], {
    description:
      '减少所需列：What a row with `change: REMOVE` needs besides the id number: all columns of one of these sets.',
  })
  neededToRemove: readonly (readonly string[])[];

  @Field(() => [CategoryUsage], {
    description: '身份类别用语：Owners’ words for identities; empty where the list has none.',
  })
  categoryWords: readonly CategoryUsage[];

  @Field(() => Boolean, { description: '可否报送：May the caller push it, by its grant and its token’s scopes?' })
  mayPush: boolean;

  @Field(() => [CategoryWord], {
    nullable: true,
    description: '可报送类别：The categories of it that the agency may push; null where the grant names none.',
  })
  categories: readonly Category[] | null;
}

/** Shows a column. */
function columnView({ name, zh, required, holds }: Column): ListColumn {
  const words =
    holds.kind === 'word' ? Object.entries(holds.words).map(([word, meaning]) => ({ word, zh: meaning })) : [];
  return {
    name,
    zh,
    required,
    words,
    kind: holds.kind,
    maxLength: holds.kind === 'text' ? holds.maxLength : null,
    min: holds.kind === 'whole-number' ? holds.min : null,
    max: holds.kind === 'whole-number' ? holds.max : null,
  };
}

const shown = new WeakMap<readonly Column[], ListColumn[]>();

/** Shows columns. They are the same for everybody, so the view of each list's is made once. */
function columnViews(columns: readonly Column[]): ListColumn[] {
  const views = shown.get(columns) ?? columns.map(columnView);
  shown.set(columns, views);
  return views;
}

/** Shows a list of the catalogue. */
export const listDescription = (list: CataloguedList): ListDescription => ({
  ...list,
  columns: columnViews(list.columns),
});
