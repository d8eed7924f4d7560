import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RawRow } from '../../domain/intake/list-definition.ts';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { parsePlainDate } from '../../domain/time/plain-date.ts';

const day = z
  .string()
  .refine((text) => parsePlainDate(text) !== undefined, 'must be a day of the calendar, YYYY-MM-DD');

// Strict: a misspelt key would otherwise be a sample that nobody sees.
const Person = z.strictObject({ name: z.string(), idNumber: z.string() });

const List = z.strictObject({
  on: day,
  agency: z.enum(Object.keys(AGENCIES) as [Agency, ...Agency[]]),
  list: z.enum(Object.keys(LISTS) as [ListName, ...ListName[]]),
  mode: z.enum(['DELTA', 'SNAPSHOT']).default('DELTA'),
  documentNumber: z.string().optional(),
  rows: z.array(z.record(z.string(), z.unknown())).min(1),
});

const Samples = z.strictObject({
  pack: z.string(),
  asOf: day,
  people: z.array(Person).min(1),
  lists: z.array(List).min(1),
});

/** An invented person of the samples, by the number that they are asked for with. */
export type SamplePerson = z.output<typeof Person>;

/** A list that an agency pushes, on the day on which the hub receives it. */
export interface SampleList extends Omit<z.output<typeof List>, 'rows'> {
  readonly rows: readonly RawRow[];
}

/** The samples of one policy pack: who lives there, what is pushed about them, and the day their decisions are asked for. */
export interface Samples {
  readonly pack: string;
  readonly asOf: string;
  readonly people: readonly SamplePerson[];
  /** In the order in which the hub receives them. */
  readonly lists: readonly SampleList[];
}

/** Reads the sample files of a folder, by name. Throws where one is not well formed. */
export function readSamples(folder: string): Samples[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => readFile(join(folder, file)));
}

function readFile(file: string): Samples {
  const read = Samples.safeParse(parse(readFileSync(file, 'utf8')));
  if (!read.success) throw new Error(`${file}\n${z.prettifyError(read.error)}`);
  const { lists, ...samples } = read.data;
  const numbers = new Map(samples.people.map(({ name, idNumber }) => [name, idNumber]));
  return {
    ...samples,
    lists: lists
      .map((list) => ({ ...list, rows: list.rows.map((row) => rowOf(row, numbers, file)) }))
      .sort((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on))),
  };
}

/** A row names its person; their number is filled in, unless the row has one of its own (a mistyped one, a certificate). */
function rowOf(row: RawRow, numbers: ReadonlyMap<string, string>, file: string): RawRow {
  const idNumber = row['idNumber'] ?? numbers.get(String(row['name']));
  if (idNumber === undefined) throw new Error(`${file}: a row about somebody who is not among its people`);
  return { ...row, idNumber };
}
