import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ACCESS_OPTIONS, readAccess, type AccessOptions } from '../push/tokens.ts';

const USAGE = `用法 / usage:
  npm run compare-packs -- <changed-pack.yaml> --as <jurisdiction>:<agency>
      [--year 2026] [--as-of 2026-03-16] [--known-at 2026-03-16T09:00:00+08:00] [--persons <out.csv>]
      [--exact-because <理由 / reason>]
      [--hub <url>] [--key-file <private JWK>] [--issuer <url>] [--token <access token>]
  例 / e.g.: npm run compare-packs -- 改动.yaml --as 130628:medical-insurance --persons 变化人员.csv
  退出码 / exit code: 0 已比对 compared · 2 未比对 refused or failed`;

/** What is to be compared, as whom and where. */
export interface CompareOptions extends AccessOptions {
  readonly file: string;
  /** `null`: the plan year that the changed pack names. */
  readonly policyYear: number | null;
  readonly asOf: string | null;
  readonly knownAt: string | null;
  /** Where to write the persons who differ; `null`: nowhere. */
  readonly persons: string | null;
  /** Why exact figures are asked for, as the hub's audit log keeps it; `null`: figures in full tens will do. */
  readonly exactBecause: string | null;
}

/** Reads the command line and the token of the environment; throws with the usage where it cannot be understood. */
export function readCompareOptions(args: readonly string[], environment: NodeJS.ProcessEnv): CompareOptions {
  const { values, positionals } = parsed(args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new Error(USAGE);
  const access = readAccess(values, environment, USAGE);
  if (values.year !== undefined && !/^\d{4}$/.test(values.year)) {
    throw new Error(`--year 应为四位年份 / --year is a year\n${USAGE}`);
  }
  // npm runs commands in the folder of the package, whatever folder they were called in.
  const inFolder = (path: string): string => resolve(environment['INIT_CWD'] ?? '', path);
  return {
    file: inFolder(file),
    policyYear: values.year === undefined ? null : Number(values.year),
    asOf: values['as-of'] ?? null,
    knownAt: values['known-at'] ?? null,
    persons: values.persons === undefined ? null : inFolder(values.persons),
    exactBecause: values['exact-because'] ?? null,
    ...access,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...ACCESS_OPTIONS,
        ...{ year: text, persons: text, 'as-of': text, 'known-at': text, 'exact-because': text },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
