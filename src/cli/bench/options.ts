import { parseArgs } from 'node:util';

/** What the command line asks of the bench. */
export interface BenchArguments {
  /** Numbers of persons; everything is measured once for each. */
  readonly sizes: readonly number[];
  /** A minute's look instead of figures to quote. */
  readonly quick: boolean;
  /** Does the run fail where a figure is short of what it must be? */
  readonly strict: boolean;
  /** The parts to run; all of them where none is named. */
  readonly only: readonly string[];
  /** Is nothing to be measured, but told how to ask? */
  readonly help: boolean;
}

/** The smallest population in which the made rows are as mixed as they should be. */
const FEWEST_PERSONS = 1_000;

/** How the bench is asked for what, with the names of its parts. */
export const usageOf = (parts: readonly string[]): string =>
  [
    'usage: npm run bench -- [--quick] [--strict] [--persons 100000,1000000] [--only part,…]',
    '  --quick    10,000 persons, 20,000 rows, one run of each, lists alone unless parts are named: a minute’s look, no figures to quote',
    `  --persons  sizes of the population, ${FEWEST_PERSONS} at least; with two, how cost grows between them is told as well`,
    '  --only     some parts alone, in the order below',
    '  --strict   exit code 1 where a figure is short of its must',
    `parts: ${parts.join(', ')}`,
  ].join('\n');

/** Reads the command line; throws with the usage where it cannot be understood. */
export function readArguments(args: readonly string[], parts: readonly string[]): BenchArguments {
  const values = parsed(args, parts);
  const { quick, strict, help } = values;
  const sizes = (values.persons ?? (quick ? '10000' : '100000,1000000')).split(',').map(Number);
  const only = values.only.split(',').filter((name) => name !== '');
  const understood =
    sizes.every((size) => Number.isSafeInteger(size) && size >= FEWEST_PERSONS) &&
    only.every((name) => parts.includes(name));
  if (!understood) throw new Error(usageOf(parts));
  return { sizes, quick, strict, only, help };
}

function parsed(args: readonly string[], parts: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        persons: { type: 'string' },
        only: { type: 'string', default: '' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usageOf(parts)}`, { cause: error });
  }
}
