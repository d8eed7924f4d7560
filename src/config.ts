import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { carelessSettings } from './careless-settings.ts';

/** Which rules the hub starts under: `development` has a playground sign-in and makes its own secrets, `production` has neither. */
export type Environment = 'development' | 'production';

/** Where the hub keeps its data: the PostgreSQL that came along from npm, or a server of the site's own. */
export type DatabaseConfig =
  | { readonly kind: 'embedded'; readonly dir: string }
  /** `url` for the role that the hub runs as, `ownerUrl` for the owner of the tables, where this process is to migrate them. */
  | { readonly kind: 'server'; readonly url: string; readonly ownerUrl?: string };

/** Who issues the access tokens: the hub itself, or an issuer of the site's own, known by its published keys. */
export type IssuerConfig =
  | {
      readonly kind: 'built-in';
      /** The `iss` of its tokens. */
      readonly url: string;
      /** File of the private signing JWK set. Made at the first start in development; must be there in production. */
      readonly signingKeyFile: string;
    }
  | { readonly kind: 'external'; readonly url: string; readonly jwksUrl: string };

/** Levels of the structured log. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Where jobs can be worked on. */
const WORK_PLACES = ['here', 'child', 'elsewhere'] as const;

/** Who may ask freely: clients whose grant says so, or everybody. */
const FREE_QUERIES = ['granted', 'everybody'] as const;

/** Everything that the environment decides about a hub, checked once when it starts. */
export interface Config {
  readonly environment: Environment;
  readonly host: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** The address under which clients reach the hub, without a slash at its end. */
  readonly publicUrl: string;
  /** Absolute path of the folder for everything the hub itself keeps. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  /** Secret behind the subject keys. Whoever holds it can test whether a number is known, so it never leaves the process. */
  readonly subjectKeyPepper: string;
  readonly issuer: IssuerConfig;
  readonly gateway: {
    /** File of the private JWK set by which the gateway proves itself to subgraphs elsewhere. Made in development, given in production. */
    readonly keyFile: string;
    /** File of its public half, for a subgraph that is a process of its own; `null`: the public half of `keyFile` (development). */
    readonly publicKeyFile: string | null;
  };
  /** Subgraphs that run as processes of their own, by name; those not named run in this process. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** File of the private keys of the hub's seal, a JWK set: checkpoints of the audit log and receipts are signed by it. Made in development. */
  readonly auditKeyFile: string;
  /** File of the keys under which data keys are wrapped; without them nothing that is sealed can be read. Made in development. */
  readonly sealingKeyFile: string;
  /** Bytes of the largest file taken in, packed or unpacked. */
  readonly largestFile: number;
  /** Milliseconds that a sender has for its headers, and the span over which the pace of a body counts. */
  readonly patience: number;
  /** Who may send documents of their own and ask about the schema; all others ask published operations. */
  readonly freeQueries: (typeof FREE_QUERIES)[number];
  /**
   * Where jobs are worked on: in the hub's process, in a child process of it, or elsewhere (`npm run work`). `null`: as the command
   * has it, a child for `npm start` and the process itself for all others.
   */
  readonly work: (typeof WORK_PLACES)[number] | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly jurisdictionsDir: string;
  readonly packsDir: string;
}

/** One setting that cannot be used: the variable's name and what is wrong with it, never its value (it may be a secret). */
export interface ConfigProblem {
  readonly variable: string;
  readonly zh: string;
  readonly en: string;
}

/** Thrown when the hub must not start with these settings. Names every variable that is wrong, not only the first. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_UNUSABLE';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ variable, zh, en }) => `${variable}: ${zh} / ${en}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** 32 characters of base64url carry 192 bits: a shorter secret could be searched for over all id numbers. */
const SHORTEST_PEPPER = 32;

/** `src/config.ts` and `dist/config.js` both lie one folder below the root of the package. */
const PACKAGE_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const told = (zh: string, en: string) => ({ error: `${zh} / ${en}` });

const httpUrl = z
  .url({ protocol: /^https?$/, ...told('应为 http(s) 地址', 'must be an http(s) address') })
  .transform((url) => url.replace(/\/+$/, ''));

