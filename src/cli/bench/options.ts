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
}

const USAGE = 'usage: npm run bench -- [--quick] [--strict] [--persons 100000,1000000] [--only part,…]; parts:';

/** The smallest population in which the made rows are as mixed as they should be. */
const FEWEST_PERSONS = 1_000;

/** Reads the command line; throws with the usage where it cannot be understood. */
export function readArguments(args: readonly string[], parts: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      persons: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const { quick, strict } = values;
  const sizes = (values.persons ?? (quick ? '20000' : '100000,1000000')).split(',').map(Number);
  const only = values.only.split(',').filter((name) => name !== '');
  const understood =
    sizes.every((size) => Number.isSafeInteger(size) && size >= FEWEST_PERSONS) &&
    only.every((name) => parts.includes(name));
  if (!understood) throw new Error(`${USAGE} ${parts.join(', ')}`);
  return { sizes, quick, strict, only };
}
