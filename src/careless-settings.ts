import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';

/** A setting that is there and must not be used, and why; never its value. */
interface CarelessSetting {
  readonly variable: string;
  readonly zh: string;
  readonly en: string;
}

/** Words that samples, defaults and tests are made of, and nothing that was drawn by chance. */
const SAMPLE_WORDS = /pepper|passw(or)?d|secret|change.?me|example|sample|default|test|yidang|hub_app|postgres|\s/i;
/** Of 32 characters drawn by chance, even of sixteen letters, fewer are different once in millions. */
const FEWEST_DIFFERENT = 8;
/** Rights to a file of everybody who is neither its owner nor of its group. */
const OTHERS = 0o007;

/**
 * Finds settings that are good for trying out alone, and would give away what a hub of others keeps: secrets that are none, keys that
 * others hold, logs that tell too much (line 107 of the security programme).
 *
 * @param given the environment, without empty variables
 */
export const carelessSettings = (given: Readonly<Record<string, string>>): CarelessSetting[] => [
  ...sampleSecrets(given),
  ...tellingSettings(given),
  ...keyFileProblems(keyFilesOf(given)),
  ...besideData(given),
  ...writtenKeys(given),
];

function sampleSecrets(given: Readonly<Record<string, string>>): CarelessSetting[] {
  const pepper = given['SUBJECT_KEY_PEPPER'];
  const peppers = pepper !== undefined && isSampleSecret(pepper) ? ['SUBJECT_KEY_PEPPER'] : [];
  const addresses = ['DATABASE_URL', 'DATABASE_OWNER_URL'].filter((name) => hasSamplePassword(given[name]));
  return [
    ...peppers.map((variable) => ({
      variable,
      zh: '应为随机生成的值，不得取自示例',
      en: 'must be drawn by chance, not taken from an example',
    })),
    ...addresses.map((variable) => ({
      variable,
      zh: '其中的密码应随机生成，不得取自示例',
      en: 'its password must be drawn by chance, not taken from an example',
    })),
  ];
}

/** Is this a value that was made up or copied? Anybody who has read the documentation could try it. */
const isSampleSecret = (value: string): boolean => SAMPLE_WORDS.test(value) || new Set(value).size < FEWEST_DIFFERENT;

/** None at all is for the server to judge: on a socket of the machine it knows its users itself. */
function hasSamplePassword(url: string | undefined): boolean {
  if (url === undefined) return false;
  const { username, password } = new URL(url);
  return password !== '' && (password === username || isSampleSecret(password));
}

const TOLD = {
  zh: '生产环境不得记录调试信息',
  en: 'in production nothing may be written that is for developers alone',
};
const DEVELOPERS_LEVELS: ReadonlySet<string> = new Set(['trace', 'debug']);

function tellingSettings(given: Readonly<Record<string, string>>): CarelessSetting[] {
  const problems: CarelessSetting[] = [];
  if (given['NODE_ENV'] !== 'production') {
    // The packages of the graph go by it: without it some tell callers what is for developers.
    problems.push({ variable: 'NODE_ENV', zh: '生产环境应为 production', en: 'must be production, as YIDANG_ENV is' });
  }
  if (DEVELOPERS_LEVELS.has(given['LOG_LEVEL'] ?? '')) problems.push({ variable: 'LOG_LEVEL', ...TOLD });
  // Packages and Node itself would write tokens and headers.
  for (const variable of ['DEBUG', 'NODE_DEBUG'])
    if (given[variable] !== undefined) problems.push({ variable, ...TOLD });
  if (given['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    const variable = 'NODE_TLS_REJECT_UNAUTHORIZED';
    problems.push({ variable, zh: '不得关闭 TLS 证书校验', en: 'certificates must be checked' });
  }
  return problems;
}

/** A setting that names a file of private keys, with the file. */
type KeyFile = readonly [variable: string, file: string];

function keyFilesOf(given: Readonly<Record<string, string>>): KeyFile[] {
  // With an issuer of the site's own the built-in one has no keys.
  const issuer = given['ISSUER_URL'] === undefined ? ['ISSUER_KEY_FILE'] : [];
  return [...issuer, 'AUDIT_KEY_FILE', 'GATEWAY_KEY_FILE', 'SEALING_KEY_FILE'].flatMap((variable): KeyFile[] =>
    given[variable] === undefined ? [] : [[variable, resolve(given[variable])]],
  );
}

/** Keys that others reach, or that serve two purposes, so that what is signed for one counts for the other. */
function keyFileProblems(files: readonly KeyFile[]): CarelessSetting[] {
  const problems: CarelessSetting[] = [];
  const seen = new Map<string, string>();
  for (const [variable, file] of files) {
    // One that is not there is for its reader to miss.
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & OTHERS) !== 0) {
      problems.push({
        variable,
        zh: '其他用户不得读写此文件（chmod 600）',
        en: 'nobody else may read or write the file (chmod 600)',
      });
    }
    const print = printOf(file);
    const other = seen.get(print);
    if (other === undefined) seen.set(print, variable);
    else problems.push({ variable, zh: `与 ${other} 是同一把密钥`, en: `holds the same keys as ${other}` });
  }
  return problems;
}

/** Sealing keys beside what they seal: whoever copies the one has the other. */
function besideData(given: Readonly<Record<string, string>>): CarelessSetting[] {
  const file = given['SEALING_KEY_FILE'];
  if (file === undefined) return [];
  const folder = realPathOf(given['DATA_DIR'] ?? './.data');
  return realPathOf(file).startsWith(folder.endsWith(sep) ? folder : folder + sep)
    ? [
        {
          variable: 'SEALING_KEY_FILE',
          zh: '不得放在 DATA_DIR 之内：备份数据时不应带走密钥',
          en: 'must not lie within DATA_DIR: a copy of the data would take the keys along',
        },
      ]
    : [];
}

/** Keys that spell something were written by somebody, such as those of the tests; drawn by chance, one of ten million does. */
function writtenKeys(given: Readonly<Record<string, string>>): CarelessSetting[] {
  const file = given['SEALING_KEY_FILE'];
  const variable = 'SEALING_KEY_FILE';
  return file !== undefined && keysIn(file).some((key) => SPELT.test(Buffer.from(key, 'base64url').toString('latin1')))
    ? [
        {
          variable,
          zh: '应为随机生成的密钥，不得取自示例',
          en: 'its keys must be drawn by chance, not taken from an example',
        },
      ]
    : [];
}

/** Printable characters alone. */
const SPELT = /^[ -~]+$/;

/** The keys of a file of sealing keys; what it lacks is for its reader to miss. */
function keysIn(file: string): string[] {
  try {
    const { keys } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly keys?: readonly { readonly key?: unknown }[];
    };
    return (keys ?? []).flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
  } catch {
    return [];
  }
}

/** Where a path leads in the end; of one that does not exist, as it is written. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** The same for files that hold the same, wherever they lie; for one that cannot be read, its place. */
function printOf(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return file;
  }
}
