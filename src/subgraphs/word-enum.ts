import { registerEnumType } from 'type-graphql';

type Described = Readonly<Record<string, string | readonly [zh: string, en: string]>>;

/** `civil-affairs` is `CIVIL_AFFAIRS` in the graph: names there hold no hyphen. */
const graphName = (word: string): string => word.replaceAll('-', '_').toUpperCase();

const textOf = (meaning: string | readonly [zh: string, en: string]): string =>
  typeof meaning === 'string' ? meaning : `${meaning[0]}：${meaning[1]}`;

/** Makes words an enum of the graph, each described by what it means; the object returned names it in `@Field(() => …)`. */
export function wordEnum(name: string, description: string, words: Described): Readonly<Record<string, string>> {
  const entries = Object.entries(words);
  const values = Object.fromEntries(entries.map(([word]) => [graphName(word), word]));
  const valuesConfig = Object.fromEntries(
    entries.map(([word, meaning]) => [graphName(word), { description: textOf(meaning) }]),
  );
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}
