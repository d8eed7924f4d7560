import { parseArgs } from 'node:util';
import { text } from 'node:stream/consumers';
import { loadConfig, type Config } from '../config.ts';
import { levelledNumber, readIdNumber, type IdentityDocument } from '../domain/intake/id-number.ts';
import { ID_TYPES, type IdType } from '../domain/intake/words.ts';
import type { SubjectKeys } from '../flows/ports.ts';
import { sentRowReader } from '../flows/read-sent-rows.ts';
import { sealingKeysOf } from '../ground.ts';
import { besideHub, openDatabase, openPool, type Database } from '../storage/database.ts';
import { erasePerson, hasErased, type Erased, type Erasing } from '../storage/erasing/erase-person.ts';
import type { PlaceLeft } from '../storage/erasing/erase-rows.ts';
import { openIndexKeys } from '../storage/subject-index/follow-index-keys.ts';
import { subjectIndex } from '../storage/subject-index/subject-index.ts';
import { walledDatabase } from '../storage/walled-database.ts';
import { ownerUrlOf } from './owner-url.ts';
import { putDownThenDo } from './put-down-act.ts';
import { servedJurisdictions } from './served-jurisdictions.ts';

const USAGE = `用法 / usage:
  npm run --silent erase -- --jurisdiction <region> --because <number of the order> [--id-type <type>] [--yes]
      从标准输入读入一个证件号码或人员编号，删除此人的一切记载并销毁其密钥；不带 --yes 只列出将删除多少。
      与他人共用的号码（占位号码、监护人号码等）在他人的行中保留，并列出所在之处（批次、部门、名单、行、列，至多
      一百处，其余计数），不列其值
      reads one id number or person id from standard input, erases all that is kept of them and destroys their key;
      without --yes it only tells how much that would be. A number that others are told of under (a placeholder, a
      guardian's) stays in their rows, as does one that may be another's: told are the places (submission, agency, list,
      row, column; a hundred at most, and how many more), never what stands there. Exit code 1: there is nobody. An order
      whose number could be a Chinese document's is not taken: write it with a hyphen`;

/** What a document of China may be known by: a citizen number, a passport, a permit, or a certificate of birth. */
const DOCUMENT = /\d{15}|[A-Z][A-Z\d]\d{7}/i;

/** As many places are told one by one. */
const MOST_PLACES = 100;

const PERSON_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** What is asked for. */
interface Wish {
  readonly jurisdiction: string;
  readonly order: string;
  readonly idType: IdType | null;
  readonly forGood: boolean;
}

/** Erases, or tells what it would; false where there is nobody. */
async function main(): Promise<boolean> {
  const wish = readWish();
  const config = loadConfig(process.env);
  const jurisdiction = servedJurisdictions(config).find(wish.jurisdiction);
  if (!jurisdiction) throw new Error(USAGE);
  if (process.stdin.isTTY)
    process.stderr.write('证件号码或人员编号，以 Ctrl-D 结束 / id number or person id, then Ctrl-D:\n');
  const asked = readAsked((await text(process.stdin)).trim(), wish.idType);
  return onDatabase(config, (database, ownerUrl) =>
    withSubjectKeys(database, config, async (keys) => {
      const reader = sentRowReader(jurisdiction, keys);
      const document = typeof asked === 'string' ? undefined : asked;
      const key = await keyOf(asked, keys);
      return erase({ ...wish, key, ...(document && { document }), reader }, database, ownerUrl);
    }),
  );
}

function readWish(): Wish {
  const { values } = readArguments();
  const { jurisdiction = '', because = '', yes = false } = values;
  const idType = values['id-type'] ?? null;
  const isType = idType === null || Object.hasOwn(ID_TYPES, idType);
  // It is put down as it is: an order has a number, and no person's.
  const isOrder = /^[^\p{C}\p{Z}]{1,60}$/u.test(because) && !DOCUMENT.test(levelledNumber(because));
  if (jurisdiction === '' || !isOrder || !isType) throw new Error(USAGE);
  return { jurisdiction, order: because, idType: idType as IdType | null, forGood: yes };
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        jurisdiction: { type: 'string' },
        because: { type: 'string' },
        'id-type': { type: 'string' },
        yes: { type: 'boolean' },
      },
    });
  } catch {
    // What was wrong with them may be a number in the wrong place.
    throw new Error(USAGE);
  }
}

