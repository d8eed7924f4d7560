import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileKindOf, type FileKind } from './file-kind.ts';
import { ACCESS_OPTIONS, readAccess, type AccessOptions } from './tokens.ts';

/** How the command is used, in both languages. */
const USAGE = `用法 / usage:
  npm run push -- <list> <file> --as <jurisdiction>:<agency> [--dry-run]
      [--mode DELTA|SNAPSHOT] [--period 2025-11] [--document <no>] [--key <idempotency key>]
      [--receipt <file to add the signed receipt to>]
      [--sign-key <private JWK: sign the push in the agency’s name>]
      [--hub <url>] [--key-file <private JWK>] [--issuer <url>] [--token <access token>]
  例 / e.g.: npm run push -- hardship 困难人员.xlsx --as 130628:civil-affairs --mode SNAPSHOT --period 2025-11
  文件 / files: .xlsx .csv .tsv .txt .ndjson .jsonl，及其 .gz / and .gz of them
  退出码 / exit code: 0 全部接收 all taken in · 1 有退回行或待放行 some rejected, or held · 2 未接收 refused or failed`;

/** What is to be pushed, as whom and where. */
export interface PushOptions extends AccessOptions {
  readonly list: string;
  readonly file: string;
  readonly kind: FileKind;
  readonly mode: string;
  readonly period: string | null;
  readonly documentNumber: string | null;
  /** `null`: made of the file and its labels, so that the same file is the same push. */
  readonly key: string | null;
  readonly dryRun: boolean;
  /** To which file the signed receipt is added; `null`: it is not kept. */
  readonly receiptFile: string | null;
  /** The agency's private key (JWK) by which the push is signed; `null`: it is not. */
  readonly signKeyFile: string | null;
}

/** Reads the command line and the token of the environment; throws with the usage where it cannot be understood. */
export function readPushOptions(args: readonly string[], environment: NodeJS.ProcessEnv): PushOptions {
  const { values, positionals } = parsed(args);
  const [list, file, ...more] = positionals;
  if (list === undefined || file === undefined || more.length > 0) throw new Error(USAGE);
  const kind = fileKindOf(file);
  if (!kind) throw new Error(`不认识的文件扩展名 / unknown file extension\n${USAGE}`);
  const access = readAccess(values, environment, USAGE);
  const signKey = values['sign-key'];
  if (signKey !== undefined && access.client === null) {
    throw new Error(`--sign-key 需要 --as / --sign-key needs --as\n${USAGE}`);
  }
  return {
    list: list.toLowerCase().replaceAll('_', '-'),
    // npm runs commands in the folder of the package, whatever folder they were called in.
    file: resolve(environment['INIT_CWD'] ?? '', file),
    receiptFile: values.receipt === undefined ? null : resolve(environment['INIT_CWD'] ?? '', values.receipt),
    signKeyFile: signKey === undefined ? null : resolve(environment['INIT_CWD'] ?? '', signKey),
    kind,
    mode: values.mode?.toUpperCase() ?? 'DELTA',
    period: values.period ?? null,
    documentNumber: values.document ?? null,
    key: values.key ?? null,
    dryRun: values['dry-run'],
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
        ...{ mode: text, period: text, document: text, key: text, receipt: text, 'sign-key': text },
        'dry-run': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