const readSubgraphs = z.string().transform((text, context) => {
  const entries: [string, string][] = [];
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const [name, ...rest] = item.split('=');
    const url = httpUrl.safeParse(rest.join('=').trim());
    if (!/^[a-z][a-z0-9-]*$/.test(name?.trim() ?? '') || !url.success) {
      context.addIssue('应为“名称=地址”，以逗号分隔 / must be name=address pairs separated by commas');
      return z.NEVER;
    }
    entries.push([name!.trim(), url.data]);
  }
  return Object.fromEntries(entries) as Record<string, string>;
});

const Variables = z.object({
  YIDANG_ENV: z
    .enum(['development', 'production'], told('应为 development 或 production', 'must be development or production'))
    .optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, told('应为端口号', 'must be a port number'))
    .transform(Number)
    .refine((port) => port <= 65_535, told('应为端口号', 'must be a port number'))
    .default(4000),
  PUBLIC_URL: httpUrl.optional(),
  DATA_DIR: z.string().default('./.data'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, ...told('应为 PostgreSQL 地址', 'must be a PostgreSQL address') })
    .optional(),
  DATABASE_OWNER_URL: z
    .url({ protocol: /^postgres(ql)?$/, ...told('应为 PostgreSQL 地址', 'must be a PostgreSQL address') })
    .optional(),
  SUBJECT_KEY_PEPPER: z
    .string()
    .min(SHORTEST_PEPPER, told(`至少 ${SHORTEST_PEPPER} 个字符`, `needs at least ${SHORTEST_PEPPER} characters`))
    .optional(),
  ISSUER_URL: httpUrl.optional(),
  ISSUER_JWKS_URL: httpUrl.optional(),
  ISSUER_KEY_FILE: z.string().optional(),
  GATEWAY_KEY_FILE: z.string().optional(),
  AUDIT_KEY_FILE: z.string().optional(),
  SEALING_KEY_FILE: z.string().optional(),
  GATEWAY_PUBLIC_KEY_FILE: z.string().optional(),
  LARGEST_FILE_MB: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, told('应为兆字节数', 'must be a number of megabytes'))
    .transform(Number)
    .default(1024),
  SLOW_SENDER_SECONDS: z
    .string()
    .regex(/^([1-9]|[1-5]\d|60)$/, told('应为 1 至 60 秒', 'must be a number of seconds from 1 to 60'))
    .transform(Number)
    .default(10),
  FREE_QUERIES: z.enum(FREE_QUERIES, told('应为 granted 或 everybody', 'must be granted or everybody')).optional(),
  SUBGRAPHS: readSubgraphs.default({}),
  WORK: z.enum(WORK_PLACES, told('应为 here、child 或 elsewhere', 'must be here, child or elsewhere')).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, told('不是日志级别', 'is not a log level')).default('info'),
  JURISDICTIONS_DIR: z.string().default(join(PACKAGE_ROOT, 'jurisdictions')),
  PACKS_DIR: z.string().default(join(PACKAGE_ROOT, 'packs')),
});
type Variables = z.output<typeof Variables>;

/** What a process is to be: the gateway with all that runs in it, or one subgraph that only the gateway reaches. */
export type Role = 'gateway' | 'subgraph';