/** A person id, or the document of a number. */
type Asked = string | IdentityDocument;

function readAsked(asked: string, idType: IdType | null): Asked {
  if (PERSON_ID.test(asked)) return asked;
  const read = readIdNumber(asked, idType);
  if (!read.ok)
    throw new Error('标准输入应为一个证件号码或人员编号 / standard input must be one id number or person id');
  return read.document;
}

async function keyOf(asked: Asked, keys: SubjectKeys): Promise<string> {
  return typeof asked === 'string' ? asked : (await keys.find(() => [asked])).keyOf(asked);
}

async function withSubjectKeys<T>(
  { pool }: Database,
  config: Config,
  work: (keys: SubjectKeys) => Promise<T>,
): Promise<T> {
  const indexKeys = await openIndexKeys(pool, sealingKeysOf(config), config.subjectKeyPepper);
  try {
    return await work(subjectIndex(pool, indexKeys));
  } finally {
    await indexKeys.close();
  }
}

async function onDatabase<T>(
  { database: source, ...config }: Config,
  work: (database: Database, ownerUrl: string) => Promise<T>,
): Promise<T> {
  const sealingKeys = sealingKeysOf({ database: source, ...config });
  const database = await openDatabase(besideHub(source), { sealingKeys });
  try {
    return await work(database, ownerUrlOf(database, source));
  } finally {
    await database.close();
  }
}

async function erase(
  { order, ...erasing }: Wish & Erasing,
  { url, sealing }: Database,
  ownerUrl: string,
): Promise<boolean> {
  const { jurisdiction, forGood } = erasing;
  const pool = openPool(ownerUrl, { poolSize: 2, work: true });
  const inside = walledDatabase(pool, sealing).of(jurisdiction);
  try {
    const found = await erasePerson(inside, { ...erasing, forGood: false });
    if (!found || !hasErased(found)) {
      tellLeft(found?.left ?? []);
      print('查无此人 / there is nobody');
      return false;
    }
    if (!forGood) {
      tell('将删除 would be erased', found);
      print('加 --yes 方才删除 / add --yes to erase');
      return true;
    }
    const act = {
      jurisdiction,
      act: 'erasePerson',
      operation: `erase ${order}`,
      key: null,
      person: found.person,
    } as const;
    let erased: Erased | undefined;
    const done = await putDownThenDo(url, act, async () => {
      erased = await erasePerson(inside, { ...erasing, forGood: true });
      return erased !== undefined && hasErased(erased);
    });
    if (erased) tell('已删除 erased', erased);
    return done;
  } finally {
    await pool.end();
  }
}

function tell(what: string, { rows, lists, left }: Erased): void {
  for (const [table, count] of rows) if (count > 0) print(what, table, String(count));
  tellLeft(left);
  if (lists.length === 0) return;
  print(
    '请下列部门从名单中除去此人，否则下次报送将重新带入 / have these take them off their lists, or the next push brings them back:',
  );
  for (const { agency, list, claims } of lists) print(agency, list, String(claims));
}

/** Where to look for what stays; what stands there is not told. */
function tellLeft(left: readonly PlaceLeft[]): void {
  if (left.length === 0) return;
  print('保留（亦属或可能属于他人）left, being others’ too or perhaps', 'submission_block', String(left.length));
  for (const { submission, agency, list, row, column } of left.slice(0, MOST_PLACES))
    print('见 at', submission, agency, list, String(row), column ?? '名单外的列 a column that the list has not');
  if (left.length > MOST_PLACES) print('其余 and more', String(left.length - MOST_PLACES));
}

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join('\t')}\n`);
}
