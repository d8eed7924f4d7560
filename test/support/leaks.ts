import { homedir, hostname, tmpdir } from 'node:os';

/** What a server sent in answer to one request. */
export interface SentAnswer {
  readonly status: number;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The address that was asked for, without what follows a question mark. */
  readonly path: string;
}

/** A kind of thing that tells of the inside, and the words by which it is known. */
interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
}

/** Folders of this machine; where a hub runs elsewhere, those that every machine has. */
const FOLDERS = [...new Set([process.cwd(), tmpdir(), homedir()])].filter((one) => one.length > 1);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const ownName = hostname().length > 5 ? `|\\b${escaped(hostname())}\\b` : '';

const RULES: readonly Rule[] = [
  {
    name: 'stack',
    pattern: /\bat (?:async |new )?(?:[\w$.<>[\] ]+ )?\(?(?:file:|node:|\/|[A-Za-z]:\\)[^\s)"]*:\d+(?::\d+)?/,
  },
  {
    name: 'path',
    pattern: new RegExp(
      `${FOLDERS.map(escaped).join('|')}|(?<![\\w.:/-])/(?:tmp|home|root|usr|var|etc|opt|proc|srv|app|data)/[\\w.-]|node_modules|file:///|\\.(?:[cm]?[jt]s):\\d+`,
    ),
  },
  {
    name: 'SQL',
    pattern:
      /\bselect\s[^"]{1,400}\sfrom\s|\binsert\s+into\s|\bdelete\s+from\s|\bupdate\s+[\w."]+\s+set\s|\b(?:truncate|drop|alter|create)\s+(?:table|schema|role|index|policy)\b|\$\d+::/i,
  },
  {
    name: 'database',
    pattern:
      /violates (?:[\w-]+ )*constraint|duplicate key value|\brelation \\?"|\bcolumn \\?"?[\w.]+\\?"? does not exist|syntax error at or near|permission denied for|canceling statement|(?:statement|lock) timeout|deadlock detected|SQLSTATE|(?<![\w.-])pg_\w|\.s\.PGSQL|postgres|graphile|mikro-?orm/i,
  },
  {
    name: 'host',
    pattern: new RegExp(
      `\\b127(?:\\.\\d{1,3}){3}\\b|\\blocalhost\\b|\\b0\\.0\\.0\\.0\\b|\\[::1?\\]|\\bE(?:CONN[A-Z]+|NOTFOUND|AI_AGAIN|PIPE|TIMEDOUT|ADDRINUSE)\\b${ownName}`,
    ),
  },
];

/** A number of an identity document, whole: what no error repeats. Names of requests hold no run of so many digits. */
const NUMBER: Rule = { name: 'number', pattern: /(?<![\d.])[1-9]\d{16}[\dX](?![\dX])/i };

/**
 * What of the inside an answer tells, by the names of the rules: stacks, paths, statements, words of the database, tables and columns,
 * hosts, and in errors numbers as well. Never the words themselves.
 *
 * @param words names of tables, columns and the like, which stand in no answer
 */
export function leaksIn(answer: SentAnswer, words: readonly string[]): string[] {
  if (isPage(answer)) return [];
  const rules = [...RULES, { name: 'table', pattern: anyOf(words) }].filter(({ name }) => !isAllowed(name, answer));
  const all = `${Object.values(answer.headers).join('\n')}\n${answer.body}`;
  const found = rules.filter(({ pattern }) => pattern.test(all));
  const told = NUMBER.pattern.test(errorsOf(answer)) ? [NUMBER] : [];
  return [...found, ...told].map(({ name }) => name);
}

/** Where there are none it fits nothing. */
function anyOf(words: readonly string[]): RegExp {
  return words.length === 0 ? /(?!)/ : new RegExp(`\\b(?:${words.map(escaped).join('|')})\\b`);
}

/** The playground with its scripts and styles, which are the same whoever asks. */
const isPage = ({ status, headers }: SentAnswer): boolean =>
  status === 200 && /^(?:text\/(?:html|css|javascript)|application\/javascript|image|font)\b/.test(typeOf(headers));

/** What an answer may tell by its nature: an issuer its own address, a file what its sender wrote into its cells. */
function isAllowed(rule: string, { status, headers, path }: SentAnswer): boolean {
  if (/^\/(?:oauth|\.well-known)\//.test(path)) return rule === 'host';
  return status === 200 && 'content-disposition' in headers && ['SQL', 'host', 'path'].includes(rule);
}

/** The whole of a refusal, and of a partial answer its errors. */
function errorsOf({ status, headers, body }: SentAnswer): string {
  if (status >= 400) return body;
  const texts =
    typeOf(headers) === 'text/event-stream' ? [...body.matchAll(/^data: (.+)$/gm)].map(([, data]) => data!) : [body];
  return texts.map(errorsIn).join('\n');
}

function errorsIn(text: string): string {
  if (!text.includes('"errors"')) return '';
  try {
    return JSON.stringify((JSON.parse(text) as { readonly errors?: unknown }).errors ?? '');
  } catch {
    // Broken off: nobody knows what of it is an error.
    return text;
  }
}

const typeOf = (headers: SentAnswer['headers']): string => (headers['content-type'] ?? '').split(';')[0]!.trim();