/**
 * Reads the settings from environment variables, where an empty variable counts as absent. In development the subject
 * key pepper is made once and kept in the data folder. Throws a `ConfigError` naming every variable that is wrong, or
 * that production does not allow for a process of this role.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>, role: Role = 'gateway'): Config {
  const given = withoutEmpty(environment);
  const read = Variables.safeParse(given);
  if (!read.success) throw new ConfigError(read.error.issues.map(problemOf));

  const variables = read.data;
  const config = toConfig(variables);
  const careless = config.environment === 'production' ? carelessSettings(given) : [];
  const problems = [...unusable(variables), ...unsafe(variables, config, role), ...careless];
  if (problems.length > 0) throw new ConfigError(problems);

  return { ...config, subjectKeyPepper: variables.SUBJECT_KEY_PEPPER ?? developmentPepper(config.dataDir) };
}

function toConfig(variables: Variables): Omit<Config, 'subjectKeyPepper'> {
  const dataDir = resolve(variables.DATA_DIR);
  const host = variables.HOST.includes(':') ? `[${variables.HOST}]` : variables.HOST;
  const publicUrl = variables.PUBLIC_URL ?? `http://${host}:${variables.PORT}`;
  const environment = variables.YIDANG_ENV ?? defaultEnvironment(variables);
  return {
    environment,
    host: variables.HOST,
    port: variables.PORT,
    publicUrl,
    dataDir,
    database:
      variables.DATABASE_URL === undefined
        ? { kind: 'embedded', dir: join(dataDir, 'postgres') }
        : serverOf(variables.DATABASE_URL, variables.DATABASE_OWNER_URL),
    issuer: issuerOf(variables, publicUrl, dataDir),
    gateway: {
      keyFile: resolve(variables.GATEWAY_KEY_FILE ?? join(dataDir, 'gateway-keys.json')),
      publicKeyFile:
        variables.GATEWAY_PUBLIC_KEY_FILE === undefined ? null : resolve(variables.GATEWAY_PUBLIC_KEY_FILE),
    },
    subgraphs: variables.SUBGRAPHS,
    auditKeyFile: resolve(variables.AUDIT_KEY_FILE ?? join(dataDir, 'audit-keys.json')),
    sealingKeyFile: resolve(variables.SEALING_KEY_FILE ?? join(dataDir, 'sealing-keys.json')),
    largestFile: variables.LARGEST_FILE_MB * 1024 * 1024,
    patience: variables.SLOW_SENDER_SECONDS * 1000,
    freeQueries: variables.FREE_QUERIES ?? (environment === 'development' ? 'everybody' : 'granted'),
    work: variables.WORK ?? null,
    logLevel: variables.LOG_LEVEL,
    jurisdictionsDir: resolve(variables.JURISDICTIONS_DIR),
    packsDir: resolve(variables.PACKS_DIR),
  };
}

const serverOf = (url: string, ownerUrl: string | undefined): DatabaseConfig => ({
  kind: 'server',
  url,
  ...(ownerUrl !== undefined && { ownerUrl }),
});

function issuerOf(variables: Variables, publicUrl: string, dataDir: string): IssuerConfig {
  if (variables.ISSUER_URL !== undefined && variables.ISSUER_JWKS_URL !== undefined) {
    return { kind: 'external', url: variables.ISSUER_URL, jwksUrl: variables.ISSUER_JWKS_URL };
  }
  const signingKeyFile = resolve(variables.ISSUER_KEY_FILE ?? join(dataDir, 'issuer-keys.json'));
  return { kind: 'built-in', url: publicUrl, signingKeyFile };
}

/** A hub that nobody else can reach, on a database that only it can reach, is somebody trying it out. */
function defaultEnvironment(variables: Variables): Environment {
  return variables.DATABASE_URL === undefined && isLoopback(variables.HOST) ? 'development' : 'production';
}

/** Settings that contradict each other, wherever the hub runs. */
function unusable(variables: Variables): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if ((variables.ISSUER_URL === undefined) !== (variables.ISSUER_JWKS_URL === undefined)) {
    problems.push({
      variable: variables.ISSUER_URL === undefined ? 'ISSUER_URL' : 'ISSUER_JWKS_URL',
      zh: '外部签发机构的两个地址应同时给出',
      en: 'an external issuer needs both ISSUER_URL and ISSUER_JWKS_URL',
    });
  }
  if (variables.DATABASE_OWNER_URL !== undefined && variables.DATABASE_URL === undefined) {
    problems.push({
      variable: 'DATABASE_URL',
      zh: '给出 DATABASE_OWNER_URL 时也应给出：系统自身用另一个角色连接',
      en: 'goes with DATABASE_OWNER_URL: the hub itself connects as another role',
    });
  }
  return problems;
}

/** Settings under which a hub that others can reach would give away what it keeps. */
function unsafe(variables: Variables, config: Omit<Config, 'subjectKeyPepper'>, role: Role): ConfigProblem[] {
  if (config.environment === 'development') {
    // The playground of a development hub signs anybody in as any agency.
    return isLoopback(config.host)
      ? []
      : [
          {
            variable: 'YIDANG_ENV',
            zh: '开发模式只能监听本机地址',
            en: 'development may listen on a loopback HOST only',
          },
        ];
  }
  const problems: ConfigProblem[] = [];
  const require = (present: boolean, variable: string, zh: string, en: string): void => {
    if (!present) problems.push({ variable, zh, en });
  };
  require(variables.SUBJECT_KEY_PEPPER !==
    undefined, 'SUBJECT_KEY_PEPPER', '生产环境必须给出', 'production must be given one');
  // A subgraph too: it answers pushes, and signs their receipts.
  require(variables.AUDIT_KEY_FILE !== undefined, 'AUDIT_KEY_FILE', '生产环境必须给出', 'production must be given one');
  require(variables.SEALING_KEY_FILE !==
    undefined, 'SEALING_KEY_FILE', '生产环境必须给出', 'production must be given one');
  // Clients do not reach a subgraph, so it needs neither an address of theirs nor an issuer.
  if (role === 'subgraph') {
    const zh = '子图只认网关：生产环境必须给出网关的公钥文件';
    const en = 'a subgraph answers the gateway alone: in production it must be given the file of its public keys';
    require(variables.GATEWAY_PUBLIC_KEY_FILE !== undefined, 'GATEWAY_PUBLIC_KEY_FILE', zh, en);
    return problems;
  }
  if (Object.keys(config.subgraphs).length > 0) {
    const zh = '子图在其他进程运行时，生产环境必须给出网关的密钥文件';
    const en = 'with subgraphs in other processes the gateway needs a key file in production';
    require(variables.GATEWAY_KEY_FILE !== undefined, 'GATEWAY_KEY_FILE', zh, en);
    const zhOwn = '生产环境的子图地址不能是本机或链路本地地址';
    const enOwn = 'in production no address of a subgraph may be loopback or link-local';
    require(Object.values(config.subgraphs).every(isElsewhere), 'SUBGRAPHS', zhOwn, enOwn);
  }
  require(isConfidential(
    config.publicUrl,
  ), 'PUBLIC_URL', '生产环境必须为 https 地址', 'production needs an https address');
  if (config.issuer.kind === 'external') {
    require(isConfidential(config.issuer.url), 'ISSUER_URL', '必须为 https 地址', 'needs an https address');
    require(isConfidential(config.issuer.jwksUrl), 'ISSUER_JWKS_URL', '必须为 https 地址', 'needs an https address');
  } else {
    const zh = '生产环境的内置签发机构必须给出签名密钥文件（或改用外部签发机构）';
    const en = 'the built-in issuer needs a key file in production (or use an external issuer)';
    require(variables.ISSUER_KEY_FILE !== undefined, 'ISSUER_KEY_FILE', zh, en);
  }
  const [zhFree, enFree] = ['生产环境只能由授权决定', 'in production only grants may allow free queries'];
  require(config.freeQueries === 'granted', 'FREE_QUERIES', zhFree, enFree);
  return problems;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Is this the address of another machine? Loopback, link-local and unspecified ones are where a machine keeps what only it may reach,
 * its cloud's secrets among them. The parser of addresses has written every spelling of a number the one way.
 */
function isElsewhere(url: string): boolean {
  const host = new URL(url).hostname.replace(/\.$/, '').toLowerCase();
  if (isLoopback(host) || host.endsWith('.localhost') || /^(0|127|169\.254)\./.test(host)) return false;
  return !/^\[(::|::1|::ffff:(7f|a9fe|0:|0\]).*|fe[89ab].*)\]$/.test(host);
}

/** Tokens and answers travel here: only TLS, or a path that never leaves the machine. */
function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}

/** The pepper of a development hub: made at the first start, the same ever after, or nobody would be found again. */
function developmentPepper(dataDir: string): string {
  const file = join(dataDir, 'pepper');
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

function withoutEmpty(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  );
}

function problemOf(issue: z.core.$ZodIssue): ConfigProblem {
  const [zh, en] = issue.message.split(' / ');
  return { variable: String(issue.path[0]), zh: zh ?? issue.message, en: en ?? issue.message };
}
